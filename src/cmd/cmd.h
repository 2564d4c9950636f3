/* SPDX-License-Identifier: ISC */
/* The shape of a subcommand: an option table, its help and its call. Help texts are made from these tables, and nothing else knows the options. */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

enum option_kind {
	OPTION_FLAG,      /* bool: --name, --name=true|false, as option_truth takes it */
	OPTION_TEXT,      /* const char *; an empty one counts as not given, as runc has it */
	OPTION_WHOLE_TEXT,   /* an empty one is given, too */
	OPTION_NUMBER,    /* int64_t: decimal */
	OPTION_TEXTS,     /* struct option_texts: repeatable; a comma never splits a value */
	OPTION_MORE,      /* no option, but struct option_more: a table of its own */
	OPTION_EACH, OPTION_EACH_FLAG   /* of such a table: handed over one by one, with a value or without (value: that struct option_more) */
};
#define OPTION_TEXTS_MAX 64
struct option_texts { const char *items[OPTION_TEXTS_MAX]; uint32_t count; };

struct option {
	const char *name;             /* without dashes */
	char letter;                  /* of the short form, or 0 */
	enum option_kind kind;
	void *value;                  /* of the kind's type; untouched when the option is not given */
	const char *argument;         /* the value's name in the help ("DIR"); 0 for flags */
	const char *help;             /* one line; 0: accepted, not listed */
};

/* next: the table's first or next option, which lives until the next call; 0: no more. take: the one that next returned last was given; value 0: alone. 0 or -1. */
struct option_more { const struct option *(*next)(bool first); int (*take)(const char *value, struct err *e); };

struct command {
	const char *name;             /* "run", "image unpack" */
	const char *arguments;        /* "ID", "SRC DEST" */
	const char *summary;          /* one line */
	const char *more;             /* further lines of the help: defaults, an example that works as typed; or 0 */
	const struct option *options; /* option_count of them */
	size_t option_count;
	int (*run)(int argc, char **argv);   /* argv holds the positional arguments alone; returns the exit status; errors were printed by cmd_fail */
	int least, most;              /* how many positional arguments; most -1: any number */
	bool stateless;               /* knows nothing of containers: no place for state is needed */
	bool enters;                  /* a process of it goes into a container: the program's file must be safe from there (kernel/selfexe.h) */
	bool stop_at_positional;      /* options end at the first positional argument (exec, kill, ps) */
};
#define COUNT(array) (sizeof (array) / sizeof *(array))

/* option_parse: takes the options out of argv (argv[0] is the first word behind the command), storing values, and moves the positional arguments to the
 * front; "--" ends options. Returns their count, or -1: "unknown option --x". --help and -h set *help. */
int option_truth(const char *value);   /* of a flag: 1, 0 ("false", "0", "F" …), -1: neither; value 0: given alone */
int option_parse(const struct option *options, size_t count, bool stop_at_positional, int argc, char **argv, bool *help, struct err *e);
/* help_command, help_all: print a command's, the program's help to stdout (group: with the commands alone whose first word that is; or 0). Return 0, or 1 if that failed. */
int help_command(const struct command *c);
/* help_planned: what there is to say of a command that is not built yet. Returns as help_command. */
int help_planned(const char *command);
int help_all(const struct command *const *commands, size_t count, const char *group);

/* cmd_fail: prints e as "runlet: …" to stderr and the log. Returns 1, the exit status. */
int cmd_fail(const struct err *e);
/* cmd_out: out over fd, with the one buffer that commands have for what they print. */
struct out;
void cmd_out(struct out *out, int fd);
/* cmd_call: parses argv by c's table and runs it. Returns the exit status. */
int cmd_call(const struct command *c, int argc, char **argv);
/* cmd_main: global options, subcommand, run. name is the program's name as called. */
int cmd_main(const char *name, int argc, char **argv);

