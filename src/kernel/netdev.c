/* SPDX-License-Identifier: ISC */
/* Moving a network device into another network namespace: rtnetlink(7), a socket on each side. */
#include "kernel/netdev.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/str.h"
#include "kernel/ns.h"
#include "kernel/probe.h"

struct request {
	struct nlmsghdr head;
	char body[512];
};
struct address { uint8_t family, prefix, local_bytes, peer_bytes, broadcast_bytes; uint32_t flags; uint8_t local[16], peer[16], broadcast[16]; };
struct addresses { int index; unsigned count; struct address list[LIMIT_NETDEV_ADDRESSES]; };

bool netdev_name_valid(const char *name)
{
	size_t length = strlen(name);
	return length && length < IFNAMSIZ && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !strpbrk(name, "/: \t\n\v\f\r");
}

static void begin(struct request *r, unsigned type, unsigned flags, const void *header, size_t size)
{
	memset(r, 0, sizeof *r);
	r->head.nlmsg_type = (uint16_t)type;
	r->head.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	r->head.nlmsg_len = (uint32_t)NLMSG_LENGTH(size);
	memcpy(r->body, header, size);
}

/* All of a request's attributes fit: their sizes are known. */
static void attribute(struct request *r, unsigned type, const void *value, size_t size)
{
	struct rtattr *a = (struct rtattr *)(void *)((char *)r + NLMSG_ALIGN(r->head.nlmsg_len));
	a->rta_type = (uint16_t)type;
	a->rta_len = (uint16_t)RTA_LENGTH(size);
	memcpy(RTA_DATA(a), value, size);
	r->head.nlmsg_len = (uint32_t)(NLMSG_ALIGN(r->head.nlmsg_len) + RTA_ALIGN(a->rta_len));
}

/* Sends the request and reads what comes until the acknowledgement or the end of a dump. 0, or -1 with errno. */
static int talk(int socket, const struct request *r, void (*each)(void *context, struct nlmsghdr *), void *context)
{
	static LARGE _Alignas(8) char buffer[32768];   /* what the kernel fills at most in one part of a dump */
	if (send(socket, r, r->head.nlmsg_len, 0) < 0)
		return -1;
	for (;;) {
		ssize_t n = recv(socket, buffer, sizeof buffer, MSG_TRUNC);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if ((size_t)n > sizeof buffer)
			return errno = EMSGSIZE, -1;
		size_t left = (size_t)n;
		for (struct nlmsghdr *m = (struct nlmsghdr *)(void *)buffer; NLMSG_OK(m, left); m = NLMSG_NEXT(m, left)) {
			if (m->nlmsg_type == NLMSG_DONE)
				return 0;
			if (m->nlmsg_type == NLMSG_ERROR) {
				int error = ((struct nlmsgerr *)NLMSG_DATA(m))->error;
				errno = -error;
				return error ? -1 : 0;
			}
			if (each)
				each(context, m);
		}
	}
}

static void take_index(void *context, struct nlmsghdr *m)
{
	if (m->nlmsg_type == RTM_NEWLINK)
		*(int *)context = ((struct ifinfomsg *)NLMSG_DATA(m))->ifi_index;
}

/* Index of the device called name, or -1 with errno (ENODEV). */
static int find(int socket, const char *name)
{
	struct request r;
	struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
	int index = -1;
	begin(&r, RTM_GETLINK, NLM_F_ACK, &link, sizeof link);
	attribute(&r, IFLA_IFNAME, name, strlen(name) + 1);
	if (talk(socket, &r, take_index, &index) < 0)
		return -1;
	return index < 0 ? errno = ENODEV, -1 : index;
}

static uint8_t take_bytes(const struct rtattr *a, uint8_t to[16])
{
	size_t size = RTA_PAYLOAD(a);
	memcpy(to, RTA_DATA(a), size > 16 ? 16 : size);
	return (uint8_t)(size > 16 ? 16 : size);
}

