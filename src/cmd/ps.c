/* SPDX-License-Identifier: ISC */
/* runlet ps */
#include "cmd/lifecycle.h"

#include "base/out.h"

static const char *format = "table";
static const struct option options[] = {
	{ "format", 'f', OPTION_TEXT, &format, "FORM", "table (default) or json" },
};

static int run(int argc, char **argv)
{
	struct err e;
	struct out out;
	(void)argc;
	cmd_out(&out, 1);
	struct container *c = lifecycle_open(argv[0], &e);
	return c && container_ps(c, format, argv + 1, &out, &e) == 0 && out_flush(&out, &e) == 0 ? 0 : cmd_fail(&e);
}

const struct command command_ps = {
	.name = "ps", .arguments = "ID [PS-ARGUMENTS]", .summary = "list a container's processes",
	.more = "The arguments are those of ps(1), -ef if not given. Example: runlet ps web -o pid,args",
	.options = options, .option_count = COUNT(options), .run = run, .least = 1, .most = -1, .stop_at_positional = true,
};
