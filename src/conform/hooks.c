/* SPDX-License-Identifier: ISC */
/* Checks of the hooks (runtime-spec, config.md, "POSIX-platform Hooks"; runtime.md, "Lifecycle"). */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "conform/conform.h"
#include "conform/inside.h"

#define HOOKS "config.md, POSIX-platform Hooks"
#define LIFECYCLE "runtime.md, Lifecycle"

/* Hooks of the runtime's side write to DIR/log; that is /log in the container. */
#define OUTER(label, how) "{'path':'@SELF@','args':['conform','hook','@DIR@/log','" label "'" how "]}"
#define INNER(label, how) "{'path':'/conform','args':['conform','hook','/log','" label "'" how "]}"
#define ONE(kind, hook) "{'hooks':{'" kind "':[" hook "]}}"

static void in_note(struct inside *in)
{
	(void)in;
	note("program");
}

static volatile sig_atomic_t ended;
static void on_term(int signal) { ended = signal; }

static void in_wait(struct inside *in)
{
	struct sigaction action = { .sa_handler = on_term };
	(void)in;
	sigaction(SIGTERM, &action, 0);
	note("program");
	for (int tries = 0; tries < 30000 && !ended; tries++)
		usleep(1000);
}

static bool happened(struct test *t, const char *label)
{
	char line[100];
	snprintf(line, sizeof line, "%s\n", label);
	for (const char *at = life_events(t); (at = strstr(at, line)); at++)
		if (at == life_events(t) || at[-1] == '\n')
			return true;
	return false;
}
static bool program_runs(struct test *t) { return happened(t, "program"); }
static bool is_stopped(struct test *t) { return strcmp(life_status(t), "stopped") == 0; }

static void place_of(const struct test *t, const char *label, char *text, size_t size)
{
	char name[100];
	snprintf(name, sizeof name, "log/%s.place", label);
	read_text(t, name, text, size);
}

/* The mount namespace and the root that a hook found itself in, against the runtime's or the container's. */
static void where(struct test *t, const char *label, bool container)
{
	char place[600], link[64], path[64];
	place_of(t, label, place, sizeof place);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, container ? "/proc/%d/ns/%s" : "/proc/self/ns/%.0d%s", container ? (int)t->pid : 0, i ? "mnt" : "uts");
		ssize_t length = readlink(path, link, sizeof link - 1);
		link[length > 0 ? length : 0] = 0;
		want(t, strstr(place, link) != 0, "the hook %s did not run in the %s's %s namespace, %s", label, container ? "container" : "runtime", i ? "mount" : "uts", link);
	}
}

/* The state on a hook's standard input. While create runs its hooks, the lifecycle's numbers allow "creating" as well as "created". */
static void state_of(struct test *t, const char *label, const char *status, const char *or_status)
{
	static char text[16384];
	char name[100];
	struct state s;
	struct err e;
	snprintf(name, sizeof name, "log/%s.state", label);
	must(t, read_text(t, name, text, sizeof text) > 0, "the hook %s got no state on its standard input", label);
	if (life_parse_state(text, &s, &e) < 0) {
		fail(t, "the state for %s: %s", label, e.text);
		return;
	}
	want(t, strcmp(s.id, t->id) == 0, "the state for %s has the ID \"%s\"", label, s.id);
	want(t, strcmp(s.bundle, t->dir) == 0, "the state for %s has the bundle \"%s\"", label, s.bundle);
	want(t, strcmp(s.status, status) == 0 || strcmp(s.status, or_status) == 0, "the state for %s has the status \"%s\", not \"%s\"", label, s.status, status);
	want(t, str_starts(s.ociVersion, "1."), "the state for %s has the ociVersion \"%s\"", label, s.ociVersion);
	const char *value = spec_value(&s.annotations, "com.example.key");
	want(t, value && strcmp(value, "value") == 0, "the state for %s lacks the annotation", label);
	want(t, s.pid > 0 || (strcmp(s.status, "created") != 0 && strcmp(s.status, "running") != 0), "the state for %s is \"%s\" and has no pid", label, s.status);
}

