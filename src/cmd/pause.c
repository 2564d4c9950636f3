/* SPDX-License-Identifier: ISC */
/* runlet pause */
#include "cmd/lifecycle.h"

static int run(int argc, char **argv)
{
	struct err e;
	(void)argc;
	struct container *c = lifecycle_open(argv[0], &e);
	return c && container_pause(c, &e) == 0 ? 0 : cmd_fail(&e);
}

const struct command command_pause = {
	.name = "pause", .arguments = "ID", .summary = "freeze all processes of a container",
	.run = run, .least = 1, .most = 1,
};
