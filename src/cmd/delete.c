/* SPDX-License-Identifier: ISC */
/* runlet delete */
#include "cmd/lifecycle.h"

static bool force, regex;
static const struct option options[] = {
	{ "regex", 'r', OPTION_FLAG, &regex, 0, "delete all whose ID matches ID, an extended regular expression" },
	{ "force", 'f', OPTION_FLAG, &force, 0, "kill what runs, and take a missing container for deleted" },
};

static int act(struct container *c, struct err *e)
{
	return container_delete(c, force, e);
}

static int run(int argc, char **argv)
{
	struct err e;
	(void)argc;
	if (regex)
		return lifecycle_each(argv[0], act);
	struct container *c = lifecycle_open(argv[0], &e);
	return c && act(c, &e) == 0 ? 0 : lifecycle_fail(&e);
}

const struct command command_delete = {
	.name = "delete", .arguments = "ID|REGEX", .summary = "remove what a stopped or created container holds",
	.more = "Example: runlet delete -f -r '^web-[0-9]+$'",
	.options = options, .option_count = COUNT(options), .run = run, .least = 1, .most = 1,
};
