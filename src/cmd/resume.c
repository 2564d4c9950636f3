/* SPDX-License-Identifier: ISC */
/* runlet resume */
#include "cmd/lifecycle.h"

static int run(int argc, char **argv)
{
	struct err e;
	(void)argc;
	struct container *c = lifecycle_open(argv[0], &e);
	return c && container_resume(c, &e) == 0 ? 0 : cmd_fail(&e);
}

const struct command command_resume = {
	.name = "resume", .arguments = "ID", .summary = "let a paused container's processes go on",
	.run = run, .least = 1, .most = 1,
};
