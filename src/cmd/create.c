/* SPDX-License-Identifier: ISC */
/* runlet create */
#include "cmd/lifecycle.h"

static const struct option options[] = {
	LIFECYCLE_CREATE_OPTIONS,
	{ "detach", 'd', OPTION_FLAG, &lifecycle_ignored, 0, 0 },   /* containerd may pass it; create never stays */
};

static int run(int argc, char **argv)
{
	struct err e;
	(void)argc;
	if (lifecycle_dry)
		return lifecycle_plan(argv[0], false);
	struct container *c = lifecycle_open(argv[0], &e);
	return c && container_create(c, &e) == 0 ? 0 : cmd_fail(&e);
}

const struct command command_create = {
	.name = "create", .arguments = "ID", .summary = "make a container, up to its program",
	.more = "The program runs with `runlet start ID`. Example: runlet create -b /srv/web web",
	.options = options, .option_count = COUNT(options), .run = run, .enters = true, .least = 1, .most = 1,
};
