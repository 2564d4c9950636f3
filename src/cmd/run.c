/* SPDX-License-Identifier: ISC */
/* runlet run */
#include "cmd/lifecycle.h"

static const struct option options[] = {
	LIFECYCLE_CREATE_OPTIONS,
	{ "detach",       'd', OPTION_FLAG, &lifecycle_options.detach,       0, "return once the program runs" },
	{ "keep",         0,   OPTION_FLAG, &lifecycle_options.keep,         0, "do not delete the container when its program has ended" },
	{ "no-subreaper", 0,   OPTION_FLAG, &lifecycle_options.no_subreaper, 0, "leave processes that the container orphans to the system" },
};

static int run(int argc, char **argv)
{
	struct err e;
	int status;
	(void)argc;
	if (lifecycle_dry)
		return lifecycle_plan(argv[0], true);
	struct container *c = lifecycle_open(argv[0], &e);
	return c && container_run(c, &status, &e) == 0 ? status : cmd_fail(&e);
}

const struct command command_run = {
	.name = "run", .arguments = "ID", .summary = "make a container, start it, and wait for it",
	.more = "The exit status is the program's, or 128 + its signal. Example: runlet run -b /srv/web web",
	.options = options, .option_count = COUNT(options), .run = run, .enters = true, .least = 1, .most = 1,
};
