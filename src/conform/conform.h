/* SPDX-License-Identifier: ISC */
/* The conformance program: a check is one row of a table, with the config's difference from the default, and a function that looks inside the container, or outside, or
 * both. Inside runs this same program: the root filesystems hold nothing else. */
#ifndef CONFORM_CONFORM_H
#define CONFORM_CONFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"
#include "base/limits.h"
#include "kernel/probe.h"
#include "spec/config.h"
#include "spec/document.h"
#include "spec/state.h"

struct test;
struct inside;

struct check {
	const char *name;                     /* "process.user"; of --only, and of the report */
	enum since since;                     /* the specification's version that brought it; the config's ociVersion */
	const char *section;                  /* "config.md, User": file and heading of the runtime specification */
	const char *config;                   /* what is added to the default config, in JSON with ' for ": see conform_config. 0: nothing */
	const char *without;                  /* what is left out of it: namespaces by their words, and those of config.c. 0: nothing */
	const char *edit[2];                  /* in the config's text, { from, to }: what the tables would not write; { 0 }: nothing */
	enum facility needs[4];               /* FACILITY_END-terminated: what is missing here skips the check */
	const char *(*unable)(struct test *); /* another reason to skip it, asked in the check's own process; 0: it can run. 0: always */
	void (*inside)(struct inside *);      /* in the container's program; 0: it only ends */
	void (*outside)(struct test *);       /* the whole of the test; 0: life_whole */
};
struct chapter { const struct check *checks; size_t count; };
extern const struct chapter chapter_lifecycle, chapter_hooks, chapter_process, chapter_mounts, chapter_namespaces, chapter_linux, chapter_seccomp, chapter_cgroups,
	chapter_console, chapter_commands, chapter_features;
/* check_at: the i-th of all chapters, 0 behind the last. check_find: by its name, 0. */
const struct check *check_at(size_t i);
const struct check *check_find(const char *name);

enum outcome { PENDING, PASSED, FAILED, SKIPPED };
#define RESULT_BYTES 3072
struct result {                               /* in memory that the check's process shares with the runner */
	enum outcome outcome;
	unsigned failures;                    /* complaints so far */
	size_t used;
	char text[RESULT_BYTES];              /* complaints, or why it was skipped, a line each */
	char config[RESULT_BYTES];            /* the difference from the default */
	unsigned long elapsed_ms;
};

/* --- one check's process: run.c, life.c, config.c ------------------------------------------------------------------------------------- */
struct test {
	const struct check *check;
	struct result *result;
	const char *runtime;                  /* absolute path */
	unsigned limit_ms;                    /* of one call of the runtime */
	char id[96];
	char dir[256];                        /* everything of this check: config.json's bundle, rootfs, log; on a tmpfs of the program's own */
	char cgroup[128];                     /* linux.cgroupsPath of the default config */
	struct config config;
	pid_t pid;                            /* of the container's program, once it was created; 0 */
	uint64_t start;                       /* its start time */
	bool status_known;                    /* life_wait saw it end */
	int status;                           /* exit status, 128 + signal */
	char out[16384], err[4096];           /* what the last call of the runtime printed */
	bool answered;                        /* the last call ended within its time */
	pid_t helper;                         /* a process of the check's own, for @HELPER@ */
	struct test *second;                  /* of another container of the same check; 0: none */
};
/* test_second: another container's test, in a directory below t's, cleaned up with it. */
struct test *test_second(struct test *t);
/* fail: one complaint; the check goes on. skip: the check is over, and counts as skipped. */
void fail(struct test *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void skip(struct test *t, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));
/* stop: nothing more can be learnt: ends the check's process with what was complained of so far. */
void stop(struct test *t) __attribute__((noreturn));
/* must: fail and stop unless it is so. */
#define must(t, so, ...) do { if (!(so)) { fail((t), __VA_ARGS__); stop(t); } } while (0)
/* want: fail unless it is so. */
#define want(t, so, ...) do { if (!(so)) fail((t), __VA_ARGS__); } while (0)

/* config_make: the default config with more (as check.config) and without what check.without names, in t->config, in the check's own memory. @DIR@ @ID@ @NAME@ @CGROUP@ @VERSION@
 * @HELPER@ @SELF@ (this program on the host) are replaced, ' becomes ". Stops the check where it can't be made. */
