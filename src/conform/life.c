/* SPDX-License-Identifier: ISC */
/* A container's life as the checks see it (runtime-spec, runtime.md, "Lifecycle", "Operations"). */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/proc.h"
#include "base/str.h"
#include "conform/conform.h"
#include "kernel/cgroup.h"

DOCUMENT_REGIONS(state_region, 16384, 1024, 16384);

int life_parse_state(const char *text, struct state *s, struct err *e)
{
	static struct document d;
	DOCUMENT_INIT(&d, "state", state_region);
	size_t length = strnlen(text, d.text_size - 1);
	memcpy(d.text, text, length);
	return document_parse(&d, length, e) < 0 || document_decode_first(&d, &state_object, s, e) < 0 ? -1 : 0;
}

int life_state(struct test *t, struct state *s)
{
	struct err e;
	if (call(t, "state", t->id, (char *)0) != 0)
		return -1;
	must(t, life_parse_state(t->out, s, &e) == 0, "what `state` prints is wrong: %s", e.text);
	return 0;
}

const char *life_status(struct test *t)
{
	struct state s;
	return life_state(t, &s) == 0 ? s.status : "";
}

void life_adopt(struct test *t)
{
	struct state s;
	must(t, life_state(t, &s) == 0, "`state` knows nothing of the container after `create`: %s", complaint(t));
	want(t, strcmp(s.status, "created") == 0, "the status after `create` is \"%s\", not \"created\"", s.status);
	must(t, s.pid > 0, "`state` tells no pid after `create`");
	t->pid = (pid_t)s.pid;
	t->status_known = false;
	if (proc_start_time(t->pid, &t->start, 0) < 0) {
		fail(t, "there is no process %d, the pid after `create`", (int)t->pid);
		stop(t);
	}
}

void life_create(struct test *t)
{
	char *words[] = { (char *)(uintptr_t)"create", (char *)(uintptr_t)"--bundle", t->dir, t->id, 0 };
	int status = call_in(t, words, "report", 0);
	if (status != 0 && t->answered)
		fail(t, "`create` fails with %d: %s", status, complaint(t));
	if (status != 0)
		stop(t);
	life_adopt(t);
}

/* Of the default config's path, which is nobody else's. */
static void cgroup_left(struct test *t)
{
	char path[400];
	struct err e;
	const struct cgroup_host *h = cgroup_host(&e);
	for (unsigned i = 0; h && i < h->count; i++) {
		snprintf(path, sizeof path, "%.200s%s", h->hierarchies[i].mount, t->cgroup);
		want(t, access(path, F_OK) < 0, "`create` failed and left %s behind", path);
	}
}

void life_create_fails(struct test *t, const char *why)
{
	char *words[] = { (char *)(uintptr_t)"create", (char *)(uintptr_t)"--bundle", t->dir, t->id, 0 };
	int status = call_in(t, words, "report", 0);
	if (status < 0)
		stop(t);
	must(t, status != 0, "`create` succeeds in spite of %s", why);
	want(t, *life_status(t) == 0, "`create` failed and left a container behind");
	cgroup_left(t);
}

void life_refused(struct test *t)
{
	config_own(t);
	life_create_fails(t, "this config");
}

void life_start(struct test *t)
{
	int status = call(t, "start", t->id, (char *)0);
	if (status != 0 && t->answered)
		fail(t, "`start` fails with %d: %s", status, complaint(t));
	if (status != 0)
		stop(t);
}

void life_delete(struct test *t)
{
	int status = call(t, "delete", t->id, (char *)0);
	if (status != 0 && t->answered)
		fail(t, "`delete` fails with %d: %s", status, complaint(t));
	if (status != 0)
		stop(t);
}

bool until(struct test *t, bool (*so)(struct test *))
{
	long end = now_ms() + (long)t->limit_ms;
	struct timespec pause = { .tv_nsec = 1000000 };
	while (!so(t)) {
		if (now_ms() >= end)
			return false;
		nanosleep(&pause, 0);
		if (pause.tv_nsec < 16000000)
			pause.tv_nsec *= 2;
	}
	return true;
}

