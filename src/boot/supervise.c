/* SPDX-License-Identifier: ISC */
/* One loop over signalfd(2) and the rings' pipes; each service is one child that becomes `runlet run`, which forwards signals and deletes what it made. */
#include "boot/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/str.h"

struct supervisor {
	struct boot_files *files;
	const struct boot_place *place;
	sigset_t before;              /* the signal mask that programs get */
	bool stopping;
	enum { ASKED, DELETED, KILLED, LEFT } killed;   /* what was done to those that do not end: their containers deleted, their `run` killed, none waited for */
	int64_t kill_ms;              /* when the next of it is due */
};

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int log_file(const struct supervisor *v, const struct slot *s, bool older, char *path, struct err *e)
{
	return str_format(path, LIMIT_PATH_BYTES, e, "%s/log.%s%s", v->place->state, s->name, older ? ".0" : "");
}

/* A ring of two files: the younger becomes the older when it has half of the bytes. */
static void keep(const struct supervisor *v, const struct slot *s, const char *bytes, size_t length)
{
	char path[LIMIT_PATH_BYTES], older[LIMIT_PATH_BYTES];
	struct stat had;
	struct err e;
	int64_t half = (s->service.log->bytes ? s->service.log->bytes : LIMIT_LOG_BYTES) / 2;
	if (log_file(v, s, false, path, &e) < 0 || log_file(v, s, true, older, &e) < 0)
		return;
	if (stat(path, &had) == 0 && had.st_size + (int64_t)length > half)
		rename(path, older);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd >= 0)
		io_write(fd, bytes, length);   /* a full disk must not end what runs */
	io_close(fd);
}

static void take_output(const struct supervisor *v, struct slot *s)
{
	char bytes[2048];
	while (s->output >= 0) {
		ssize_t n = read(s->output, bytes, sizeof bytes);
		if (n > 0)
			keep(v, s, bytes, (size_t)n);
		else if (n == 0)
			s->output = io_close(s->output);
		else if (errno != EINTR)
			return;
	}
}

static int point_output(const struct slot *s, int ring)
{
	int to = s->service.log ? s->service.log->to : LOG_TO_CONSOLE, null = open("/dev/null", O_RDWR);
	if (null < 0)
		return -1;
	dup2(null, 0);
	int fd = to == LOG_TO_RING ? ring : to == LOG_TO_NONE ? null : to == LOG_TO_KMSG ? open("/dev/kmsg", O_WRONLY) : -1;
	if (to != LOG_TO_CONSOLE && (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0))
		return -1;
	if (null > 2)
		close(null);
	if (fd > 2 && fd != null)
		close(fd);
	return 0;
}

/* In the child. Its errors go where the service's own output goes; kmsg takes a line a write, which is what log makes. */
static void become(const struct supervisor *v, const struct slot *s, int ring)
{
	static LARGE char bundle[LIMIT_PATH_BYTES], config[LIMIT_PATH_BYTES];
	struct err e;
	log_subject(s->name);
	if (point_output(s, ring) < 0) {
		err_sys(&e, "log");
	} else if (bundle_make(s, &v->files->device, v->place, bundle, config, &e) == 0) {
		const char *const argv[] = { "runlet", "--root", v->place->root, "run", "-b", bundle, "-f", config, s->name, 0 };
		sigprocmask(SIG_SETMASK, &v->before, 0);
		execv(v->place->program, (char *const *)argv);
		err_sys(&e, "%s", v->place->program);
	}
	log_err(&e);
	_exit(127);
}

static void start(struct supervisor *v, struct slot *s)
{
	int ring[2] = { -1, -1 };
	bool wants = s->service.log && s->service.log->to == LOG_TO_RING;
	s->again_ms = now_ms() + LIMIT_RESTART_MS;
	if (wants && pipe2(ring, O_CLOEXEC) < 0) {
		log_warn("boot: %s: %s", s->name, strerror(errno));
		return;
	}
	pid_t pid = fork();
	if (pid == 0)
		become(v, s, ring[1]);
	io_close(ring[1]);
	if (pid < 0) {
		log_warn("boot: %s: %s", s->name, strerror(errno));
		io_close(ring[0]);
		return;
	}
	log_debug("boot: %s: started, at %lld ms", s->name, (long long)now_ms());
	take_output(v, s);   /* the last words of the one before */
	io_close(s->output);
	s->output = ring[0];
	if (ring[0] >= 0)
		fcntl(ring[0], F_SETFL, O_NONBLOCK);
	s->pid = pid;
}

static pid_t delete_by_force(const struct supervisor *v, const struct slot *s)
{
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	execl(v->place->program, "runlet", "--root", v->place->root, "delete", "--force", s->name, (char *)0);
	_exit(127);
}

