/* SPDX-License-Identifier: ISC */
/* A user namespace that only carries a mapping: a child makes it and waits, its /proc/PID/ns/user is opened. mount_setattr(2), "ID-mapped mounts". */
#include "kernel/idmap.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "base/io.h"
#include "base/proc.h"
#include "kernel/ns.h"

static int map_and_open(pid_t pid, const struct idmap *uids, size_t uid_count, const struct idmap *gids, size_t gid_count, struct err *e)
{
	if (ids_write_uid_map(pid, uids, uid_count, e) < 0 || ids_write_gid_map(pid, gids, gid_count, false, e) < 0)
		return -1;
	return ns_open_pid(pid, ns_find("user"), e);
}

int idmap_userns(const struct idmap *uids, size_t uid_count, const struct idmap *gids, size_t gid_count, struct err *e)
{
	int hold[2];
	char byte;
	if (pipe2(hold, O_CLOEXEC) < 0)
		return err_sys(e, "cannot make a pipe");
	pid_t pid = proc_clone(CLONE_NEWUSER, -1);
	if (pid == 0) {
		/* until the parent closes its end, or dies */
		close(hold[1]);
		_exit(read(hold[0], &byte, 1) == 0 ? 0 : 1);
	}
	int fd = pid < 0 ? err_sys(e, "cannot make a user namespace for the mapping") : map_and_open(pid, uids, uid_count, gids, gid_count, e);
	io_close(hold[0]);
	io_close(hold[1]);
	if (pid > 0)
		proc_wait(pid);
	return fd;
}
