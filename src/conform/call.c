/* SPDX-License-Identifier: ISC */
/* Calls of the runtime, each with a time limit: one that hangs is killed with its process group, and the check says so. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "conform/conform.h"

#define WORDS_MAX 24

long now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

static void add(struct test *t, const char *format, va_list args)
{
	struct result *r = t->result;
	size_t room = sizeof r->text - r->used;
	int length = vsnprintf(r->text + r->used, room, format, args);
	if (length < 0 || (size_t)length + 1 >= room)
		return;
	r->used += (size_t)length;
	r->text[r->used++] = '\n';
	r->text[r->used] = 0;
}

void fail(struct test *t, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(t, format, args);
	va_end(args);
	t->result->failures++;
}

void stop(struct test *t)
{
	test_cleanup(t);
	if (t->result->outcome == PENDING)
		t->result->outcome = t->result->failures ? FAILED : PASSED;
	_exit(0);
}

void skip(struct test *t, const char *format, ...)
{
	va_list args;
	t->result->used = 0;
	va_start(args, format);
	add(t, format, args);
	va_end(args);
	t->result->outcome = t->result->failures ? FAILED : SKIPPED;
	stop(t);
}

long read_text(const struct test *t, const char *name, char *buffer, size_t size)
{
	char path[512];
	snprintf(path, sizeof path, *name == '/' ? "%s%s" : "%s/%s", *name == '/' ? "" : t->dir, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	*buffer = 0;
	if (fd < 0)
		return -1;
	ssize_t length = io_read(fd, buffer, size - 1);
	io_close(fd);
	buffer[length > 0 ? length : 0] = 0;
	return (long)length;
}

const char *complaint(struct test *t)
{
	size_t end = strlen(t->err);
	while (end && t->err[end - 1] == '\n')
		t->err[--end] = 0;
	const char *last = strrchr(t->err, '\n');
	return *t->err ? last ? last + 1 : t->err : "no message";
}

static int open_in(const struct test *t, const char *name, int flags)
{
	char path[512];
	snprintf(path, sizeof path, *name == '/' ? "%s%s" : "%s/%s", *name == '/' ? "" : t->dir, name);
	return open(path, flags | O_CLOEXEC | O_NOCTTY, 0666);
}

static _Noreturn void child(const struct test *t, char **words, const char *out, const char *in)
{
	int ends[2];
	/* some runtimes change the owner of what they get as standard input: not of the host's /dev/null */
	int input = in ? open_in(t, in, O_RDONLY) : pipe(ends) == 0 ? ends[0] : -1;
	int output = open_in(t, out, O_WRONLY | O_CREAT | O_APPEND), errors = open_in(t, strcmp(out, "report") == 0 ? "stderr" : "err", O_WRONLY | O_CREAT | O_APPEND);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, 0);
	setpgid(0, 0);
	if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(errors, 2) < 0 || chdir(t->dir) < 0)
		_exit(126);
	if (!in)
		close(ends[1]);
	execv(t->runtime, words);
	_exit(127);
}

/* Looks often at first: most calls take milliseconds. */
static int wait_for(pid_t pid, unsigned limit_ms)
{
	long end = now_ms() + (long)limit_ms;
	struct timespec pause = { .tv_nsec = 500000 };
	int status;
	for (;;) {
		pid_t got = waitpid(pid, &status, WNOHANG);
		if (got == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (got < 0 && errno != EINTR)
			return -1;
		if (now_ms() >= end)
			return -2;
		nanosleep(&pause, 0);
		if (pause.tv_nsec < 8000000)
			pause.tv_nsec *= 2;
	}
}

int call_in(struct test *t, char *const *words, const char *out, const char *in)
{
	char *all[WORDS_MAX + 4], state[300];
	size_t count = 0;
	snprintf(state, sizeof state, "%s/state", t->dir);
	all[count++] = (char *)(uintptr_t)t->runtime;
	all[count++] = (char *)(uintptr_t)"--root";
	all[count++] = state;
	for (size_t i = 0; words[i] && i < WORDS_MAX; i++)
		all[count++] = words[i];
	all[count] = 0;
	const char *errors = strcmp(out, "report") == 0 ? "stderr" : "err";
	if (strcmp(errors, "err") == 0)
		io_close(open_in(t, out, O_WRONLY | O_CREAT | O_TRUNC));
	io_close(open_in(t, errors, O_WRONLY | O_CREAT | O_TRUNC));
	t->answered = false;
	pid_t pid = fork();
	if (pid < 0)
		return fail(t, "cannot fork: %s", strerror(errno)), -1;
	if (pid == 0)
		child(t, all, out, in);
	int status = wait_for(pid, t->limit_ms);
	if (status < -1) {
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
		while (waitpid(pid, 0, 0) < 0 && errno == EINTR)
			;
		fail(t, "`%s` did not end within %u ms", words[0], t->limit_ms);
		return -1;
	}
	t->answered = true;
	read_text(t, out, t->out, sizeof t->out);
	read_text(t, errors, t->err, sizeof t->err);
	return status;
}

int call(struct test *t, ...)
{
	char *words[WORDS_MAX + 1];
	size_t count = 0;
	va_list args;
	va_start(args, t);
	while (count < WORDS_MAX && (words[count] = va_arg(args, char *)))
		count++;
	va_end(args);
	words[count] = 0;
	return call_in(t, words, "out", 0);
}
