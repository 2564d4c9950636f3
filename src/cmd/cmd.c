/* SPDX-License-Identifier: ISC */
/* From a command line to a subcommand: the names the program answers to, the table of commands, the one place where errors are printed. */
#include "cmd/cmd.h"

#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/out.h"
#include "base/str.h"
#include "kernel/fold.h"

static const struct command *const commands[] = {
	&command_run, &command_create, &command_exec, &command_start, &command_state, &command_list, &command_kill, &command_delete, &command_ps,
	&command_pause, &command_resume, &command_mounts, &command_events, &command_update, &command_features, &command_spec,
	&command_seccomp_compile, &command_boot,
	/* the FOLDED ones, which may not be looked at before fold_open */
	&command_check, &command_validate, &command_generate, &command_schema, &command_image_validate, &command_image_unpack, &command_image_bundle, &command_image_ls,
	&command_image_rm, &command_image_gc, &command_image_copy, &command_image_pack,
};
#define FOLDED 12
#define PLAIN (COUNT(commands) - FOLDED)

/* The words of runc and of the design that a later version answers to: an honest error until then. */
static const char *const planned[] = {
	"checkpoint", "restore", "service",
};

/* Other programs' names, and the subcommand each is; the image ones take no subcommand word. */
static const struct { const char *name; const struct command *command; } aliases[] = {
	{ "oci-image-validate", &command_image_validate },
	{ "oci-unpack", &command_image_unpack },
	{ "oci-create-runtime-bundle", &command_image_bundle },
};

int cmd_fail(const struct err *e)
{
	log_err(e);
	return 1;
}

void cmd_out(struct out *out, int fd)
{
	static LARGE char buffer[8192];
	out_init(out, fd, buffer, sizeof buffer);
}

/* The log gets it too: an engine that gives an option which is unknown here reads why there. */
static int fail_usage(const char *command, struct err *e)
{
	struct err unused;
	if (!globals.applied)
		globals_apply(&unused);
	err_at(e, "%s", command);
	size_t used = strlen(e->text);
	if (used + 64 < sizeof e->text)
		strcpy(e->text + used, "; see --help");
	return cmd_fail(e);
}

int cmd_call(const struct command *c, int argc, char **argv)
{
	struct err e;
	bool help = false;
	int count = option_parse(c->options, c->option_count, c->stop_at_positional, argc, argv, &help, &e);
	if (help)
		return help_command(c);
	if (count < 0)
		return fail_usage(c->name, &e);
	globals.stateless = c->stateless;
	if (globals_apply(&e) < 0)
		return cmd_fail(&e);
	if (count < c->least || (c->most >= 0 && count > c->most)) {
		err_set(&e, "%s arguments: runlet %s [OPTIONS]%s%s", count < c->least ? "missing" : "too many", c->name, *c->arguments ? " " : "", c->arguments);
		return fail_usage(c->name, &e);
	}
	return c->run(count, argv);
}

/* Whether the words at argv begin with those of name; returns how many words that are, or 0. */
static int matches(const char *name, int argc, char **argv)
{
	const char *space = strchr(name, ' ');
	size_t first = space ? (size_t)(space - name) : strlen(name);
	if (argc < 1 || strlen(argv[0]) != first || memcmp(argv[0], name, first))
		return 0;
	if (!space)
		return 1;
	return argc > 1 && strcmp(argv[1], space + 1) == 0 ? 2 : 0;
}

bool cmd_enters(int argc, char *const argv[])
{
	for (size_t i = 0; i < PLAIN; i++)
		for (int word = 1; commands[i]->enters && word < argc; word++)
			if (strcmp(commands[i]->name, argv[word]) == 0)
				return true;
	return false;
}

/* The command that the words at *argv begin with, of those in [from, to), or 0; its words are taken away. */
static const struct command *find(size_t from, size_t to, int *argc, char ***argv)
{
	for (size_t i = from; i < to; i++) {
		int words = matches(commands[i]->name, *argc, *argv);
		*argc -= words;
		*argv += words;
		if (words)
			return commands[i];
	}
	return 0;
}

static bool asks_help(const char *word)
{
	return strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0;
}

static int all_help(const char *group)
{
	struct err e;
	return fold_open(&e) < 0 ? cmd_fail(&e) : help_all(commands, COUNT(commands), group);
}

static bool is_image_tool(void)
{
	return strcmp(globals.program, "oci-image-tool") == 0;
}

/* oci-image-tool's subcommands are those of image, but for create */
static int image_tool(int argc, char **argv)
{
	struct err e;
	if (fold_open(&e) < 0)
		return cmd_fail(&e);
	for (size_t i = PLAIN; i < COUNT(commands); i++)
		if (str_starts(commands[i]->name, "image ") && strcmp(commands[i]->name + 6, argv[0]) == 0)
			return cmd_call(commands[i], argc - 1, argv + 1);
	if (strcmp(argv[0], "create") == 0)
		return cmd_call(&command_image_bundle, argc - 1, argv + 1);
	err_set(&e, "expected validate, unpack or create");
	return fail_usage("oci-image-tool", &e);
}

static int dispatch(int argc, char **argv)
{
	if (is_image_tool())
		return image_tool(argc, argv);
	struct err e;
	const struct command *c = find(0, PLAIN, &argc, &argv);
	if (c)
		return cmd_call(c, argc, argv);
	for (size_t i = 0; i < COUNT(planned); i++)
		if (matches(planned[i], argc, argv)) {
			for (int word = 1; word < argc; word++)
				if (asks_help(argv[word]))
					return help_planned(planned[i]);
			err_not_built(&e, planned[i]);
			return cmd_fail(&e);
		}
	if (fold_open(&e) < 0)
		return cmd_fail(&e);
	if ((c = find(PLAIN, COUNT(commands), &argc, &argv)))
		return cmd_call(c, argc, argv);
	bool group = strcmp(argv[0], "image") == 0 || strcmp(argv[0], "seccomp") == 0, two = group && argc > 1;
	if (group && (!two || asks_help(argv[1])))
		return all_help(argv[0]);
	err_set(&e, "unknown command: No help topic for '%s%s%s'", argv[0], two ? " " : "", two ? argv[1] : "");
	return fail_usage("command line", &e);
}

/* help COMMAND is COMMAND --help */
static int help_of(int argc, char **argv)
{
	static char option[] = "--help";
	memmove(argv, argv + 1, (size_t)(argc - 1) * sizeof *argv);
	argv[argc - 1] = option;
	return dispatch(argc, argv);
}

static int main_words(int argc, char **argv)
{
	if (globals.version)
		return cmd_version(globals.debug);
	if (argc > 1 && strcmp(argv[0], "help") == 0)
		return help_of(argc, argv);
	if (globals.help || !argc || strcmp(argv[0], "help") == 0)
		return all_help(is_image_tool() ? "image" : 0);
	return dispatch(argc, argv);
}

int cmd_main(const char *name, int argc, char **argv)
{
	struct err e;
	bool ignored = false;
	globals.program = name;
	if (strcmp(name, "init") == 0)   /* what the kernel puts behind it is not for us */
		return cmd_call(&command_boot, 0, argv);
	for (size_t i = 0; i < COUNT(aliases); i++)
		if (strcmp(name, aliases[i].name) == 0)
			return fold_open(&e) < 0 ? cmd_fail(&e) : cmd_call(aliases[i].command, argc, argv);
	int count = option_parse(global_options, global_option_count, true, argc, argv, &ignored, &e);
	if (count < 0)
		return fail_usage("command line", &e);
	return main_words(count, argv);
}
