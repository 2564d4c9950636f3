/* SPDX-License-Identifier: ISC */
/* runlet-conform: checks a runtime against the OCI runtime specification. Alone on the target: it is also the program in the containers that it makes, and their hooks. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/out.h"
#include "base/str.h"
#include "conform/conform.h"

static const char usage_text[] =
	"runlet-conform: checks a container runtime against the OCI runtime specification\n"
	"\n"
	"  --runtime PATH    the runtime: a program that knows create, start, state, kill and delete\n"
	"  --list            prints names and chapters of the checks, and ends\n"
	"  --only NAME,...   these checks; NAME* is all that begin so\n"
	"  --jobs N          so many at a time (2)\n"
	"  --limit MS        of one call of the runtime, after which it is killed (10000)\n"
	"  --tap             TAP 14 instead of a table\n"
	"  --junit FILE      JUnit's XML as well\n"
	"\n"
	"Needs root. Exit status: 0 all passed or were skipped, 1 a check failed, 2 it could not run.\n";

static const struct chapter *const chapters[] = {
	&chapter_lifecycle, &chapter_process, &chapter_mounts, &chapter_hooks, &chapter_namespaces, &chapter_linux, &chapter_cgroups,
	&chapter_seccomp, &chapter_console, &chapter_commands, &chapter_features,
};

const struct check *check_at(size_t i)
{
	for (size_t c = 0; c < sizeof chapters / sizeof *chapters; c++) {
		if (i < chapters[c]->count)
			return &chapters[c]->checks[i];
		i -= chapters[c]->count;
	}
	return 0;
}

const struct check *check_find(const char *name)
{
	for (size_t i = 0; check_at(i); i++)
		if (strcmp(check_at(i)->name, name) == 0)
			return check_at(i);
	return 0;
}

static int complain(const char *format, const char *what)
{
	char text[1200];
	snprintf(text, sizeof text, format, what);
	io_write(2, "runlet-conform: ", 16);
	io_write(2, text, strlen(text));
	io_write(2, "\n", 1);
	return 2;
}

/* Marks the checks that each of the comma-separated words names: by the whole name, or by its beginning with a "*" behind. */
static int mark(const char *only, bool marked[CHECKS_MAX])
{
	char text[200];
	for (const char *at = only; ; at++) {
		size_t length = strcspn(at, ",");
		bool open = length && at[length - 1] == '*', any = false;
		size_t fixed = length - open;
		for (size_t i = 0; check_at(i) && i < CHECKS_MAX; i++) {
			const char *name = check_at(i)->name;
			if (strncmp(name, at, fixed) == 0 && (open || name[fixed] == 0))
				any = marked[i] = true;
		}
		if (!any) {
			snprintf(text, sizeof text, "%.*s", (int)length, at);
			return complain("--only %s: no such check; see --list", text);
		}
		at += length;
		if (!*at)
			return 0;
	}
}

static int choose(struct run *r)
{
	static const struct check *checks[CHECKS_MAX];
	static bool marked[CHECKS_MAX];
	int status = r->only ? mark(r->only, marked) : 0;
	r->checks = checks;
	for (size_t i = 0; check_at(i) && r->count < CHECKS_MAX; i++)
		if (!r->only || marked[i])
			checks[r->count++] = check_at(i);
	return status;
}

static int parse(int argc, char **argv, struct run *r)
{
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i], *equals = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : 0, *value = equals ? equals + 1 : i + 1 < argc ? argv[i + 1] : 0;
		char name[24];
		if (equals) {
			snprintf(name, sizeof name, "%.*s", (int)(equals - word), word);
			word = name;
			i--;
		}
		if (!equals && strcmp(word, "--tap") == 0)
			r->tap = true;
		else if (!equals && strcmp(word, "--list") == 0)
			r->list = true;
		else if (!equals && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0))
			r->help = true;
		else if (!value)
			return complain("%s: unknown, or without its value; see --help", word);
		else if (i++, strcmp(word, "--runtime") == 0)
			r->runtime = value;
		else if (strcmp(word, "--only") == 0)
			r->only = value;
		else if (strcmp(word, "--junit") == 0)
			r->junit = value;
		else if (strcmp(word, "--jobs") == 0 && (str_i64(value, &r->jobs) < 0 || r->jobs < 1 || r->jobs > 64))
			return complain("--jobs %s: not a number from 1 to 64", value);
		else if (strcmp(word, "--limit") == 0 && (str_i64(value, &r->limit_ms) < 0 || r->limit_ms < 1 || r->limit_ms > 3600000))
			return complain("--limit %s: not a number of milliseconds", value);
		else if (strcmp(word, "--jobs") != 0 && strcmp(word, "--limit") != 0)
			return complain("unknown option %s; see --help", word);
	}
	return 0;
}

/* What keeps the kernel from executing it, 0 for nothing: it is killed as soon as it is executed. */
static int exec_error(const char *path)
{
	int ends[2], number = 0;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return 0;
	pid_t pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);
		for (int fd = 0; fd < 3; fd++)
			dup2(null, fd);
		execl(path, path, "--version", (char *)0);
		number = errno;
		_exit(io_write(ends[1], &number, sizeof number) < 0);
	}
	close(ends[1]);
	if (pid > 0 && io_read(ends[0], &number, sizeof number) != sizeof number)
		number = 0;
	close(ends[0]);
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, 0, 0);
	}
	return number;
}

/* The runtime by an absolute path: checks run in directories of their own. A plain name is looked for in PATH. */
static int find_runtime(struct run *r, char *buffer, size_t size)
{
	char here[2048];
	const char *path = getenv("PATH");
	if (!strchr(r->runtime, '/')) {
		for (; path && *path; path += strcspn(path, ":"), path += *path == ':') {
			snprintf(buffer, size, "%.*s/%s", (int)strcspn(path, ":"), path, r->runtime);
			if (access(buffer, X_OK) == 0)
				break;
		}
	} else if (*r->runtime == '/') {
		snprintf(buffer, size, "%s", r->runtime);
	} else if (getcwd(here, sizeof here)) {
		snprintf(buffer, size, "%s/%s", here, r->runtime);
	}
	int number = access(buffer, X_OK) < 0 ? errno : exec_error(buffer);
	if (number) {
		snprintf(here, sizeof here, "--runtime %.1000s: cannot be executed: %s", r->runtime, strerror(number));
		return complain("%s", here);
	}
	r->runtime = buffer;
	return 0;
}

int main(int argc, char **argv, char **environment)
{
	static struct run r = { .jobs = 2, .limit_ms = 10000 };
	static char runtime[4096];
	struct err e;
	if (argc > 2 && strcmp(argv[1], "inside") == 0)
		return inside_main(argc - 2, argv + 2, environment);
	if (argc > 3 && strcmp(argv[1], "hook") == 0)
		return hook_main(argc - 2, argv + 2, environment);
	int status = parse(argc, argv, &r);
	if (status)
		return status;
	if (r.help)
		return io_write(1, usage_text, sizeof usage_text - 1) < 0 ? 2 : 0;
	if ((status = choose(&r)))
		return status;
	if (r.list) {
		output_list(&r);
		return 0;
	}
	if (!r.runtime)
		return complain("%s; see --help", "--runtime is missing");
	if (geteuid() != 0)
		return complain("%s", "needs root");
	if ((status = find_runtime(&r, runtime, sizeof runtime)))
		return status;
	if (output_open(&r, &e) < 0 || runner_run(&r, &e) < 0)
		return complain("%s", e.text);
	int failed = output_end(&r, &e);
	return failed < 0 ? complain("%s", e.text) : failed;
}
