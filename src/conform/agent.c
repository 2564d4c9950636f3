/* SPDX-License-Identifier: ISC */
/* The other end of what a runtime sends over sockets: terminals (runc's docs/terminals.md), seccomp listeners (config-linux.md, "The Container Process State"). */
#include "conform/agent.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <linux/seccomp.h>

#include "base/io.h"

int agent_listen(struct test *t, const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int length = snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", t->dir, name);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(t, length > 0 && (size_t)length < sizeof address.sun_path, "the socket's path is too long");
	must(t, fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 4) == 0, "cannot listen: %s", strerror(errno));
	return fd;
}

static bool ready(int fd, unsigned limit_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	return poll(&p, 1, (int)limit_ms) == 1;
}

int agent_accept(struct test *t, int listener, char *text, size_t size, unsigned *fds)
{
	union { struct cmsghdr head; char bytes[CMSG_SPACE(sizeof(int) * 8)]; } control;
	int result = -1;
	size_t used = 0;
	*fds = 0;
	if (!ready(listener, t->limit_ms))
		return -1;
	int fd = accept4(listener, 0, 0, SOCK_CLOEXEC);
	while (fd >= 0 && used + 1 < size && ready(fd, t->limit_ms)) {
		struct iovec part = { text + used, size - 1 - used };
		struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
		ssize_t got = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
		if (got <= 0)
			break;
		used += (size_t)got;
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		if (c && c->cmsg_type == SCM_RIGHTS) {
			*fds += (unsigned)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
			if (result < 0)
				memcpy(&result, CMSG_DATA(c), sizeof result);
		}
		if (strchr("\n/", text[0]) && result >= 0)   /* a terminal's name: the runtime may keep the connection */
			break;
	}
	text[used] = 0;
	io_close(fd);
	return result;
}

int agent_answer(struct test *t, int listener, int number)
{
	_Alignas(8) char request[512] = { 0 }, answer[512] = { 0 };
	struct seccomp_notif_sizes { uint16_t notif, response, data; };
	struct seccomp_notif *n = (struct seccomp_notif *)(void *)request;
	struct seccomp_notif_resp *r = (struct seccomp_notif_resp *)(void *)answer;
	if (!ready(listener, t->limit_ms) || ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, n) < 0)
		return -1;
	r->id = n->id;
	r->error = -number;
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, r) < 0 ? -1 : n->data.nr;
}
