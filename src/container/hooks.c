/* SPDX-License-Identifier: ISC */
/* Hooks of all six kinds (runtime-spec, config.md, "POSIX-platform Hooks"). */
#include "container/hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/proc.h"
#include "base/sys.h"
#include "container/process.h"

#define LAST_LINE_BYTES 256   /* of a hook's stderr, in the message */
#define TICK_MS 5             /* between looks at a hook where the kernel has no pidfd */

static const struct { const char *name; uint16_t offset; bool by_init; } kinds[] = {
	[HOOK_PRESTART] = { "prestart", offsetof(struct hooks, prestart), false },
	[HOOK_CREATE_RUNTIME] = { "createRuntime", offsetof(struct hooks, createRuntime), false },
	[HOOK_CREATE_CONTAINER] = { "createContainer", offsetof(struct hooks, createContainer), true },
	[HOOK_START_CONTAINER] = { "startContainer", offsetof(struct hooks, startContainer), true },
	[HOOK_POSTSTART] = { "poststart", offsetof(struct hooks, poststart), false },
	[HOOK_POSTSTOP] = { "poststop", offsetof(struct hooks, poststop), false },
};

static const hook_list *list_of(const struct container *c, enum hook_kind kind)
{
	static const hook_list none;
	return c->config.hooks ? (const hook_list *)(const void *)((const char *)c->config.hooks + kinds[kind].offset) : &none;
}

bool hooks_any(const struct container *c, enum hook_kind kind)
{
	return list_of(c, kind)->count > 0;
}

/* The state as a file: a hook that reads nothing, or late, can't block us as a pipe would. */
static int state_file(const struct container *c, enum status status, pid_t pid, struct err *e)
{
	static LARGE char text[LIMIT_HOOK_STATE_BYTES];
	struct out o;
	out_init(&o, -1, text, sizeof text);
	state_emit(c, status, pid, STATE_HOOK, 0, &o);
	if (o.failed)
		return ERR_LIMIT(e, "the state of the container in bytes", LIMIT_HOOK_STATE_BYTES);
	int fd = memfd_create("state", MFD_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "cannot make a file for the state");
	if (io_write(fd, text, o.used) < 0 || lseek(fd, 0, SEEK_SET) < 0) {
		err_sys(e, "cannot write the state");
		return io_close(fd);
	}
	return fd;
}

/* crun's annotations: a file of the host that takes what hooks of the runtime write. */
static void redirect(const struct container *c, const char *annotation, int to)
{
	const char *path = spec_value(&c->config.annotations, annotation);
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC, 0700) : -1;
	if (fd >= 0)
		dup2(fd, to);
}

static _Noreturn void hook_main(const struct container *c, enum hook_kind kind, const struct hook *h, int input, int errors, int failure)
{
	static char *none[] = { 0 };
	sigset_t set;
	char *self[] = { (char *)(uintptr_t)h->path, 0 };
	if (kinds[kind].by_init)
		umask(0022);   /* init's own is 0 while it makes devices */
	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, 0);
	dup2(input, 0);
	dup2(errors, 2);
	if (!kinds[kind].by_init) {
		redirect(c, "run.oci.hooks.stdout", 1);
		redirect(c, "run.oci.hooks.stderr", 2);
	}
	sys_close_range(3, ~0u, SYS_CLOSE_RANGE_CLOEXEC);
	char **env = h->env.count ? (char **)(uintptr_t)h->env.items : none;
	struct err e = { .number = 0 };
	/* runc's, which programs rely on: the rootfs is where this kind begins, and without an environment of its own, that kind has the program's */
	if (kind == HOOK_CREATE_CONTAINER)
		(void)!fchdir(c->rootfs_fd);
	if (kind == HOOK_START_CONTAINER && !h->env.count)
		env = c->environment;
	if (kind != HOOK_START_CONTAINER || process_seal_hook(c, &e) == 0) {
		execve(h->path, h->args.count ? (char **)(uintptr_t)h->args.items : self, env);
		e.number = errno;
	}
	(void)!write(failure, &e.number, sizeof e.number);
	_exit(127);
}

struct tail { char line[LAST_LINE_BYTES]; size_t used; bool ended; };

/* Keeps the last line that is not empty, and lets all of it through to our own stderr. */
static void take_errors(struct tail *t, int fd)
{
	char bytes[512];
	ssize_t n = read(fd, bytes, sizeof bytes);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		t->line[t->used] = 0;
		return;
	}
	(void)!io_write(2, bytes, (size_t)n);
	for (ssize_t i = 0; i < n; i++) {
		if (bytes[i] == '\n') {
			t->ended = true;
			continue;
		}
		if (t->ended)
			t->used = 0;
		t->ended = false;
		if (t->used < sizeof t->line - 1)
			t->line[t->used++] = (unsigned char)bytes[i] < 0x20 ? '?' : bytes[i];
	}
	t->line[t->used] = 0;
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

enum end { HOOK_ENDED, HOOK_LATE, HOOK_ALONE };

