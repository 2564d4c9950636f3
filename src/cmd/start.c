/* SPDX-License-Identifier: ISC */
/* runlet start */
#include "cmd/lifecycle.h"

static int run(int argc, char **argv)
{
	struct err e;
	(void)argc;
	struct container *c = lifecycle_open(argv[0], &e);
	return c && container_start(c, &e) == 0 ? 0 : cmd_fail(&e);
}

const struct command command_start = {
	.name = "start", .arguments = "ID", .summary = "run the program of a created container",
	.run = run, .least = 1, .most = 1,
};
