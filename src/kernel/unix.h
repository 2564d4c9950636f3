/* SPDX-License-Identifier: ISC */
/* Sockets of the host that something is handed to: a console socket, a seccomp agent. unix(7), SCM_RIGHTS. */
#ifndef KERNEL_UNIX_H
#define KERNEL_UNIX_H

#include <stddef.h>

/* unix_connect: to the AF_UNIX socket at path, of the type (SOCK_STREAM, SOCK_DGRAM); paths of 108 bytes and more go through /proc/self/fd, "@name" is the abstract one. Returns an fd
 * (close-on-exec, the caller's) or -1 with errno. */
int unix_connect(const char *path, int type);
/* unix_connect_soon: the same, SOCK_STREAM, for a socket whose owner is started beside the runtime: waits LIMIT_SOCKET_MS at most for it to be there and to listen. */
int unix_connect_soon(const char *path);
/* unix_send: all length bytes (not 0), fd as SCM_RIGHTS with the first of them; fd stays the caller's. 0 or -1 with errno (no SIGPIPE). */
int unix_send(int socket, const void *bytes, size_t length, int fd);

#endif
