/* SPDX-License-Identifier: ISC */
/* runlet state */
#include "cmd/lifecycle.h"

#include "base/out.h"

static int run(int argc, char **argv)
{
	struct err e;
	struct out out;
	(void)argc;
	cmd_out(&out, 1);
	struct container *c = lifecycle_open(argv[0], &e);
	return c && container_state(c, &out, &e) == 0 && out_flush(&out, &e) == 0 ? 0 : cmd_fail(&e);
}

const struct command command_state = {
	.name = "state", .arguments = "ID", .summary = "print a container's state as JSON",
	.run = run, .least = 1, .most = 1,
};
