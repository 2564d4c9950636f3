/* SPDX-License-Identifier: ISC */
/* Checks of linux but namespaces, control groups and seccomp (runtime-spec, config-linux.md, runtime-linux.md). */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include "base/io.h"
#include "base/str.h"
#include "conform/conform.h"
#include "conform/inside.h"

#define MASKED "config-linux.md, Masked Paths"
#define READONLY "config-linux.md, Readonly Paths"
#define DEVICES "config-linux.md, Devices"
#define NET_DEVICES "config-linux.md, Network Devices"

/* --- files to mask ---------------------------------------------------------------------------------------------------------------------- */
static void with_files(struct test *t)
{
	static const char *const files[] = { "rootfs/etc/secret", "rootfs/tmp/inner" };
	char path[400];
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "%s/%s", t->dir, files[i]);
		int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		must(t, fd >= 0 && io_write(fd, "secret\n", 7) == 0, "cannot make %s: %s", path, strerror(errno));
		io_close(fd);
	}
	life_whole(t);
}

static void in_all_masked(struct inside *in)
{
	in_masked(in);
	expect(in, access("/etc/secret", F_OK) == 0, "a masked file is gone");
}

static void in_readonly(struct inside *in)
{
	in_readonly_paths(in);
	int fd = open("/etc/secret", O_WRONLY | O_CLOEXEC);
	expect(in, fd < 0, "a read-only file can be opened for writing");
	io_close(fd);
	fd = open("/tmp/new", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	expect(in, fd < 0, "a file can be made in a read-only directory");
	io_close(fd);
}

/* --- network devices ---------------------------------------------------------------------------------------------------------------------- */
struct request { struct nlmsghdr head; struct ifinfomsg link; char body[256]; };

static struct rtattr *attribute(struct request *r, unsigned type, const void *value, size_t size)
{
	struct rtattr *a = (struct rtattr *)(void *)((char *)r + NLMSG_ALIGN(r->head.nlmsg_len));
	a->rta_type = (uint16_t)type;
	a->rta_len = (uint16_t)RTA_LENGTH(size);
	if (size)
		memcpy(RTA_DATA(a), value, size);
	r->head.nlmsg_len = (uint32_t)(NLMSG_ALIGN(r->head.nlmsg_len) + RTA_ALIGN(a->rta_len));
	return a;
}

/* The attribute ends behind what was put into it. */
static void close_attribute(const struct request *r, struct rtattr *a)
{
	a->rta_len = (uint16_t)((const char *)r + r->head.nlmsg_len - (const char *)a);
}

/* A pair of veth devices, conform0 and conform1, in the caller's network namespace. */
static int make_pair(void)
{
	struct request r = { .head = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)), .nlmsg_type = RTM_NEWLINK,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK } };
	struct { struct nlmsghdr head; struct nlmsgerr error; char rest[512]; } answer;
	struct ifinfomsg peer = { 0 };
	attribute(&r, IFLA_IFNAME, "conform0", 9);
	struct rtattr *info = attribute(&r, IFLA_LINKINFO, 0, 0);
	attribute(&r, IFLA_INFO_KIND, "veth", 4);
	struct rtattr *data = attribute(&r, IFLA_INFO_DATA, 0, 0);
	struct rtattr *other = attribute(&r, VETH_INFO_PEER, &peer, sizeof peer);
	attribute(&r, IFLA_IFNAME, "conform1", 9);
	close_attribute(&r, other);
	close_attribute(&r, data);
	close_attribute(&r, info);
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), result = -1;
	if (fd >= 0 && send(fd, &r, r.head.nlmsg_len, 0) >= 0 && recv(fd, &answer, sizeof answer, 0) >= (ssize_t)NLMSG_LENGTH(sizeof answer.error))
		result = answer.head.nlmsg_type == NLMSG_ERROR && answer.error.error == 0 ? 0 : -1;
	io_close(fd);
	return result;
}