/* The runtime has gone, so that its program is a child of this process, a subreaper; if the runtime keeps a process of its own above it, it is at least gone. Other orphans
 * are reaped too: the first process of a pid namespace cannot end before them. */
static bool reaped(struct test *t)
{
	int status;
	for (pid_t got; (got = waitpid(-1, &status, WNOHANG)) > 0; )
		if (got == t->pid) {
			t->status_known = true;
			t->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
			return true;
		}
	return false;
}

static bool has_ended(struct test *t)
{
	return reaped(t) || (!proc_alive(t->pid, t->start) && (reaped(t) || true));
}

void life_wait(struct test *t)
{
	if (until(t, has_ended))
		return;
	fail(t, "the program did not end within %u ms", t->limit_ms);
	kill(t->pid, SIGKILL);
	stop(t);
}

/* Lines of the report are complaints, the last one says that it was reached. */
void life_report(struct test *t)
{
	static char text[8192];
	if (!t->check->inside)
		return;
	read_text(t, "report", text, sizeof text);
	bool ended = false;
	for (char *line = text, *end; *line; line = end) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = 0;
		if (strcmp(line, "end") == 0)
			ended = true;
		else
			fail(t, "inside: %s", line);
	}
	if (ended)
		return;
	read_text(t, "stderr", t->err, sizeof t->err);
	fail(t, "the program inside did not come to its end (status %d%s%s)", t->status_known ? t->status : -1, *t->err ? "): " : ")", *t->err ? complaint(t) : "");
}

void life_whole(struct test *t)
{
	config_own(t);
	life_create(t);
	life_start(t);
	life_wait(t);
	life_report(t);
	life_delete(t);
}

const char *life_events(struct test *t)
{
	static char text[8192];
	read_text(t, "log/events", text, sizeof text);
	return text;
}

static const char *strip(const char *line)
{
	return strncmp(line, "name=", 5) == 0 ? line + 5 : line;
}

/* Whether a line of /proc/PID/cgroup, "N:CONTROLLERS:PATH", is of the controller's hierarchy; "" is the v2 tree. */
static bool is_of(const char *list, size_t length, const char *controller)
{
	size_t wanted = strlen(controller);
	if (!wanted)
		return !length;
	for (const char *at = list; at < list + length; at += strcspn(at, ",:") + 1)
		if (strncmp(strip(at), controller, wanted) == 0 && strchr(",:", strip(at)[wanted]))
			return true;
	return false;
}

int cgroup_of(pid_t pid, const char *controller, char *path, size_t size, bool *v2)
{
	char file[64], text[4096];
	struct err e;
	const struct cgroup_host *h = cgroup_host(&e);
	int hierarchy = -1;
	for (int c = 0; h && c < CGROUP_CONTROLLERS; c++)
		if (strcmp(cgroup_word(c), controller) == 0)
			hierarchy = cgroup_find(h, c);
	if (h && hierarchy < 0)
		hierarchy = h->v2;
	if (hierarchy < 0)
		return -1;
	const struct cgroup_hierarchy *found = &h->hierarchies[hierarchy];
	*v2 = found->v2;
	snprintf(file, sizeof file, "/proc/%d/cgroup", (int)pid);
	if (io_read_file(AT_FDCWD, file, text, sizeof text, &e) < 0)
		return -1;
	for (char *line = text, *end; *line; line = end) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = 0;
		char *list = strchr(line, ':'), *place = list ? strchr(list + 1, ':') : 0;
		if (!place || !is_of(list + 1, (size_t)(place - list - 1), found->v2 ? "" : controller))
			continue;
		return snprintf(path, size, "%s%s", found->mount, place + 1) < (int)size ? 0 : -1;
	}
	return -1;
}
