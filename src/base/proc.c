/* SPDX-License-Identifier: ISC */
/* Processes: identity, clone, waiting. proc_pid_stat(5), clone(2). */
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/sys.h"

/* Behind the command, which is in parentheses and may itself hold any byte, come the state (field 3) and numbers. */
static int parse_stat(const char *text, uint64_t *start_ticks, char *state)
{
	const char *at = strrchr(text, ')');
	if (!at || at[1] != ' ' || !at[2])
		return -1;
	at += 2;
	if (state)
		*state = *at;
	for (int field = 3; field < 22; field++) {
		at = strchr(at, ' ');
		if (!at)
			return -1;
		at++;
	}
	*start_ticks = 0;
	for (; *at >= '0' && *at <= '9'; at++)
		*start_ticks = *start_ticks * 10 + (uint64_t)(*at - '0');
	return 0;
}

int proc_start_time(pid_t pid, uint64_t *start_ticks, char *state)
{
	char path[32], text[1024];
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t n = io_read_some(fd, text, sizeof text - 1);   /* procfs gives all of it at once */
	io_close_later(fd);
	if (n < 0)
		return -1;
	text[n] = 0;
	if (parse_stat(text, start_ticks, state) < 0)
		return errno = EPROTO, -1;
	return 0;
}

int proc_alive(pid_t pid, uint64_t start_ticks)
{
	uint64_t now;
	char state;
	if (pid <= 0)
		return 0;
	if (proc_start_time(pid, &now, &state) < 0)
		return errno == ENOENT || errno == ESRCH ? 0 : -1;
	return now == start_ticks && state != 'Z' && state != 'X';
}

int proc_wait(pid_t pid)
{
	int status;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

pid_t proc_clone(uint64_t flags, int cgroup_fd)
{
	/* with CLONE_PARENT the child has its new sibling's exit signal, and clone3 takes none */
	struct sys_clone_args args = { .flags = flags, .exit_signal = flags & CLONE_PARENT ? 0 : SIGCHLD };
	if (cgroup_fd >= 0) {
		args.flags |= SYS_CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)cgroup_fd;
	}
	long pid = sys_clone3(&args);
	if (pid >= 0 || (errno != ENOSYS && errno != EPERM))
		return (pid_t)pid;
	if (args.flags >> 32 || (flags & SYS_CLONE_NEWTIME))
		return errno = errno == EPERM ? EPERM : ENOSYS, -1;
	return (pid_t)sys_clone((unsigned long)flags | SIGCHLD);
}

int proc_signal(pid_t pid, uint64_t start_ticks, int signal)
{
	/* opened before the start time is compared */
	int pidfd = sys_pidfd_open(pid, 0);
	int alive = proc_alive(pid, start_ticks);
	int sent = alive > 0 && pidfd >= 0 ? sys_pidfd_send_signal(pidfd, signal) : -1;
	if (alive == 0)
		errno = ESRCH;
	else if (alive > 0 && (pidfd < 0 || (sent < 0 && errno == ENOSYS)))
		sent = kill(pid, signal);
	io_close(pidfd);
	return sent;
}
