/* SPDX-License-Identifier: ISC */
/* Checks of pause, resume, update and events, which no specification has but every engine calls. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "conform/conform.h"
#include "conform/inside.h"

static bool is_ready(struct test *t) { return strstr(life_events(t), "ready\n") != 0; }
static bool is_stopped(struct test *t) { return strcmp(life_status(t), "stopped") == 0; }
static bool has_answered(struct test *t)
{
	char line[32];
	snprintf(line, sizeof line, "signal %d\n", SIGUSR1);
	return strstr(life_events(t), line) != 0;
}

static void begin(struct test *t)
{
	config_own(t);
	life_create(t);
	life_start(t);
	must(t, until(t, is_ready), "the program did not start");
}

static void end(struct test *t)
{
	kill(t->pid, SIGTERM);
	life_wait(t);
}

static void status_after(struct test *t, const char *command, const char *wanted)
{
	must(t, call(t, command, t->id, (char *)0) == 0, "`%s` fails: %s", command, complaint(t));
	const char *status = life_status(t);
	want(t, strcmp(status, wanted) == 0, "the status after `%s` is \"%s\", not \"%s\"", command, status, wanted);
}

/* A program that stands still handles no signal, until it goes on. */
static void pause_and_resume(struct test *t)
{
	begin(t);
	status_after(t, "pause", "paused");
	kill(t->pid, SIGUSR1);
	usleep(100000);
	want(t, !has_answered(t), "the program runs after `pause`");
	status_after(t, "resume", "running");
	want(t, until(t, has_answered), "the program does not run after `resume`");
	end(t);
	must(t, until(t, is_stopped), "the status is not \"stopped\" after the program's end");
	want(t, call(t, "pause", t->id, (char *)0) != 0, "`pause` of a stopped container succeeds");
	life_delete(t);
}

static void pids_are(struct test *t, const char *wanted)
{
	char dir[700], path[800], text[64];
	bool v2;
	must(t, cgroup_of(t->pid, "pids", dir, sizeof dir, &v2) == 0, "the cgroup of the container's process is unknown");
	snprintf(path, sizeof path, "%s/pids.max", dir);
	must(t, read_text(t, path, text, sizeof text) > 0, "%s cannot be read: %s", path, strerror(errno));
	text[strcspn(text, "\n")] = 0;
	want(t, strcmp(text, wanted) == 0, "%s is %s, not %s", path, text, wanted);
}

static void update(struct test *t)
{
	char path[400];
	begin(t);
	pids_are(t, "77");
	want(t, call(t, "update", "--pids-limit", "66", t->id, (char *)0) == 0, "`update --pids-limit` fails: %s", complaint(t));
	pids_are(t, "66");
	snprintf(path, sizeof path, "%s/resources.json", t->dir);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	must(t, fd >= 0 && io_write(fd, "{\"pids\":{\"limit\":55}}\n", 22) == 0, "cannot write %s", path);
	io_close(fd);
	want(t, call(t, "update", "-r", path, t->id, (char *)0) == 0, "`update -r` fails: %s", complaint(t));
	pids_are(t, "55");
	end(t);
	life_delete(t);
}

static const char *no_events(struct test *t)
{
	return call(t, "events", "--help", (char *)0) == 0 ? 0 : "the runtime has no such command";
}

static void events(struct test *t)
{
	char id[120];
	begin(t);
	must(t, call(t, "events", "--stats", t->id, (char *)0) == 0, "`events --stats` fails: %s", complaint(t));
	snprintf(id, sizeof id, "\"id\":\"%s\"", t->id);
	want(t, strstr(t->out, "\"type\":\"stats\"") != 0, "the event's type is not \"stats\": %.200s", t->out);
	want(t, strstr(t->out, id) != 0, "the event is not of %s: %.200s", t->id, t->out);
	want(t, strstr(t->out, "\"pids\":{\"current\":1,\"limit\":77}") != 0, "not one process of 77 is told of: %.2000s", t->out);
	end(t);
	life_delete(t);
}

#define LIMITED "{'linux':{'resources':{'pids':{'limit':77}}}}"
static const struct check checks[] = {
	{ .name = "pause", .section = "command line, pause", .needs = { FACILITY_CGROUP_FREEZER }, .inside = in_signals, .outside = pause_and_resume },
	{ .name = "update", .section = "command line, update", .needs = { FACILITY_CGROUP_PIDS }, .inside = in_signals, .outside = update, .config = LIMITED },
	{ .name = "events", .section = "command line, events", .needs = { FACILITY_CGROUP_PIDS }, .unable = no_events, .inside = in_signals, .outside = events, .config = LIMITED },
};
const struct chapter chapter_commands = { checks, sizeof checks / sizeof *checks };
