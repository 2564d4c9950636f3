/* SPDX-License-Identifier: ISC */
/* A user namespace that only carries a mapping: a child makes it and waits, its /proc/PID/ns/user is opened. The child says its own number: /proc counts in its pid
 * namespace, which the caller may no longer be in. mount_setattr(2), "ID-mapped mounts". */
#include "kernel/idmap.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "base/io.h"
#include "base/proc.h"
#include "base/str.h"
#include "kernel/ns.h"
#include "kernel/procfs.h"

static int map_and_open(int number_fd, const struct idmap *uids, size_t uid_count, const struct idmap *gids, size_t gid_count, struct err *e)
{
	char text[24];
	ssize_t n = read(number_fd, text, sizeof text - 1);
	uint64_t pid;
	text[n > 0 ? n : 0] = 0;
	if (n <= 0 || str_u64(text, &pid) < 0)
		return err_set(e, "cannot find the process of the mapping in /proc");
	if (ids_write_uid_map((pid_t)pid, uids, uid_count, e) < 0 || ids_write_gid_map((pid_t)pid, gids, gid_count, false, e) < 0)
		return -1;
	return ns_open_pid((pid_t)pid, ns_find("user"), e);
}

/* Until the parent closes its end, or dies. */
static _Noreturn void child(int number_fd, int hold)
{
	char text[24];
	struct err unused;
	int proc = procfs_fd(&unused);
	ssize_t n = proc < 0 ? -1 : readlinkat(proc, "self", text, sizeof text);
	if (n > 0)
		n = write(number_fd, text, (size_t)n);
	close(number_fd);
	_exit(read(hold, text, 1) == 0 ? 0 : 1);
}

int idmap_userns(const struct idmap *uids, size_t uid_count, const struct idmap *gids, size_t gid_count, struct err *e)
{
	int hold[2] = { -1, -1 }, number[2] = { -1, -1 };
	if (pipe2(hold, O_CLOEXEC) < 0 || pipe2(number, O_CLOEXEC) < 0) {
		err_sys(e, "cannot make a pipe");
		io_close(hold[0]);
		return io_close(hold[1]);
	}
	pid_t pid = proc_clone(CLONE_NEWUSER, -1);
	if (pid == 0) {
		close(hold[1]);
		child(number[1], hold[0]);
	}
	io_close(number[1]);
	int fd = pid < 0 ? err_sys(e, "cannot make a user namespace for the mapping") : map_and_open(number[0], uids, uid_count, gids, gid_count, e);
	io_close(number[0]);
	io_close(hold[0]);
	io_close(hold[1]);
	if (pid > 0)
		proc_wait(pid);
	return fd;
}