/* Until the hook has ended, its time is up, or (in init, wire ≥ 0) the runtime is dead. */
static enum end watch(pid_t pid, int errors, int wire, int64_t timeout_s, struct tail *tail, int *status)
{
	int pidfd = sys_pidfd_open(pid, 0);
	int64_t deadline_ms = timeout_s > 0 && timeout_s < INT32_MAX ? now_ms() + timeout_s * 1000 : INT64_MAX;
	enum end end = HOOK_ENDED;
	for (;;) {
		struct pollfd fds[3] = { { errors, POLLIN, 0 }, { pidfd, POLLIN, 0 }, { wire, 0, 0 } };
		int64_t left_ms = deadline_ms == INT64_MAX ? -1 : deadline_ms - now_ms();
		if (left_ms < 0 && deadline_ms != INT64_MAX) {
			end = HOOK_LATE;
			break;
		}
		int wait_ms = left_ms > INT32_MAX ? INT32_MAX : (int)left_ms;
		if (pidfd < 0 && (wait_ms < 0 || wait_ms > TICK_MS))
			wait_ms = TICK_MS;
		poll(fds, 3, wait_ms);
		if (fds[0].revents)
			take_errors(tail, errors);
		if (waitpid(pid, status, WNOHANG) == pid)
			break;
		if (fds[2].revents & (POLLHUP | POLLERR)) {
			end = HOOK_ALONE;
			break;
		}
		if (fds[0].revents & POLLHUP && !(fds[0].revents & POLLIN))
			errors = -1;
	}
	io_close(pidfd);
	return end;
}

/* The words of an exit status are those that programs look for: crun's of poststop hooks, runc's of all others. */
static int judge(enum end end, enum hook_kind kind, const struct hook *h, int status, const struct tail *tail, struct err *e)
{
	const char *colon = tail->used ? ": " : "";
	if (end == HOOK_ALONE)
		return err_set(e, "killed: the runtime is gone");
	if (end == HOOK_LATE)
		return err_set(e, "killed: longer than its timeout of %lld s", (long long)h->timeout);
	if (WIFSIGNALED(status))
		return err_set(e, "killed by signal %d%s%s%s", WTERMSIG(status), WTERMSIG(status) == SIGSYS ? " (bad system call)" : "", colon, tail->line);
	if (WEXITSTATUS(status))
		return err_set(e, "%s %d%s%s", kind == HOOK_POSTSTOP ? "poststop hook failed with exit code" : "exit status", WEXITSTATUS(status), colon, tail->line);
	return 0;
}

/* What it wrote last; a grandchild may keep the pipe open and write on. */
static void take_rest(struct tail *tail, int errors)
{
	for (int i = 0; i < 64; i++) {
		struct pollfd left = { errors, POLLIN, 0 };
		if (poll(&left, 1, 0) <= 0 || !(left.revents & POLLIN))
			break;
		take_errors(tail, errors);
	}
	tail->line[tail->used] = 0;
	if (tail->used && !tail->ended)
		(void)!write(2, "\n", 1);
}

enum { ERRORS = 0, FAILURE = 2 };   /* two pipes: the hook's stderr, and execve's errno */

static int run_with(const struct container *c, enum hook_kind kind, const struct hook *h, int state, int pipes[4], struct err *e)
{
	pid_t pid = proc_clone(0, -1);
	if (pid == 0) {
		fcntl(pipes[ERRORS + 1], F_SETFL, 0);
		hook_main(c, kind, h, state, pipes[ERRORS + 1], pipes[FAILURE + 1]);
	}
	if (pid < 0)
		return err_sys(e, "cannot make a process");
	pipes[ERRORS + 1] = io_close(pipes[ERRORS + 1]);
	struct tail tail = { .used = 0 };
	int status = 0, number;
	/* a startContainer hook goes on when the `start` that waits for it dies: the container is whole without it */
	enum end end = watch(pid, pipes[ERRORS], kind == HOOK_CREATE_CONTAINER ? c->wire : -1, h->timeout, &tail, &status);
	if (end != HOOK_ENDED) {
		kill(pid, SIGKILL);
		proc_wait(pid);
	}
	take_rest(&tail, pipes[ERRORS]);
	if (read(pipes[FAILURE], &number, sizeof number) == (ssize_t)sizeof number)
		return err_num(e, number, "cannot execute");
	return judge(end, kind, h, status, &tail, e);
}

static int run_one(const struct container *c, enum hook_kind kind, const struct hook *h, int state, struct err *e)
{
	int pipes[4] = { -1, -1, -1, -1 };
	int result;
	if (pipe2(pipes + ERRORS, O_CLOEXEC | O_NONBLOCK) < 0 || pipe2(pipes + FAILURE, O_CLOEXEC | O_NONBLOCK) < 0)
		result = err_sys(e, "cannot make a pipe");
	else
		result = run_with(c, kind, h, state, pipes, e);
	for (int i = 0; i < 4; i++)
		io_close(pipes[i]);
	return result;
}

static int run_at(struct container *c, enum hook_kind kind, uint32_t i, enum status status, pid_t pid, struct err *e)
{
	const struct hook *h = &list_of(c, kind)->items[i];
	int state = state_file(c, status, pid, e);
	int result = state < 0 ? -1 : run_one(c, kind, h, state, e);
	io_close(state);
	return result < 0 ? err_at(e, "hooks.%s[%u] \"%s\": error running %s hook #%u", kinds[kind].name, (unsigned)i, h->path, kinds[kind].name, (unsigned)i) : 0;
}

int hooks_run(struct container *c, enum hook_kind kind, enum status status, pid_t pid, struct err *e)
{
	for (uint32_t i = 0; i < list_of(c, kind)->count; i++)
		if (run_at(c, kind, i, status, pid, e) < 0)
			return -1;
	return 0;
}

void hooks_warn(struct container *c, enum hook_kind kind, enum status status, pid_t pid)
{
	struct err e;
	for (uint32_t i = 0; i < list_of(c, kind)->count; i++)
		if (run_at(c, kind, i, status, pid, &e) < 0)
			log_warn("%s", e.text);
}