/* --- where and when ------------------------------------------------------------------------------------------------------------------------ */
static void at_create(struct test *t)
{
	bool container = strstr(t->check->name, "createContainer") != 0;
	config_own(t);
	life_create(t);
	must(t, happened(t, "hook"), "the hook did not run during `create`");
	where(t, "hook", container);
	life_start(t);
	life_wait(t);
	want(t, program_runs(t), "the program did not run");
	life_delete(t);
	const char *first = strstr(life_events(t), "hook\n"), *again = first ? strstr(first + 1, "hook\n") : 0;
	want(t, !again, "the hook ran more than once");
}

/* Deprecated: called "after the start operation is called" but before the program; runtimes call it in create, which the specification allows since 1.0.2. */
static void prestart(struct test *t)
{
	config_own(t);
	life_create(t);
	life_start(t);
	life_wait(t);
	must(t, happened(t, "hook"), "the hook did not run");
	want(t, strcmp(life_events(t), "hook\nprogram\n") == 0, "the hook did not run before the program");
	life_delete(t);
	char place[600], link[64] = "";
	place_of(t, "hook", place, sizeof place);
	ssize_t length = readlink("/proc/self/ns/mnt", link, sizeof link - 1);
	link[length > 0 ? length : 0] = 0;
	want(t, strstr(place, link) != 0, "the hook did not run in the runtime's mount namespace");
}

static void start_container(struct test *t)
{
	config_own(t);
	life_create(t);
	want(t, !happened(t, "hook"), "the hook ran before `start`");
	life_start(t);
	must(t, until(t, program_runs), "the program did not start");
	want(t, strcmp(life_events(t), "hook\nprogram\n") == 0, "the hook did not run before the program");
	where(t, "hook", true);
	kill(t->pid, SIGTERM);
	life_wait(t);
	life_delete(t);
}

static void poststart(struct test *t)
{
	config_own(t);
	life_create(t);
	want(t, !happened(t, "hook"), "the hook ran before `start`");
	life_start(t);
	must(t, happened(t, "hook"), "the hook had not run when `start` returned");
	where(t, "hook", false);
	must(t, until(t, program_runs), "the program did not start");
	kill(t->pid, SIGTERM);
	life_wait(t);
	life_delete(t);
}

static void poststop(struct test *t)
{
	config_own(t);
	life_create(t);
	life_start(t);
	life_wait(t);
	must(t, until(t, is_stopped), "the status is not \"stopped\" after the program's end");
	want(t, !happened(t, "hook"), "the hook ran before `delete`");
	life_delete(t);
	must(t, happened(t, "hook"), "the hook had not run when `delete` returned");
	where(t, "hook", false);
}

static void order(struct test *t)
{
	static const char *const wanted[] = { "prestart-1", "prestart-2", "createRuntime-1", "createRuntime-2", "createContainer-1", "createContainer-2", "startContainer-1",
		"startContainer-2", "program" };
	char text[8192];
	config_own(t);
	life_create(t);
	life_start(t);
	must(t, until(t, program_runs), "the program did not start");
	snprintf(text, sizeof text, "%s", life_events(t));
	want(t, happened(t, "poststart-1") && happened(t, "poststart-2"), "the poststart hooks had not run when `start` returned");
	kill(t->pid, SIGTERM);
	life_wait(t);
	life_delete(t);
	const char *at = life_events(t);
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		const char *found = strstr(at, wanted[i]);
		want(t, found != 0, "%s is out of its order: %s", wanted[i], strstr(life_events(t), wanted[i]) ? "earlier than what comes before it" : "never");
		at = found ? found : at;
	}
	const char *one = strstr(life_events(t), "poststart-1"), *two = strstr(life_events(t), "poststart-2"), *three = strstr(life_events(t), "poststop-1"),
		*four = strstr(life_events(t), "poststop-2");
	want(t, one && two && one < two, "the poststart hooks did not run in their order");
	want(t, three && four && three < four && two < three, "the poststop hooks did not run in their order");
}