static int interface(const char *name, unsigned long request, struct ifreq *r)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	snprintf(r->ifr_name, sizeof r->ifr_name, "%s", name);
	int result = ioctl(fd, (int)request, r);
	io_close(fd);
	return result;
}

static const char *no_pair(struct test *t)
{
	(void)t;
	if (unshare(CLONE_NEWNET) < 0)
		return "no network namespaces here (CONFIG_NET_NS)";
	return make_pair() < 0 ? "no veth devices here (CONFIG_VETH)" : 0;
}

/* 10.11.12.13 and an MTU of 1400, which go along. */
static void move_device(struct test *t)
{
	struct ifreq r = { .ifr_mtu = 1400 };
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x0a0b0c0d) };
	must(t, interface("conform0", SIOCSIFMTU, &r) == 0, "cannot set the MTU: %s", strerror(errno));
	memcpy(&r.ifr_addr, &address, sizeof address);
	must(t, interface("conform0", SIOCSIFADDR, &r) == 0, "cannot set the address: %s", strerror(errno));
	config_own(t);
	life_create(t);
	want(t, interface("conform0", SIOCGIFFLAGS, &r) < 0, "the device is in the runtime's network namespace after `create`");
	life_start(t);
	life_wait(t);
	life_report(t);
	life_delete(t);
}

static void in_device(struct inside *in, const char *name)
{
	struct ifreq r = { .ifr_mtu = 0 };
	struct sockaddr_in address;
	if (interface(name, SIOCGIFFLAGS, &r) < 0) {
		wrong(in, "there is no device %s: %s", name, strerror(errno));
		return;
	}
	expect(in, r.ifr_flags & IFF_UP, "%s is down", name);
	expect(in, interface(name, SIOCGIFMTU, &r) == 0 && r.ifr_mtu == 1400, "the MTU of %s is %d, not 1400", name, r.ifr_mtu);
	if (interface(name, SIOCGIFADDR, &r) < 0) {
		wrong(in, "%s has lost its address", name);
		return;
	}
	memcpy(&address, &r.ifr_addr, sizeof address);
	expect(in, ntohl(address.sin_addr.s_addr) == 0x0a0b0c0d, "%s has another address", name);
}
static void in_moved(struct inside *in) { in_device(in, "conform0"); }
static void in_renamed(struct inside *in) { in_device(in, "inner7"); }

/* --- resctrl ------------------------------------------------------------------------------------------------------------------------------ */
static void rdt(struct test *t)
{
	char path[300];
	struct stat st;
	config_own(t);
	life_create(t);
	snprintf(path, sizeof path, "/sys/fs/resctrl/%s", t->id);
	want(t, stat(path, &st) == 0, "there is no %s after `create`", path);
	life_start(t);
	life_wait(t);
	life_delete(t);
	want(t, stat(path, &st) < 0, "%s is there after `delete`", path);
}

static const char *no_resctrl(struct test *t)
{
	(void)t;
	return access("/sys/fs/resctrl/schemata", F_OK) < 0 ? "the resctrl filesystem is not mounted on /sys/fs/resctrl" : 0;
}

static const char *no_personality(struct test *t)
{
	(void)t;
	return sizeof(void *) < 8 ? "a 32-bit system has only one personality" : 0;
}