/* What the specification keeps: permanent, of global scope. */
static void take_address(void *context, struct nlmsghdr *m)
{
	struct addresses *to = context;
	struct ifaddrmsg *from = NLMSG_DATA(m);
	struct address a = { .family = from->ifa_family, .prefix = from->ifa_prefixlen, .flags = from->ifa_flags };
	size_t left = IFA_PAYLOAD(m);
	if (m->nlmsg_type != RTM_NEWADDR || (int)from->ifa_index != to->index || from->ifa_scope != RT_SCOPE_UNIVERSE)
		return;
	for (struct rtattr *at = IFA_RTA(from); RTA_OK(at, left); at = RTA_NEXT(at, left)) {
		if (at->rta_type == IFA_FLAGS && RTA_PAYLOAD(at) == sizeof a.flags)
			memcpy(&a.flags, RTA_DATA(at), sizeof a.flags);
		if (at->rta_type == IFA_LOCAL)
			a.local_bytes = take_bytes(at, a.local);
		if (at->rta_type == IFA_ADDRESS)
			a.peer_bytes = take_bytes(at, a.peer);
		if (at->rta_type == IFA_BROADCAST)
			a.broadcast_bytes = take_bytes(at, a.broadcast);
	}
	if (!(a.flags & IFA_F_PERMANENT))
		return;
	if (to->count < LIMIT_NETDEV_ADDRESSES)
		to->list[to->count] = a;
	to->count++;
}

static int read_addresses(int socket, struct addresses *to, struct err *e)
{
	struct request r;
	struct ifaddrmsg all = { .ifa_family = AF_UNSPEC };
	begin(&r, RTM_GETADDR, NLM_F_DUMP, &all, sizeof all);
	if (talk(socket, &r, take_address, to) < 0)
		return err_sys(e, "cannot read its addresses");
	return to->count > LIMIT_NETDEV_ADDRESSES ? ERR_LIMIT(e, "addresses", LIMIT_NETDEV_ADDRESSES) : 0;
}

static int add_address(int socket, int index, const struct address *a)
{
	struct request r;
	struct ifaddrmsg to = { .ifa_family = a->family, .ifa_prefixlen = a->prefix, .ifa_scope = RT_SCOPE_UNIVERSE, .ifa_index = (unsigned)index };
	uint32_t flags = a->flags & (IFA_F_NODAD | IFA_F_NOPREFIXROUTE | IFA_F_HOMEADDRESS);
	begin(&r, RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &to, sizeof to);
	if (a->local_bytes)
		attribute(&r, IFA_LOCAL, a->local, a->local_bytes);
	if (a->peer_bytes)
		attribute(&r, IFA_ADDRESS, a->peer, a->peer_bytes);
	if (a->broadcast_bytes)
		attribute(&r, IFA_BROADCAST, a->broadcast, a->broadcast_bytes);
	if (flags)
		attribute(&r, IFA_FLAGS, &flags, sizeof flags);
	return talk(socket, &r, 0, 0);
}

/* The kernel closes the device, moves it, and then gives it its name, in one request: what it is called here may be taken there. */
static int move(int socket, int index, int netns, const char *new_name)
{
	struct request r;
	struct ifinfomsg link = { .ifi_family = AF_UNSPEC, .ifi_index = index };
	uint32_t fd = (uint32_t)netns;
	begin(&r, RTM_NEWLINK, NLM_F_ACK, &link, sizeof link);
	attribute(&r, IFLA_NET_NS_FD, &fd, sizeof fd);
	attribute(&r, IFLA_IFNAME, new_name, strlen(new_name) + 1);
	return talk(socket, &r, 0, 0);
}

