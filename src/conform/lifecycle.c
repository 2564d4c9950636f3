/* SPDX-License-Identifier: ISC */
/* Checks of the lifecycle and the operations (runtime-spec, runtime.md). */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/proc.h"
#include "base/str.h"
#include "conform/conform.h"
#include "conform/inside.h"
#include "kernel/cgroup.h"

#define LIFECYCLE "runtime.md, Lifecycle"
#define STATE "runtime.md, State"
#define CREATE "runtime.md, Create"
#define START "runtime.md, Start"
#define KILL "runtime.md, Kill"
#define DELETE "runtime.md, Delete"

/* --- inside ------------------------------------------------------------------------------------------------------------------------------- */
static void in_note(struct inside *in)
{
	(void)in;
	note("program");
}

static volatile sig_atomic_t caught;
static void on_signal(int signal) { caught = signal; }

/* Notes that it runs, and each signal; TERM and INT are the last. */
void in_signals(struct inside *in)
{
	struct sigaction action = { .sa_handler = on_signal };
	(void)in;
	for (int i = 1; i < 32; i++)
		if (i != SIGKILL && i != SIGSTOP && i != SIGCHLD && i != SIGSEGV)
			sigaction(i, &action, 0);
	sigset_t all, none;
	sigfillset(&all);
	sigemptyset(&none);
	sigprocmask(SIG_BLOCK, &all, 0);
	note("ready");
	do {
		sigsuspend(&none);
		note("signal %d", (int)caught);
	} while (caught != SIGTERM && caught != SIGINT);
}

/* --- outside ------------------------------------------------------------------------------------------------------------------------------ */
static bool has_program(struct test *t) { return strstr(life_events(t), "program\n") != 0; }
static bool is_ready(struct test *t) { return strstr(life_events(t), "ready\n") != 0; }
static bool is_stopped(struct test *t) { return strcmp(life_status(t), "stopped") == 0; }

static void create_does_not_run(struct test *t)
{
	config_own(t);
	life_create(t);
	usleep(50000);
	want(t, !has_program(t), "the program runs before `start`");
	life_start(t);
	life_wait(t);
	want(t, has_program(t), "the program did not run after `start`");
	life_report(t);
	life_delete(t);
}

static void create_same_id(struct test *t)
{
	config_own(t);
	life_create(t);
	want(t, call(t, "create", "--bundle", t->dir, t->id, (char *)0) != 0, "`create` succeeds with an ID that is in use");
	want(t, strcmp(life_status(t), "created") == 0, "the second `create` disturbs the container of that ID");
}

static void create_without_bundle(struct test *t)
{
	char path[400];
	snprintf(path, sizeof path, "%s/nowhere", t->dir);
	config_own(t);
	want(t, call(t, "create", "--bundle", path, t->id, (char *)0) != 0, "`create` succeeds without a bundle");
	snprintf(path, sizeof path, "%s/config.json", t->dir);
	unlink(path);
	life_create_fails(t, "a bundle without config.json");
}

static void create_wrong_config(struct test *t)
{
	config_own(t);
	config_write_text(t, "{\"ociVersion\":\"1.0.0\",\"process\":");
	life_create_fails(t, "a config.json that is no JSON");
}

/* A property that cannot be applied: an error, and nothing stays. */
static void create_impossible(struct test *t)
{
	config_own(t);
	life_create_fails(t, "a mount whose source does not exist");
}

static void create_wrong_version(struct test *t)
{
	config_own(t);
	life_create_fails(t, "an ociVersion that is no version");
}

static void start_twice(struct test *t)
{
	config_own(t);
	life_create(t);
	life_start(t);
	must(t, until(t, is_ready), "the program did not start");
	want(t, call(t, "start", t->id, (char *)0) != 0, "`start` of a running container succeeds");
	want(t, strcmp(life_status(t), "running") == 0, "the second `start` disturbs the container");
	kill(t->pid, SIGTERM);
	life_wait(t);
	want(t, until(t, is_stopped), "the status is not \"stopped\" after the program's end");
	want(t, call(t, "start", t->id, (char *)0) != 0, "`start` of a stopped container succeeds");
	life_report(t);
	life_delete(t);
}