static const struct check checks[] = {
	{ .name = "default.devices", .section = "config-linux.md, Default Devices", .inside = in_default_devices },
	{ .name = "default.links", .section = "runtime-linux.md, Dev symbolic links", .inside = in_default_links },
	{ .name = "default.loopback", .section = "config-linux.md, Namespaces", .needs = { FACILITY_NS_NETWORK }, .inside = in_loopback },
	{ .name = "linux.devices", .section = DEVICES, .inside = in_devices,
	  .config = "{'linux':{'devices':[{'type':'c','path':'/dev/mine','major':1,'minor':3,'fileMode':384,'uid':5,'gid':6},{'type':'p','path':'/dev/pipe','fileMode':438},"
	            "{'type':'b','path':'/dev/deep/block','major':7,'minor':200,'fileMode':432}]}}" },
	{ .name = "linux.maskedPaths.default", .section = MASKED, .inside = in_masked },
	{ .name = "linux.maskedPaths", .section = MASKED, .inside = in_all_masked, .outside = with_files,
	  .config = "{'linux':{'maskedPaths':['/etc/secret','/tmp','/proc/kcore','/nowhere']}}" },
	{ .name = "linux.readonlyPaths.default", .section = READONLY, .inside = in_readonly_paths },
	{ .name = "linux.readonlyPaths", .section = READONLY, .inside = in_readonly, .outside = with_files,
	  .config = "{'root':{'readonly':false},'linux':{'readonlyPaths':['/etc/secret','/tmp','/nowhere']}}" },
	{ .name = "linux.sysctl", .section = "config-linux.md, Sysctl", .needs = { FACILITY_NS_NETWORK, FACILITY_NS_IPC }, .inside = in_sysctl,
	  .config = "{'linux':{'sysctl':{'net.ipv4.ip_forward':'1','kernel.shmmax':'1234567'}}}" },
	{ .name = "linux.personality", .section = "config-linux.md, Personality", .unable = no_personality, .inside = in_personality,
	  .config = "{'linux':{'personality':{'domain':'LINUX32'}}}" },
	{ .name = "linux.netDevices", .since = SPEC_1_3, .section = NET_DEVICES, .needs = { FACILITY_NS_NETWORK }, .unable = no_pair, .inside = in_moved, .outside = move_device,
	  .config = "{'linux':{'netDevices':{'conform0':{}}}}" },
	{ .name = "linux.netDevices.name", .since = SPEC_1_3, .section = NET_DEVICES, .needs = { FACILITY_NS_NETWORK }, .unable = no_pair, .inside = in_renamed, .outside = move_device,
	  .config = "{'linux':{'netDevices':{'conform0':{'name':'inner7'}}}}" },
	{ .name = "linux.netDevices.taken", .since = SPEC_1_3, .section = NET_DEVICES, .needs = { FACILITY_NS_NETWORK }, .unable = no_pair, .outside = life_refused,
	  .config = "{'linux':{'netDevices':{'conform0':{'name':'lo'}}}}" },
	{ .name = "linux.netDevices.missing", .since = SPEC_1_3, .section = NET_DEVICES, .needs = { FACILITY_NS_NETWORK }, .outside = life_refused,
	  .config = "{'linux':{'netDevices':{'nowhere0':{}}}}" },
	{ .name = "linux.memoryPolicy", .since = SPEC_1_3, .section = "config-linux.md, Memory policy", .needs = { FACILITY_MEMORY_POLICY }, .inside = in_memory_policy,
	  .config = "{'linux':{'memoryPolicy':{'mode':'MPOL_INTERLEAVE','nodes':'0'}}}" },
	{ .name = "linux.memoryPolicy.unknown", .since = SPEC_1_3, .section = "config-linux.md, Memory policy", .needs = { FACILITY_MEMORY_POLICY }, .outside = life_refused, .edit = { "MPOL_INTERLEAVE", "MPOL_NOTHING" },
	  .config = "{'linux':{'memoryPolicy':{'mode':'MPOL_INTERLEAVE','nodes':'0'}}}" },
	{ .name = "linux.mountLabel", .section = "config-linux.md, Mount Label", .needs = { FACILITY_SELINUX }, .inside = in_nothing,
	  .config = "{'linux':{'mountLabel':'system_u:object_r:container_file_t:s0'}}" },
	{ .name = "linux.intelRdt", .section = "config-linux.md, IntelRdt", .needs = { FACILITY_RDT }, .unable = no_resctrl, .outside = rdt,
	  .config = "{'linux':{'intelRdt':{'closID':'@ID@'}}}" },
};
const struct chapter chapter_linux = { checks, sizeof checks / sizeof *checks };
