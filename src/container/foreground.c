/* SPDX-License-Identifier: ISC */
/* `run` in the foreground: signals forwarded, the terminal relayed, orphans reaped; runc(8), run. */
#include "container/foreground.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/log.h"
#include "kernel/tty.h"

int foreground_begin(struct container *c, struct err *e)
{
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &c->signals);
	if (!c->options.no_subreaper && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return err_sys(e, "cannot become a subreaper");
	return 0;
}

int foreground_unblock(struct container *c, struct err *e)
{
	(void)e;
	sigprocmask(SIG_SETMASK, &c->signals, 0);
	return 0;
}

/* Returns whether init was among those that ended; then the rest is the system's. */
static bool reap(struct container *c, int *status)
{
	pid_t pid;
	int how;
	while ((pid = waitpid(-1, &how, WNOHANG)) > 0) {
		if (pid != c->pid)
			continue;
		*status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
		c->pid = 0;
		c->ended = true;
		return true;
	}
	return false;
}

/* SIGPIPE is our own affair: the reader of our output went. */
static void forward(const struct container *c, int signal)
{
	if (signal != SIGPIPE && kill(c->pid, signal) < 0 && errno != ESRCH)
		log_warn("cannot forward signal %d: %s", signal, strerror(errno));
}

static int wait_without_terminal(struct container *c, struct err *e)
{
	sigset_t all;
	int status = 0;
	sigfillset(&all);
	for (;;) {
		int signal = sigwaitinfo(&all, 0);
		if (signal < 0 && errno != EINTR)
			return err_sys(e, "cannot wait for signals");
		if (signal == SIGCHLD && reap(c, &status))
			return status;
		if (signal > 0 && signal != SIGCHLD)
			forward(c, signal);
	}
}

/* Returns whether init has ended. */
static bool take_signals(struct container *c, int fd, int *status)
{
	struct signalfd_siginfo info;
	bool ended = false;
	while (read(fd, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGCHLD)
			ended |= reap(c, status);
		else if (info.ssi_signo == SIGWINCH)
			tty_copy_size(0, c->master);
		else if (!ended)
			forward(c, (int)info.ssi_signo);
	}
	return ended;
}

static int relay(struct container *c, int signals, struct err *e)
{
	static LARGE struct tty_relay r;
	struct pollfd fds[4] = { { signals, POLLIN, 0 } };
	int status = 0;
	bool open = true;
	tty_relay_start(&r, c->master, 0, 1);
	for (;;) {
		unsigned count = open ? tty_relay_poll(&r, fds + 1) : 0;
		if (poll(fds, count + 1, -1) < 0 && errno != EINTR)
			return err_sys(e, "cannot poll the terminal");
		if (fds[0].revents && take_signals(c, signals, &status))
			break;
		open = open && tty_relay_step(&r, fds + 1, count);
	}
	if (open)
		tty_relay_drain(&r);   /* the program's last words */
	return status;
}

static int wait_with_terminal(struct container *c, struct err *e)
{
	sigset_t all;
	struct termios saved;
	sigfillset(&all);
	int signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		return err_sys(e, "cannot wait for signals");
	int raw = tty_raw(0, &saved, e);
	if (raw >= 0 && !c->config.process->consoleSize)
		tty_copy_size(0, c->master);
	int status = raw < 0 ? -1 : relay(c, signals, e);
	if (raw == 0)
		tty_restore(0, &saved);
	io_close(signals);
	return status;
}

int foreground_wait(struct container *c, struct err *e)
{
	return c->master >= 0 ? wait_with_terminal(c, e) : wait_without_terminal(c, e);
}