static void start_unknown(struct test *t)
{
	want(t, call(t, "start", t->id, (char *)0) != 0, "`start` of a container that does not exist succeeds");
}

/* "Runtimes MUST generate an error" where the process cannot be run: at create or at start, both are found. */
static void start_no_program(struct test *t)
{
	config_own(t);
	int status = call(t, "create", "--bundle", t->dir, t->id, (char *)0);
	if (status == 0)
		want(t, call(t, "start", t->id, (char *)0) != 0, "neither `create` nor `start` fails where the program does not exist");
}

static void start_no_process(struct test *t)
{
	config_own(t);
	int status = call(t, "create", "--bundle", t->dir, t->id, (char *)0);
	if (status == 0)
		want(t, call(t, "start", t->id, (char *)0) != 0, "`start` succeeds though process is not set");
}

static void state_fields(struct test *t, const char *status, bool pid)
{
	struct state s;
	if (life_state(t, &s) < 0) {
		fail(t, "`state` fails where the status should be \"%s\": %s", status, complaint(t));
		return;
	}
	want(t, strcmp(s.status, status) == 0, "the status is \"%s\", not \"%s\"", s.status, status);
	want(t, strcmp(s.id, t->id) == 0, "the ID is \"%s\", not \"%s\"", s.id, t->id);
	want(t, strcmp(s.bundle, t->dir) == 0, "the bundle is \"%s\", not \"%s\"", s.bundle, t->dir);
	want(t, str_starts(s.ociVersion, "1."), "ociVersion is \"%s\"", s.ociVersion);
	want(t, !pid || s.pid == t->pid, "the pid is %lld, not %d", (long long)s.pid, (int)t->pid);
	const char *value = spec_value(&s.annotations, "com.example.key");
	want(t, value && strcmp(value, "some value") == 0, "the annotation com.example.key is \"%s\", not \"some value\"", value ? value : "(missing)");
}

static void state(struct test *t)
{
	config_own(t);
	life_create(t);
	state_fields(t, "created", true);
	life_start(t);
	must(t, until(t, is_ready), "the program did not start");
	state_fields(t, "running", true);
	kill(t->pid, SIGTERM);
	life_wait(t);
	must(t, until(t, is_stopped), "the status is not \"stopped\" after the program's end");
	state_fields(t, "stopped", false);
	life_delete(t);
	want(t, *life_status(t) == 0, "`state` of a deleted container succeeds");
}

static void state_unknown(struct test *t)
{
	want(t, call(t, "state", t->id, (char *)0) != 0, "`state` of a container that does not exist succeeds");
}

static void kill_signal(struct test *t)
{
	config_own(t);
	life_create(t);
	life_start(t);
	must(t, until(t, is_ready), "the program did not start");
	want(t, call(t, "kill", t->id, "TERM", (char *)0) == 0, "`kill` fails: %s", complaint(t));
	life_wait(t);
	want(t, strstr(life_events(t), "signal 15\n") != 0, "the program did not get SIGTERM");
	life_report(t);
	life_delete(t);
}

static void kill_signals(struct test *t)
{
	static const struct { const char *word; int number; } signals[] = {
		{ "HUP", SIGHUP }, { "QUIT", SIGQUIT }, { "USR1", SIGUSR1 }, { "USR2", SIGUSR2 }, { "ALRM", SIGALRM }, { "WINCH", SIGWINCH }, { "INT", SIGINT },
	};
	char line[32];
	config_own(t);
	life_create(t);
	life_start(t);
	must(t, until(t, is_ready), "the program did not start");
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		want(t, call(t, "kill", t->id, signals[i].word, (char *)0) == 0, "`kill ID %s` fails: %s", signals[i].word, complaint(t));
		snprintf(line, sizeof line, "signal %d\n", signals[i].number);
		for (int tries = 0; tries < 2000 && !strstr(life_events(t), line); tries++)
			usleep(1000);
		want(t, strstr(life_events(t), line) != 0, "the program did not get SIG%s", signals[i].word);
	}
	life_wait(t);
	life_delete(t);
}

