/* SPDX-License-Identifier: ISC */
/* runlet delete */
#include "cmd/lifecycle.h"

static bool force;
static const struct option options[] = {
	{ "force", 'f', OPTION_FLAG, &force, 0, "kill what runs, and take a missing container for deleted" },
};

static int run(int argc, char **argv)
{
	struct err e;
	(void)argc;
	struct container *c = lifecycle_open(argv[0], &e);
	return c && container_delete(c, force, &e) == 0 ? 0 : cmd_fail(&e);
}

const struct command command_delete = {
	.name = "delete", .arguments = "ID", .summary = "remove what a stopped or created container holds",
	.options = options, .option_count = COUNT(options), .run = run, .least = 1, .most = 1,
};