static void state(struct test *t)
{
	config_own(t);
	life_create(t);
	life_start(t);
	must(t, until(t, program_runs), "the program did not start");
	kill(t->pid, SIGTERM);
	life_wait(t);
	must(t, until(t, is_stopped), "the status is not \"stopped\" after the program's end");
	life_delete(t);
	state_of(t, "prestart", "creating", "created");
	state_of(t, "createRuntime", "creating", "created");
	state_of(t, "createContainer", "creating", "created");
	state_of(t, "startContainer", "created", "created");
	state_of(t, "poststart", "running", "running");
	state_of(t, "poststop", "stopped", "stopped");
}

static void arguments(struct test *t)
{
	char text[4096];
	config_own(t);
	life_create(t);
	must(t, read_text(t, "log/hook.args", text, sizeof text) > 0, "the hook did not run");
	want(t, strstr(text, "hook\nquick\ntwo words\n") != 0, "the hook's arguments are: %s", text);
	read_text(t, "log/hook.env", text, sizeof text);
	want(t, strstr(text, "KEY=a value\n") != 0 && strstr(text, "OTHER=\n") != 0, "the hook's environment is: %s", text);
	want(t, strstr(text, "CONFORM=1\n") == 0 && strstr(text, "HOME=") == 0, "the hook's environment has more than was asked for: %s", text);
}

/* --- failures -------------------------------------------------------------------------------------------------------------------------------- */
/* "The runtime MUST generate an error, stop the container, and continue the lifecycle at step 12": destroyed. */
static void create_fails(struct test *t)
{
	config_own(t);
	life_create_fails(t, "a hook that fails");
	want(t, happened(t, "hook"), "the hook did not run");
	want(t, !program_runs(t), "the program ran");
}

static bool is_gone(struct test *t)
{
	const char *status = life_status(t);
	return *status == 0 || strcmp(status, "stopped") == 0;
}

/* prestart and startContainer: `create` or `start` fails, and the program does not run. */
static void start_fails(struct test *t)
{
	config_own(t);
	int status = call(t, "create", "--bundle", t->dir, t->id, (char *)0);
	if (status == 0)
		status = call(t, "start", t->id, (char *)0);
	want(t, status != 0, "`start` succeeds in spite of a hook that fails");
	want(t, happened(t, "hook"), "the hook did not run");
	want(t, !program_runs(t), "the program ran");
	want(t, until(t, is_gone), "the container is left \"%s\"", life_status(t));
}

/* Since 1.3 a failure; before, a warning. */
static void poststart_fails(struct test *t)
{
	config_own(t);
	life_create(t);
	want(t, call(t, "start", t->id, (char *)0) != 0, "`start` succeeds in spite of a poststart hook that fails");
	want(t, happened(t, "hook"), "the hook did not run");
	want(t, until(t, is_gone), "the container is left \"%s\"", life_status(t));
}

static void poststop_fails(struct test *t)
{
	config_own(t);
	life_create(t);
	life_start(t);
	life_wait(t);
	must(t, until(t, is_stopped), "the status is not \"stopped\" after the program's end");
	int status = call(t, "delete", t->id, (char *)0);
	want(t, status == 0, "`delete` fails with %d because of a poststop hook, which is to be a warning: %s", status, complaint(t));
	want(t, happened(t, "hook"), "the hook did not run");
	want(t, happened(t, "after"), "the hook behind the one that failed did not run");
	want(t, *life_status(t) == 0, "the container is there after `delete`");
}

static void times_out(struct test *t)
{
	config_own(t);
	life_create_fails(t, "a hook that runs longer than its timeout");
}