static void ended(const struct supervisor *v, struct slot *s, int status)
{
	int policy = s->service.restart ? s->service.restart->policy : POLICY_NO;
	bool deleted = s->deletes;
	s->deletes = false;
	s->pid = 0;
	if (!deleted) {
		s->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		if (WIFSIGNALED(status) && (s->pid = delete_by_force(v, s)) > 0) {   /* a `run` that was killed left its container */
			s->deletes = true;
			return;
		}
		s->pid = 0;
	}
	bool again = !v->stopping && (policy == POLICY_ALWAYS || (policy == POLICY_ON_FAILURE && s->status));
	if (s->status && !v->stopping)
		log_warn("boot: %s: ended with status %d%s", s->name, s->status, again ? "; starts again" : "");
	if (again && s->again_ms < now_ms())
		s->again_ms = 0;
	s->ended = !again;
}

static void reap(const struct supervisor *v)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (uint32_t i = 0; i < v->files->count; i++)
			if (v->files->slots[i].pid == pid)
				ended(v, &v->files->slots[i], status);
}

static void tell_all(const struct supervisor *v, int signal)
{
	for (uint32_t i = 0; i < v->files->count; i++)
		if (v->files->slots[i].pid > 0)
			kill(v->files->slots[i].pid, signal);
}

static void take_signal(struct supervisor *v, int fd, enum supervise_end *end)
{
	struct signalfd_siginfo info;
	while (read(fd, &info, sizeof info) == (ssize_t)sizeof info) {
		int signal = (int)info.ssi_signo;
		if (signal == SIGCHLD) {
			reap(v);
			continue;
		}
		if ((signal == SIGTERM || signal == SIGINT) && !v->stopping) {
			v->stopping = true;
			*end = signal == SIGINT ? ENDED_REBOOT : ENDED_STOP;
			v->kill_ms = now_ms() + LIMIT_STOP_MS;
			for (uint32_t i = 0; i < v->files->count; i++)
				v->files->slots[i].ended |= !v->files->slots[i].pid;
			signal = SIGTERM;
		}
		tell_all(v, signal);
	}
}

/* A killed `run` leaves its container: it is deleted as by hand. One that does not end by that, as it may still unpack, is killed; a process that nothing can end is left to the machine's end. */
static void kill_left(struct supervisor *v)
{
	v->killed++;
	v->kill_ms = now_ms() + LIMIT_STOP_MS;
	for (uint32_t i = 0; i < v->files->count; i++) {
		struct slot *s = &v->files->slots[i];
		if (!s->pid)
			continue;
		log_warn("boot: %s: does not end; %s", s->name, v->killed < LEFT ? "is killed" : "is left");
		switch (v->killed) {
		case DELETED: delete_by_force(v, s); break;
		case KILLED: kill(s->pid, SIGKILL); break;
		default: s->ended = true;
		}
	}
}

/* Starts what is due. Returns how long poll may wait in ms, -1: for ever; *left: how many run or are to be started. */
static int due(struct supervisor *v, unsigned *left)
{
	int64_t now = now_ms(), next;
	*left = 0;
	if (v->stopping && v->killed < LEFT && now >= v->kill_ms)
		kill_left(v);
	next = v->stopping && v->killed < LEFT ? v->kill_ms : INT64_MAX;
	for (uint32_t i = 0; i < v->files->count; i++) {
		struct slot *s = &v->files->slots[i];
		if (s->ended)
			continue;
		(*left)++;
		if (!s->pid && !v->stopping && s->again_ms <= now)
			start(v, s);
		if (!s->pid && s->again_ms < next)
			next = s->again_ms;
	}
	return next == INT64_MAX ? -1 : next > now ? (int)(next - now) : 0;
}

static void loop(struct supervisor *v, int fd, bool stays, enum supervise_end *end)
{
	struct pollfd polled[LIMIT_SERVICES + 1];
	unsigned left;
	for (;;) {
		int wait_ms = due(v, &left), count = 1;
		if (!left && (!stays || v->stopping))
			return;
		polled[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
		for (uint32_t i = 0; i < v->files->count; i++)
			polled[count++] = (struct pollfd){ .fd = v->files->slots[i].output, .events = POLLIN };
		if (poll(polled, (nfds_t)count, wait_ms) < 0 && errno != EINTR)
			return;
		for (uint32_t i = 0; i < v->files->count; i++)
			if (polled[i + 1].revents)
				take_output(v, &v->files->slots[i]);
		take_signal(v, fd, end);
	}
}

int supervise(struct boot_files *f, const struct boot_place *place, bool stays, enum supervise_end *end, struct err *e)
{
	static const int taken[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2 };
	struct supervisor v = { .files = f, .place = place };
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		sigaddset(&set, taken[i]);
	sigprocmask(SIG_BLOCK, &set, &v.before);
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return err_sys(e, "boot: no signalfd (CONFIG_SIGNALFD)");
	*end = ENDED_IDLE;
	for (uint32_t i = 0; i < f->count; i++)
		f->slots[i].ended = !f->slots[i].service.enabled;
	loop(&v, fd, stays, end);
	for (uint32_t i = 0; i < f->count; i++)
		take_output(&v, &f->slots[i]);
	io_close(fd);
	sigprocmask(SIG_SETMASK, &v.before, 0);
	return 0;
}
