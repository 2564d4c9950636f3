/* SPDX-License-Identifier: ISC */
/* The conversation between the runtime and init: messages over a SOCK_SEQPACKET pair, and to `start` over its connection. */
#include "container/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define HEAD_BYTES (2 * sizeof(int32_t))

union control { struct cmsghdr head; char bytes[CMSG_SPACE(sizeof(int))]; };

int wire_pair(int ends[2], struct err *e)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(e, "cannot make a socket pair");
	return 0;
}

static int send_message(int wire, struct iovec *parts, size_t count, int fd)
{
	union control control;
	struct msghdr h = { .msg_iov = parts, .msg_iovlen = (int)count };
	if (fd >= 0) {
		memset(&control, 0, sizeof control);
		h.msg_control = &control;
		h.msg_controllen = sizeof control.bytes;
		struct cmsghdr *c = CMSG_FIRSTHDR(&h);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(c), &fd, sizeof fd);
	}
	ssize_t n;
	do
		n = sendmsg(wire, &h, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -1 : 0;
}

int wire_send(int wire, enum message_type type, int32_t value, int fd)
{
	int32_t head[2] = { (int32_t)type, value };
	struct iovec part = { head, sizeof head };
	return send_message(wire, &part, 1, fd);
}

bool wire_is_cut(int number)
{
	return number == EPIPE || number == ECONNRESET;
}

int wire_tell(int wire, enum message_type type, int fd, struct err *e)
{
	/* others (no memory, too many files on their way) leave one behind that would wait for ever */
	return wire_send(wire, type, 0, fd) == 0 || wire_is_cut(errno) ? 0 : err_sys(e, "cannot talk to the other side");
}

int wire_send_error(int wire, const struct err *e)
{
	int32_t head[2] = { MESSAGE_ERROR, e->number };
	struct iovec parts[2] = { { head, sizeof head }, { (void *)(uintptr_t)e->text, strnlen(e->text, sizeof e->text - 1) } };
	return send_message(wire, parts, 2, -1);
}

int wire_receive(int wire, struct message *m)
{
	int32_t head[2] = { 0, 0 };
	union control control;
	struct iovec parts[2] = { { head, sizeof head }, { m->error.text, sizeof m->error.text - 1 } };
	struct msghdr h = { .msg_iov = parts, .msg_iovlen = 2, .msg_control = &control, .msg_controllen = sizeof control.bytes };
	ssize_t n;
	do
		n = recvmsg(wire, &h, MSG_CMSG_CLOEXEC);
	while (n < 0 && (errno == EINTR || errno == ECONNRESET));   /* a peer that died with our message unread: its own last words come after this error */
	if (n <= 0)
		return (int)n;
	if ((size_t)n < HEAD_BYTES)
		return errno = EPROTO, -1;
	m->type = head[0];
	m->value = head[1];
	m->error.number = head[1];
	m->error.text[(size_t)n - HEAD_BYTES] = 0;
	m->fd = -1;
	struct cmsghdr *c = CMSG_FIRSTHDR(&h);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&m->fd, CMSG_DATA(c), sizeof m->fd);
	return 1;
}
