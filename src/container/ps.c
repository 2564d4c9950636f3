/* SPDX-License-Identifier: ISC */
/* ps (runc-ps(8)): the processes of the container's cgroup, as process IDs, or as ps(1) shows them: its lines are passed on, others' left out. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/out.h"
#include "base/proc.h"
#include "base/str.h"
#include "container/container.h"
#include "container/state.h"

static LARGE pid_t pids[LIMIT_PIDS];
static size_t pid_count;

/* ps' output, a line at a time: whether one is wanted shows in its beginning, what follows of a long one goes the same way. */
#define LINE_BYTES 2048
struct table {
	struct out *out;
	char line[LINE_BYTES];
	size_t used;
	int column;              /* of the heading's PID; -1: no heading yet */
	bool decided, wanted;    /* of the present line */
	char said[256];          /* its first line, which is an error's reason where it has no PID */
};

/* The n-th word; with name, the index of the word that is name. */
static int find_word(const char *line, const char *name, int n, char word[16])
{
	static const char blank[] = " \t";
	for (int i = 0; ; i++) {
		line += strspn(line, blank);
		size_t length = strcspn(line, blank);
		if (!length)
			return -1;
		bool here = name ? strlen(name) == length && memcmp(line, name, length) == 0 : i == n;
		if (here && length < 16) {
			memcpy(word, line, length);
			word[length] = 0;
			return i;
		}
		line += length;
	}
}

static bool is_ours(const char *word)
{
	uint64_t pid;
	if (str_u64(word, &pid) < 0)
		return false;
	for (size_t i = 0; i < pid_count; i++)
		if ((uint64_t)pids[i] == pid)
			return true;
	return false;
}

static void decide(struct table *t)
{
	char word[16];
	t->line[t->used] = 0;
	if (t->column >= 0) {
		t->wanted = find_word(t->line, 0, t->column, word) >= 0 && is_ours(word);
	} else {
		t->column = find_word(t->line, "PID", 0, word);
		t->wanted = t->column >= 0;
		if (!t->wanted && !*t->said)
			strncpy(t->said, t->line, sizeof t->said - 1);
	}
	if (t->wanted)
		out_bytes(t->out, t->line, t->used);
	t->decided = true;
}

static void take(struct table *t, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		bool end = text[i] == '\n';
		if (!t->decided && (end || t->used == LINE_BYTES - 1))
			decide(t);
		if (t->decided && t->wanted)
			out_bytes(t->out, text + i, 1);
		else if (!t->decided)
			t->line[t->used++] = text[i];
		if (end) {
			t->used = 0;
			t->decided = false;
		}
	}
}

static void ps_main(char **arguments, int output, int failure)
{
	static char name[] = "ps", every[] = "-ef";
	char *argv[LIMIT_PS_ARGUMENTS + 2] = { name, every };
	for (int i = 0; arguments[i]; i++)
		argv[i + 1] = arguments[i];
	if (dup2(output, 1) >= 0 && dup2(output, 2) >= 0)
		execvp(name, argv);
	(void)!write(failure, &errno, sizeof errno);
	_exit(127);
}

static int read_table(struct table *t, int fd, struct err *e)
{
	char buffer[4096];
	ssize_t got;
	while ((got = read(fd, buffer, sizeof buffer)) != 0) {
		if (got < 0 && errno != EINTR)
			return err_sys(e, "cannot read what ps says");
		if (got > 0)
			take(t, buffer, (size_t)got);
	}
	return 0;
}

static int judge(const struct table *t, int failure, int status, struct err *e)
{
	int number;
	if (read(failure, &number, sizeof number) == (ssize_t)sizeof number)
		return err_num(e, number, "cannot execute ps, which shows the table (--format json needs none)");
	if (status)
		return err_set(e, "ps: exit status %d%s%s", status, *t->said ? ": " : "", t->said);
	return t->column < 0 ? err_set(e, "couldn't find PID field in ps output") : 0;
}

static int print_table(char **arguments, struct out *out, struct err *e)
{
	struct table t = { .out = out, .column = -1 };
	int output[2] = { -1, -1 }, failure[2] = { -1, -1 }, result = -1;
	pid_t pid = -1;
	if (pipe2(output, O_CLOEXEC) < 0 || pipe2(failure, O_CLOEXEC) < 0 || (pid = proc_clone(0, -1)) < 0)
		err_sys(e, "cannot make a process for ps");
	if (pid == 0)
		ps_main(arguments, output[1], failure[1]);
	output[1] = io_close(output[1]);
	failure[1] = io_close(failure[1]);
	if (pid > 0) {
		result = read_table(&t, output[0], e);
		output[0] = io_close(output[0]);
		int status = proc_wait(pid);
		if (result == 0)
			result = judge(&t, failure[0], status, e);
	}
	io_close(output[0]);
	io_close(failure[0]);
	return result;
}

static void print_json(struct out *out)
{
	if (!pid_count)
		out_text(out, "null");   /* runc's empty list */
	for (size_t i = 0; i < pid_count; i++)
		out_printf(out, "%s%d", i ? "," : "[", (int)pids[i]);
	out_text(out, pid_count ? "]\n" : "\n");
}

int container_ps(struct container *c, const char *format, char **arguments, struct out *out, struct err *e)
{
	bool json = strcmp(format, "json") == 0;
	int count = 0;
	if (!json && strcmp(format, "table") != 0)
		return err_set(e, "--format %s: neither table nor json", format);
	while (arguments[count])
		if (++count > LIMIT_PS_ARGUMENTS)
			return ERR_LIMIT(e, "arguments of ps", LIMIT_PS_ARGUMENTS);
	if (state_load(c, false, e) < 0 || cgroup_pids(&c->cgroup, pids, LIMIT_PIDS, &pid_count, e) < 0)
		return -1;
	if (pid_count > LIMIT_PIDS)
		return ERR_LIMIT(e, "processes", LIMIT_PIDS);
	if (!c->cgroup.count && c->record.pid) {   /* without cgroups no other process is known for its */
		int status = state_status(c, e);
		if (status < 0)
			return -1;
		pids[0] = (pid_t)c->record.pid;
		pid_count = status != STATUS_STOPPED;
	}
	if (json)
		print_json(out);
	return json ? 0 : print_table(arguments, out, e);
}