#define BOTH(hook, kind) "'" kind "':[" hook(kind "-1", "") "," hook(kind "-2", "") "]"
#define HOW(word) ",'" word "'"
static const struct check checks[] = {
	{ .name = "hooks.prestart", .section = HOOKS, .inside = in_note, .outside = prestart, .config = ONE("prestart", OUTER("hook", "")) },
	{ .name = "hooks.createRuntime", .section = HOOKS, .inside = in_note, .outside = at_create, .config = ONE("createRuntime", OUTER("hook", "")) },
	{ .name = "hooks.createContainer", .section = HOOKS, .inside = in_note, .outside = at_create, .config = ONE("createContainer", OUTER("hook", "")) },
	{ .name = "hooks.startContainer", .section = HOOKS, .inside = in_wait, .outside = start_container, .config = ONE("startContainer", INNER("hook", "")) },
	{ .name = "hooks.poststart", .section = HOOKS, .inside = in_wait, .outside = poststart, .config = ONE("poststart", OUTER("hook", "")) },
	{ .name = "hooks.poststop", .section = HOOKS, .inside = in_note, .outside = poststop, .config = ONE("poststop", OUTER("hook", "")) },
	{ .name = "hooks.order", .section = HOOKS, .inside = in_wait, .outside = order,
	  .config = "{'hooks':{" BOTH(OUTER, "prestart") "," BOTH(OUTER, "createRuntime") "," BOTH(OUTER, "createContainer") "," BOTH(INNER, "startContainer") ","
	            BOTH(OUTER, "poststart") "," BOTH(OUTER, "poststop") "}}" },
	{ .name = "hooks.state", .section = HOOKS, .inside = in_wait, .outside = state,
	  .config = "{'annotations':{'com.example.key':'value'},'hooks':{'prestart':[" OUTER("prestart", "") "],'createRuntime':[" OUTER("createRuntime", "") "],'createContainer':[" OUTER("createContainer", "") "],"
	            "'startContainer':[" INNER("startContainer", "") "],'poststart':[" OUTER("poststart", "") "],'poststop':[" OUTER("poststop", "") "]}}" },
	{ .name = "hooks.arguments", .section = HOOKS, .outside = arguments,
	  .config = "{'hooks':{'createRuntime':[{'path':'@SELF@','args':['conform','hook','@DIR@/log','hook','quick','two words'],'env':['KEY=a value','OTHER=']}]}}" },
	{ .name = "hooks.timeout", .section = HOOKS, .outside = times_out,
	  .config = "{'hooks':{'createRuntime':[{'path':'@SELF@','args':['conform','hook','@DIR@/log','hook','sleep'],'timeout':1}]}}" },
	{ .name = "hooks.prestart.fails", .section = LIFECYCLE, .inside = in_note, .outside = start_fails, .config = ONE("prestart", OUTER("hook", HOW("fail"))) },
	{ .name = "hooks.createRuntime.fails", .section = LIFECYCLE, .inside = in_note, .outside = create_fails, .config = ONE("createRuntime", OUTER("hook", HOW("fail"))) },
	{ .name = "hooks.createContainer.fails", .section = LIFECYCLE, .inside = in_note, .outside = create_fails, .config = ONE("createContainer", OUTER("hook", HOW("fail"))) },
	{ .name = "hooks.startContainer.fails", .section = LIFECYCLE, .inside = in_note, .outside = start_fails, .config = ONE("startContainer", INNER("hook", HOW("fail"))) },
	{ .name = "hooks.poststart.fails", .since = SPEC_1_3, .section = LIFECYCLE, .inside = in_wait, .outside = poststart_fails, .config = ONE("poststart", OUTER("hook", HOW("fail"))) },
	{ .name = "hooks.poststop.fails", .section = LIFECYCLE, .inside = in_note, .outside = poststop_fails,
	  .config = "{'hooks':{'poststop':[" OUTER("hook", HOW("fail")) "," OUTER("after", "") "]}}" },
};
const struct chapter chapter_hooks = { checks, sizeof checks / sizeof *checks };
