/* SPDX-License-Identifier: ISC */
/* Connecting to a stream socket by its path, however long, and handing a descriptor over. unix(7), sendmsg(2). */
#include "kernel/unix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/path.h"

#define PAUSE_MS 2

/* A path that is too long for the address goes by its fd. */
static int connect_long(int fd, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char proc[PATH_PROC_BYTES];
	int target = openat(AT_FDCWD, path, O_PATH | O_CLOEXEC);
	if (target < 0)
		return -1;
	path_proc(target, proc);
	memcpy(address.sun_path, proc, strlen(proc) + 1);
	int result = connect(fd, (const struct sockaddr *)&address, sizeof address);
	io_close(target);
	return result;
}

static int connect_to(int fd, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(path);
	if (length >= sizeof address.sun_path)
		return connect_long(fd, path);
	memcpy(address.sun_path, path, length + 1);
	if (*path != '@')
		return connect(fd, (const struct sockaddr *)&address, sizeof address);
	address.sun_path[0] = 0;
	return connect(fd, (const struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
}

int unix_connect(const char *path, int type)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect_to(fd, path) < 0)
		fd = io_close(fd);
	return fd;
}

int unix_connect_soon(const char *path)
{
	for (int waited_ms = 0; ; waited_ms += PAUSE_MS) {
		int fd = unix_connect(path, SOCK_STREAM);
		if (fd >= 0 || (errno != ENOENT && errno != ECONNREFUSED) || waited_ms >= LIMIT_SOCKET_MS)
			return fd;
		poll(0, 0, PAUSE_MS);
	}
}

union control { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; };

int unix_send(int socket, const void *bytes, size_t length, int fd)
{
	union control control;
	struct iovec payload = { .iov_base = (void *)(uintptr_t)bytes, .iov_len = length };
	struct msghdr message = { .msg_iov = &payload, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	memset(&control, 0, sizeof control);
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
	while (payload.iov_len) {
		ssize_t n = sendmsg(socket, &message, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		payload.iov_base = (char *)payload.iov_base + n;
		payload.iov_len -= (size_t)n;
		message.msg_control = 0;
		message.msg_controllen = 0;
	}
	return 0;
}