static int bring_up(int socket, int index)
{
	struct request r;
	struct ifinfomsg link = { .ifi_family = AF_UNSPEC, .ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	begin(&r, RTM_NEWLINK, NLM_F_ACK, &link, sizeof link);
	return talk(socket, &r, 0, 0);
}

/* The name there: as it is, if it is free; "%d" becomes the lowest number that is. */
static int choose_name(int there, const char *wanted, char name[IFNAMSIZ], struct err *e)
{
	const char *number = strstr(wanted, "%d");
	for (unsigned i = 0; i < (number ? LIMIT_NETDEV_NUMBER : 1); i++) {
		int length = number ? str_format(name, IFNAMSIZ, e, "%.*s%u%s", (int)(number - wanted), wanted, i, number + 2) : str_format(name, IFNAMSIZ, e, "%s", wanted);
		if (length < 0)
			return -1;
		if (find(there, name) < 0)
			return errno == ENODEV ? 0 : err_sys(e, "cannot look for \"%s\" in the container's network namespace", name);
	}
	return err_num(e, EEXIST, "the container's network namespace has a device \"%s\" already", wanted);
}

static int settle(int there, const char *name, const struct addresses *a, struct err *e)
{
	int index = find(there, name);
	if (index < 0)
		return err_sys(e, "cannot find \"%s\" in the container's network namespace", name);
	for (unsigned i = 0; i < a->count; i++)
		if (add_address(there, index, &a->list[i]) < 0)
			return err_sys(e, "cannot give its address %u of %u to \"%s\" in the container's network namespace", i + 1, a->count, name);
	return bring_up(there, index) < 0 ? err_sys(e, "cannot bring up \"%s\" in the container's network namespace", name) : 0;
}

struct sides { int own, here, there; };   /* the caller's namespace; a socket of it and of the other one */

static int move_between(const struct sides *s, int netns, const char *name, const char *wanted, struct err *e)
{
	static LARGE struct addresses addresses;
	char new_name[IFNAMSIZ];
	addresses.count = 0;
	addresses.index = find(s->here, name);
	if (addresses.index < 0)
		return err_sys(e, "cannot find the device");
	if (read_addresses(s->here, &addresses, e) < 0 || choose_name(s->there, wanted, new_name, e) < 0)
		return -1;
	if (move(s->here, addresses.index, netns, new_name) < 0)
		return err_sys(e, "cannot move it to the container's network namespace as \"%s\"", new_name);
	if (settle(s->there, new_name, &addresses, e) == 0)
		return 0;
	int index = find(s->there, new_name);
	if (index >= 0)
		move(s->there, index, s->own, name);
	return -1;
}

static int open_socket(struct err *e)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	return fd < 0 ? err_sys(e, "cannot make a netlink socket") : fd;
}

/* A socket belongs to the namespace that it was made in. */
static int open_there(int own, int netns, struct err *e)
{
	struct err back;
	if (ns_join(netns, ns_find("network"), e) < 0)
		return -1;
	int fd = open_socket(e);
	if (ns_join(own, ns_find("network"), &back) < 0) {
		*e = back;
		fd = io_close(fd);
	}
	return fd;
}

int netdev_check(const char *name, struct err *e)
{
	int fd = open_socket(e), index = fd < 0 ? -1 : find(fd, name);
	if (fd >= 0 && index < 0)
		err_sys(e, "cannot find the device");
	io_close(fd);
	return index < 0 ? -1 : 0;
}

int netdev_move(int netns, const char *name, const char *new_name, struct err *e)
{
	struct sides s = { openat(AT_FDCWD, "/proc/self/ns/net", O_RDONLY | O_CLOEXEC), -1, -1 };
	int result = s.own < 0 ? probe_need(FACILITY_NS_NETWORK, e) < 0 ? -1 : err_sys(e, "cannot open /proc/self/ns/net") : 0;
	if (result == 0 && ((s.here = open_socket(e)) < 0 || (s.there = open_there(s.own, netns, e)) < 0))
		result = -1;
	if (result == 0)
		result = move_between(&s, netns, name, new_name, e);
	io_close(s.there);
	io_close(s.here);
	io_close(s.own);
	return result;
}