static void kill_created(struct test *t)
{
	config_own(t);
	life_create(t);
	want(t, call(t, "kill", t->id, "KILL", (char *)0) == 0, "`kill` of a created container fails: %s", complaint(t));
	life_wait(t);
	want(t, !is_ready(t), "the program ran without `start`");
}

static void kill_no_effect(struct test *t)
{
	want(t, call(t, "kill", t->id, "TERM", (char *)0) != 0, "`kill` of a container that does not exist succeeds");
	config_own(t);
	life_create(t);
	life_start(t);
	life_wait(t);
	must(t, until(t, is_stopped), "the status is not \"stopped\" after the program's end");
	want(t, call(t, "kill", t->id, "TERM", (char *)0) != 0, "`kill` of a stopped container succeeds");
	want(t, is_stopped(t), "the `kill` that failed changed the status to \"%s\"", life_status(t));
	life_delete(t);
}

static void delete_running(struct test *t)
{
	want(t, call(t, "delete", t->id, (char *)0) != 0, "`delete` of a container that does not exist succeeds");
	config_own(t);
	life_create(t);
	life_start(t);
	must(t, until(t, is_ready), "the program did not start");
	want(t, call(t, "delete", t->id, (char *)0) != 0, "`delete` of a running container succeeds");
	want(t, strcmp(life_status(t), "running") == 0, "the `delete` that failed had an effect: the status is \"%s\"", life_status(t));
	want(t, proc_alive(t->pid, t->start), "the `delete` that failed killed the program");
	kill(t->pid, SIGTERM);
	life_wait(t);
	must(t, until(t, is_stopped), "the status is not \"stopped\" after the program's end");
	life_delete(t);
	want(t, *life_status(t) == 0, "`state` of a deleted container succeeds");
	want(t, call(t, "delete", t->id, (char *)0) != 0, "`delete` of a deleted container succeeds");
}

static void delete_resources(struct test *t)
{
	static char paths[CGROUP_CONTROLLERS][700];
	struct stat st;
	unsigned count = 0;
	bool v2;
	config_own(t);
	life_create(t);
	for (int c = 0; c < CGROUP_CONTROLLERS; c++)
		if (cgroup_of(t->pid, cgroup_word(c), paths[count], sizeof *paths, &v2) == 0 && strstr(paths[count], t->id))
			count++;
	life_start(t);
	life_wait(t);
	life_delete(t);
	for (unsigned i = 0; i < count; i++)
		want(t, stat(paths[i], &st) < 0, "the cgroup %s is there after `delete`", paths[i]);
	life_create(t);
	life_start(t);
	life_wait(t);
	life_report(t);
	life_delete(t);
}

static void delete_only_own(struct test *t)
{
	static const char *const kept[] = { "config.json", "rootfs/conform", "rootfs/config.json", "log/mine", "rootfs/etc/mine" };
	char path[400];
	config_own(t);
	for (size_t i = 3; i < sizeof kept / sizeof *kept; i++) {
		snprintf(path, sizeof path, "%s/%s", t->dir, kept[i]);
		io_close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	}
	life_create(t);
	life_start(t);
	life_wait(t);
	life_delete(t);
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		snprintf(path, sizeof path, "%s/%s", t->dir, kept[i]);
		want(t, access(path, F_OK) == 0, "`delete` removed %s, which `create` had not made", kept[i]);
	}
}

/* What is changed in the bundle after create has no effect. */
static void config_changed(struct test *t)
{
	static char text[65536];
	char *at;
	config_own(t);
	life_create(t);
	read_text(t, "config.json", text, sizeof text);
	must(t, (at = strstr(text, "CONFORM=1")) != 0, "the config has no CONFORM=1");
	at[8] = '2';
	char path[400];
	snprintf(path, sizeof path, "%s/config.json", t->dir);
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	want(t, fd >= 0 && io_write(fd, text, strlen(text)) == 0, "cannot write %s", path);
	io_close(fd);
	life_start(t);
	life_wait(t);
	life_report(t);
	life_delete(t);
}