void config_make(struct test *t, const char *more, const char *without);
/* config_write: t->config as the bundle's config.json, and beside it for the program inside. config_write_text: other bytes. */
void config_write(struct test *t);
/* config_own: makes and writes the check's own. */
void config_own(struct test *t);
void config_write_text(struct test *t, const char *text);
/* config_expand: the words @…@ and ' of text, into buffer. */
void config_expand(const struct test *t, const char *text, char *buffer, size_t size);
/* bundle_make: directory, rootfs, log. */
int bundle_make(struct test *t, struct err *e);

/* call: the runtime with these words (0-terminated) behind its --root; the standard output goes to t->out, errors to t->err. Returns its exit status, 128 + signal, or
 * -1 with a complaint if it did not end in time. call_to: with the container's own standard output and error in DIR/report and DIR/stderr. */
int call(struct test *t, ...) __attribute__((sentinel));
int call_in(struct test *t, char *const *words, const char *out, const char *in);
/* complaint: the last line of t->err, for messages. */
const char *complaint(struct test *t);

/* life_create: `create`, which must succeed; life_create_fails: which must not, and must leave nothing; life_start, life_delete likewise.
 * life_refused: the outside of a check whose config must be refused. */
void life_create(struct test *t);
void life_adopt(struct test *t);   /* the part of it behind the call */
void life_create_fails(struct test *t, const char *why);
void life_refused(struct test *t);
void life_start(struct test *t);
void life_delete(struct test *t);
/* life_wait: until the program has ended; fails and kills it when it does not. life_report: what it found inside, as complaints. */
void life_wait(struct test *t);
void life_report(struct test *t);
/* life_whole: config, create, start, wait, report, delete. */
void life_whole(struct test *t);
/* life_state: `state`: 0 and *s (whose parts live until the next call), or -1 where the runtime says no. life_status: the status, "" where it says no. */
int life_state(struct test *t, struct state *s);
/* life_parse_state: a state in JSON, with the same memory as life_state. 0 or -1. */
int life_parse_state(const char *text, struct state *s, struct err *e);
const char *life_status(struct test *t);
/* life_events: DIR/log/events, a line each note, in memory until the next call. */
const char *life_events(struct test *t);
/* now_ms: the monotonic clock. until: whether it became so within one call's time limit. */
long now_ms(void);
bool until(struct test *t, bool (*so)(struct test *));
/* read_text: a file below the check's directory or an absolute one, in a buffer of the caller's; its length, or -1. */
long read_text(const struct test *t, const char *path, char *buffer, size_t size);
/* cgroup_of: the directory of a process in the hierarchy that has the controller (v2's tree where v1 has none): 0 and *v2, or -1. */
int cgroup_of(pid_t pid, const char *controller, char *path, size_t size, bool *v2);

/* --- in the container: inside*.c --------------------------------------------------------------------------------------------------- */
struct inside {
	const struct check *check;
	const struct config *config;          /* what was asked for */
	int argc;
	char **argv;
	char **environment;
	unsigned complaints;
};
void wrong(struct inside *in, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define expect(in, so, ...) do { if (!(so)) wrong((in), __VA_ARGS__); } while (0)
int inside_main(int argc, char **argv, char **environment);
/* The program of every hook: DIR LABEL [HOW]. */
int hook_main(int argc, char **argv, char **environment);
/* note: a line to DIR/log/events, which containers see as /log/events. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* --- the whole run: runner.c, output.c ------------------------------------------------------------------------------------------------ */
struct run {
	const char *runtime, *only, *junit;
	bool tap, list, help;
	int junit_fd;
	int64_t jobs, limit_ms;
	char dir[128];                        /* the tmpfs */
	char self[256];                       /* this program's copy in it */
	pid_t pid;                            /* the runner's: in all names */
	size_t count;
	const struct check **checks;          /* the chosen ones */
	struct result *results;
};
#define CHECKS_MAX 256
/* runner_run: all chosen checks, jobs at a time. 0, or -1: it could not run, or was interrupted. */
int runner_run(struct run *r, struct err *e);
/* test_process: what the runner's child does; never returns. */
void test_process(const struct run *r, size_t index) __attribute__((noreturn));
void test_name(const struct run *r, size_t index, struct test *t);
/* call_quietly: for the runner's clean-up: the runtime with t's --root. */
void test_cleanup(struct test *t);
/* output_open: JUnit's file, before anything is run. output_begin, output_result, output_end: TAP as it goes; table and JUnit at the end. 0 or -1. */
int output_open(struct run *r, struct err *e);
void output_begin(const struct run *r);
void output_result(const struct run *r, size_t index);
int output_end(const struct run *r, struct err *e);
void output_list(const struct run *r);
const char *facility_missing(const struct check *c, char *buffer, size_t size);

#endif
