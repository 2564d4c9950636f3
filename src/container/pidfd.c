/* SPDX-License-Identifier: ISC */
/* A pidfd of the first process, pidfd_open(2), sent over a socket, unix(7). */
#include "container/pidfd.h"

#include <string.h>
#include <sys/socket.h>

#include "base/io.h"
#include "base/sys.h"
#include "kernel/unix.h"

const char *pidfd_socket(const struct container *c)
{
	return c->options.pidfd_socket ? c->options.pidfd_socket : spec_value(&c->config.annotations, PIDFD_RECEIVER);
}

bool pidfd_wanted(const struct container *c)
{
	return pidfd_socket(c);
}

int pidfd_send(const char *path, pid_t pid, const char *payload, struct err *e)
{
	int pidfd = sys_pidfd_open(pid, 0);
	if (pidfd < 0)
		return err_sys(e, "cannot open a pidfd");
	int socket = unix_connect_soon(path), result = -1;
	if (socket < 0)
		err_sys(e, "cannot connect to \"%s\"", path);
	else if ((result = unix_send(socket, payload, strlen(payload), pidfd)) < 0)
		err_sys(e, "cannot send a pidfd");
	io_close(socket);
	io_close(pidfd);
	return result;
}

int pidfd_hand_out(struct container *c, struct err *e)
{
	if (pidfd_send(pidfd_socket(c), c->pid, "standard", e) == 0)
		return 0;
	return c->options.pidfd_socket ? err_at(e, "--pidfd-socket") : err_at(e, "annotations[\"%s\"]", PIDFD_RECEIVER);
}