static void pid_file(struct test *t)
{
	char path[400], text[64];
	struct state s;
	config_own(t);
	snprintf(path, sizeof path, "%s/pid", t->dir);
	char *words[] = { (char *)(uintptr_t)"create", (char *)(uintptr_t)"--pid-file", path, (char *)(uintptr_t)"--bundle", t->dir, t->id, 0 };
	must(t, call_in(t, words, "report", 0) == 0, "`create --pid-file` fails: %s", complaint(t));
	must(t, life_state(t, &s) == 0, "`state` fails: %s", complaint(t));
	must(t, read_text(t, "pid", text, sizeof text) > 0, "there is no pid file");
	want(t, strtol(text, 0, 10) == (long)s.pid, "the pid file says %.20s, `state` %lld", text, (long long)s.pid);
}

static void invalid_value(struct test *t)
{
	config_own(t);
	life_create_fails(t, "a number as process.cwd");
}

static const struct check checks[] = {
	{ .name = "create", .section = CREATE, .inside = in_note, .outside = create_does_not_run },
	{ .name = "create.same-id", .section = CREATE, .outside = create_same_id },
	{ .name = "create.no-bundle", .section = CREATE, .outside = create_without_bundle },
	{ .name = "create.no-json", .section = CREATE, .outside = create_wrong_config },
	{ .name = "create.impossible", .section = CREATE, .outside = create_impossible,
	  .config = "{'mounts':[{'destination':'/mnt','type':'none','source':'@DIR@/nowhere','options':['bind']}]}" },
	{ .name = "create.pid-file", .section = CREATE, .outside = pid_file },
	{ .name = "create.config-is-kept", .section = CREATE, .inside = in_arguments, .outside = config_changed },
	{ .name = "start", .section = START, .inside = in_signals, .outside = start_twice },
	{ .name = "start.unknown", .section = START, .outside = start_unknown },
	{ .name = "start.no-program", .section = START, .outside = start_no_program, .config = "{'process':{'args':['/nowhere']}}" },
	{ .name = "start.no-process", .section = START, .outside = start_no_process, .without = "process" },
	{ .name = "state", .section = STATE, .inside = in_signals, .outside = state, .config = "{'annotations':{'com.example.key':'some value'}}" },
	{ .name = "state.unknown", .section = STATE, .outside = state_unknown },
	{ .name = "kill", .section = KILL, .inside = in_signals, .outside = kill_signal },
	{ .name = "kill.signals", .section = KILL, .inside = in_signals, .outside = kill_signals },
	{ .name = "kill.created", .section = KILL, .inside = in_signals, .outside = kill_created },
	{ .name = "kill.no-effect", .section = KILL, .outside = kill_no_effect },
	{ .name = "delete", .section = DELETE, .inside = in_signals, .outside = delete_running },
	{ .name = "delete.resources", .section = DELETE, .inside = in_nothing, .outside = delete_resources },
	{ .name = "delete.only-own", .section = DELETE, .outside = delete_only_own },
	{ .name = "create.version", .section = "config.md, Specification version", .outside = create_wrong_version, .config = "{'ociVersion':'not a version'}" },
	{ .name = "config.unknown-property", .section = "config.md, Extensibility", .inside = in_nothing, .edit = { "\"process\":", "\"unknownProperty\": {\"x\": [1, 2]},\n\t\"process\":" },
	  .config = "{'annotations':{'com.example.unknown':'value'}}" },
	{ .name = "config.invalid-value", .section = "config.md, Valid values", .outside = invalid_value, .edit = { "\"cwd\": \"/\"", "\"cwd\": 123" } },
};
const struct chapter chapter_lifecycle = { checks, sizeof checks / sizeof *checks };
