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
#include "container/namespaces.h"
#include "container/notify.h"
#include "kernel/tty.h"

void foreground_begin(struct container *c)
{
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &c->signals);
}

bool foreground_gets_orphans(const struct container *c)
{
	return !c->options.no_subreaper && (c->config.hooks || !namespace_new(c, NS_PID));
}

int foreground_adopt(struct container *c, struct err *e)
{
	(void)c;
	return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 ? err_sys(e, "cannot become a subreaper") : 0;
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

/* The loop where there is more to wait for than signals: a terminal, or word that the program is ready. It is the runtime's pid then that stands for the service. */
static int watch(struct container *c, int signals, struct tty_relay *r, struct err *e)
{
	struct pollfd fds[5] = { { signals, POLLIN, 0 }, { c->notify, POLLIN, 0 } };   /* poll(2) passes over -1 */
	int status = 0;
	bool open = r;
	for (;;) {
		unsigned count = open ? tty_relay_poll(r, fds + 2) : 0;
		if (poll(fds, count + 2, -1) < 0 && errno != EINTR)
			return err_sys(e, "cannot poll the terminal");
		if (fds[1].revents)
			notify_take(c, getpid());
		if (fds[0].revents && take_signals(c, signals, &status))
			break;
		open = open && tty_relay_step(r, fds + 2, count);
	}
	if (open)
		tty_relay_drain(r);   /* the program's last words */
	while (c->notify >= 0 && poll(fds + 1, 1, 0) > 0)
		notify_take(c, getpid());
	return status;
}

static int open_signals(struct err *e)
{
	sigset_t all;
	sigfillset(&all);
	int signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	return signals < 0 ? err_sys(e, "cannot wait for signals") : signals;
}

static int wait_with_terminal(struct container *c, struct err *e)
{
	static LARGE struct tty_relay relay;
	struct termios saved;
	int signals = open_signals(e);
	if (signals < 0)
		return -1;
	int raw = tty_raw(0, &saved, e);
	tty_relay_start(&relay, c->master, 0, 1);
	int status = raw < 0 ? -1 : watch(c, signals, &relay, e);
	if (relay.output_error && relay.output_error != EIO && relay.output_error != EPIPE)   /* those are a terminal or a reader that went */
		log_warn("output is lost: %s", strerror(relay.output_error));
	if (raw == 0)
		tty_restore(0, &saved);
	io_close(signals);
	return status;
}

static int wait_with_notify(struct container *c, struct err *e)
{
	int signals = open_signals(e);
	int status = signals < 0 ? -1 : watch(c, signals, 0, e);
	io_close(signals);
	return status;
}

int foreground_wait(struct container *c, struct err *e)
{
	if (c->master >= 0)
		return wait_with_terminal(c, e);
	return c->notify >= 0 ? wait_with_notify(c, e) : wait_without_terminal(c, e);
}