/* Options that stand before the subcommand; see runc(8). */
struct globals {
	bool debug, systemd_cgroup, version, help;
	const char *log, *log_format, *log_level;
	bool applied;                 /* globals_apply was called */
	bool root_given;              /* by --root */
	const char *root;             /* never 0 once commands run (but stateless ones): --root, or the default of globals_root */
	bool stateless;               /* the command's */
	const char *program;          /* the name that the program was called by */
	const char *cgroup_manager, *rootless;
	const char *compliance_level; /* oci-runtime-tool's: of generate and validate */
	bool host_specific;
	const char *filters;          /* where ready system call filters are */
};
extern struct globals globals;
extern const struct option global_options[];
extern const size_t global_option_count;
/* globals_apply: checks the values, opens the log, fills in the default root. 0 or -1. */
int globals_apply(struct err *e);

/* cmd_enters: whether one of the words is the name of a command that enters; looked at before anything is parsed, so that another word of that name counts as well. */
bool cmd_enters(int argc, char *const argv[]);
int cmd_version(bool debug);
extern const char cmd_version_text[], cmd_commit_text[];   /* "0.4.0"; the source's commit */
/* cmd_cgroup2_alone: whether cgroup v2 is all the host has: then a new config has a cgroup namespace. */
bool cmd_cgroup2_alone(void);

/* cmd_image_request: [SRC] DEST of image unpack and bundle (SRC may be missing with a store) and their repeatable options, into r; t must stay. 0 or -1. */
struct image_texts { struct option_texts refs, uid_maps, gid_maps; const char *type; };
struct image_request;
int cmd_image_request(struct image_request *r, const struct image_texts *t, int argc, char **argv, struct err *e);
/* The rows of those options, whose values go into a struct image_request and a struct image_texts. */
#define IMAGE_OPTIONS(request, texts) \
	{ "ref", 0, OPTION_TEXTS, &(texts).refs, "REF", "NAME, name=, digest=, platform.os=, .architecture=, .variant=, .os.version=; all given must hold" }, \
	{ "platform", 0, OPTION_TEXT, &(request).platform, "OS:ARCH[:VARIANT]", "of several images this one (what this machine runs best)" }, \
	{ "store", 0, OPTION_TEXT, &(request).store, "DIR", "a store of unpacked layers; without SRC, from it" }, \
	{ "type", 0, OPTION_TEXT, &(texts).type, "TYPE", "imageLayout, image or imageZip (guessed)" }, \
	{ "uid-map", 0, OPTION_TEXTS, &(texts).uid_maps, "CONTAINER:HOST:SIZE", "give the image's users these IDs of the host" }, \
	{ "gid-map", 0, OPTION_TEXTS, &(texts).gid_maps, "CONTAINER:HOST:SIZE", "the same of groups" }, \
	{ "progress", 0, OPTION_TEXT, &(request).progress, "HOW", "bar, plain, json or none; auto: a bar on a terminal, else plain" }, \
	{ "spool", 0, OPTION_TEXT, &(request).spool, "DIR", "where a compressed archive, or standard input, is kept meanwhile" }, \
	{ "no-xattrs", 0, OPTION_FLAG, &(request).no_xattrs, 0, "go on without file capabilities where the filesystem cannot keep them" },

#define COMMAND(name) extern const struct command command_##name;
COMMAND(create) COMMAND(start) COMMAND(run) COMMAND(state) COMMAND(list) COMMAND(kill) COMMAND(delete) COMMAND(spec) COMMAND(exec)
COMMAND(ps) COMMAND(pause) COMMAND(resume) COMMAND(mounts) COMMAND(events) COMMAND(update) COMMAND(features)
COMMAND(validate) COMMAND(generate) COMMAND(schema)
COMMAND(seccomp_compile)
COMMAND(check) COMMAND(image_validate) COMMAND(image_unpack) COMMAND(image_bundle) COMMAND(image_ls)
COMMAND(image_rm) COMMAND(image_gc) COMMAND(image_copy) COMMAND(image_pack)
COMMAND(boot)
#undef COMMAND

#endif
