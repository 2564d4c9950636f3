/* SPDX-License-Identifier: ISC */
/* The container's terminal (runtime-spec, config.md, "terminal", "consoleSize"; runc's docs/terminals.md). */
#include "container/console.h"

#include <errno.h>
#include <unistd.h>

#include "base/io.h"
#include "container/rootfs.h"
#include "container/wire.h"
#include "kernel/dev.h"
#include "kernel/tty.h"

int console_check(const struct container *c, struct err *e)
{
	bool terminal = c->config.process->terminal, leaves = !c->options.run || c->options.detach;
	if (terminal && leaves && !c->options.console_socket)
		return err_set(e, "process.terminal: nobody stays to relay the terminal: give --console-socket");
	if (c->options.console_socket && !(terminal && leaves))
		return err_set(e, "--console-socket: %s", terminal ? "run in the foreground relays the terminal itself" : "process.terminal is not set");
	return 0;
}

int console_connect(struct container *c, struct err *e)
{
	c->console = tty_socket_connect(c->options.console_socket, e);
	return c->console < 0 ? err_at(e, "--console-socket") : 0;
}

static int set_size(const struct console_size *size, int fd, struct err *e)
{
	if (size && (size->height > UINT16_MAX || size->width > UINT16_MAX))
		return err_set(e, "process.consoleSize: above %u", (unsigned)UINT16_MAX);
	return size && (size->height || size->width) ? tty_set_size(fd, (uint16_t)size->height, (uint16_t)size->width, e) : 0;
}

static int hand_out(struct container *c, int master, struct err *e)
{
	if (c->console >= 0)
		return tty_send(c->console, master, "/dev/ptmx", e) < 0 ? err_at(e, "--console-socket") : 0;
	tty_plain_newlines(master);
	return wire_send(c->wire, MESSAGE_TERMINAL, 0, master) < 0 ? err_sys(e, "cannot send the terminal") : 0;
}

int console_make(struct container *c, bool bind, struct err *e)
{
	const struct user_spec *user = c->config.process->user;
	int master;
	if (tty_open(c->rootfs_fd, &master, &c->slave, e) < 0)
		return err_at(e, "process.terminal");
	int result = set_size(c->config.process->consoleSize, c->slave, e);
	/* in the foreground: the caller's, before the program can ask */
	if (c->console < 0 && !c->config.process->consoleSize)
		tty_copy_size(0, c->slave);
	if (result == 0 && user && user->uid)
		result = tty_own(c->slave, user->uid, e);
	if (result == 0 && bind)
		result = dev_bind_console(c->rootfs_fd, c->slave, e);
	if (result == 0)
		result = hand_out(c, master, e);
	io_close(master);
	c->console = io_close(c->console);
	return result < 0 ? err_at(e, "process.terminal") : 0;
}

int console_open(struct container *c, struct err *e)
{
	return console_make(c, true, e) < 0 ? -1 : rootfs_protect_dev(c, e);
}

int console_control(struct container *c, struct err *e)
{
	if (tty_control(c->slave, e) < 0)
		return err_at(e, "process.terminal");
	c->slave = -1;
	return 0;
}
