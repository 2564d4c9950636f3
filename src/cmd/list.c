/* SPDX-License-Identifier: ISC */
/* runlet list */
#include "cmd/lifecycle.h"

#include <unistd.h>

#include "base/out.h"

static const char *format = "table";
static bool quiet;
static const struct option options[] = {
	{ "format", 'f', OPTION_TEXT, &format, "FORM", "table (default) or json" },
	{ "quiet",  'q', OPTION_FLAG, &quiet,  0,      "print IDs alone" },
};

static int run(int argc, char **argv)
{
	struct err e;
	struct out out;
	(void)argc;
	(void)argv;
	cmd_out(&out, 1);
	/* one that is not there yet is what the default may be; what was named is a mistake, as with runc */
	if (globals.root_given && access(globals.root, F_OK) < 0) {
		err_sys(&e, "cannot open the state directory %s", globals.root);
		return cmd_fail(&e);
	}
	struct container *c = lifecycle_open(0, &e);
	return c && container_list(c, format, quiet, &out, &e) == 0 && out_flush(&out, &e) == 0 ? 0 : cmd_fail(&e);
}

const struct command command_list = {
	.name = "list", .arguments = "", .summary = "list containers",
	.options = options, .option_count = COUNT(options), .run = run, .least = 0, .most = 0,
};
