/* SPDX-License-Identifier: ISC */
/* Help texts, made from the option tables. */
#include <string.h>

#include "base/out.h"
#include "base/str.h"
#include "cmd/cmd.h"

#define HELP_COLUMN 30

static void pad(struct out *o, size_t used, size_t column)
{
	do
		out_text(o, " ");
	while (++used < column);
}

static void print_option(struct out *o, const struct option *p)
{
	size_t used = 2 + 4 + 2 + strlen(p->name);
	if (!p->help)
		return;
	if (p->letter)
		out_printf(o, "  -%c, --%s", p->letter, p->name);
	else
		out_printf(o, "      --%s", p->name);
	if (p->argument) {
		out_printf(o, " %s", p->argument);
		used += 1 + strlen(p->argument);
	}
	if (used >= HELP_COLUMN) {
		out_text(o, "\n");
		used = 0;
	}
	pad(o, used, HELP_COLUMN);
	out_text(o, p->help);
	out_text(o, p->kind == OPTION_TEXTS ? " (may be repeated)\n" : "\n");
}

static void print_options(struct out *o, const struct option *options, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct option_more *more = options[i].kind == OPTION_MORE ? options[i].value : 0;
		for (const struct option *p = more ? more->next(true) : &options[i]; p; p = more ? more->next(false) : 0)
			print_option(o, p);
	}
}

static int finish(struct out *o)
{
	struct err e;
	return out_flush(o, &e) < 0 ? cmd_fail(&e) : 0;
}

/* By the name that it was called by: runc's callers look for that. The commands of other programs have other words here. */
static const char *program(void)
{
	return globals.program && *globals.program && !str_starts(globals.program, "oci-") ? globals.program : "runlet";
}

static void print_name(struct out *o, const char *command, const char *summary)
{
	out_printf(o, "NAME:\n   %s%s%s - %s\n\n", program(), command ? " " : "", command ? command : "", summary);
}

int help_planned(const char *command)
{
	char buffer[256];
	struct out o;
	out_init(&o, 1, buffer, sizeof buffer);
	print_name(&o, command, "not built yet");
	return finish(&o);
}

int help_command(const struct command *c)
{
	char buffer[4096];
	struct out o;
	out_init(&o, 1, buffer, sizeof buffer);
	print_name(&o, c->name, c->summary);
	out_printf(&o, "USAGE:\n   %s %s [OPTIONS]%s%s\n", program(), c->name, *c->arguments ? " " : "", c->arguments);
	if (c->more) {
		out_text(&o, "\n");
		out_text(&o, c->more);
		out_text(&o, "\n");
	}
	if (c->option_count)
		out_text(&o, "\noptions:\n");
	print_options(&o, c->options, c->option_count);
	return finish(&o);
}

int help_all(const struct command *const *commands, size_t count, const char *group)
{
	char buffer[4096];
	struct out o;
	out_init(&o, 1, buffer, sizeof buffer);
	print_name(&o, group, "Open Container Initiative runtime: verifies, unpacks and bundles images, and runs them as containers");
	out_printf(&o, "USAGE:\n   %s [GLOBAL OPTIONS] COMMAND [OPTIONS] [ARGUMENTS]\n\ncommands:\n", program());
	for (size_t i = 0; i < count; i++) {
		if (group && !str_starts(commands[i]->name, group))
			continue;
		out_printf(&o, "  %s", commands[i]->name);
		pad(&o, 2 + strlen(commands[i]->name), HELP_COLUMN / 2 + 3);
		out_printf(&o, "%s\n", commands[i]->summary);
	}
	out_text(&o, "\nglobal options:\n");
	print_options(&o, global_options, global_option_count);
	out_text(&o, "\nrunlet COMMAND --help tells more of each.\n");
	return finish(&o);
}
