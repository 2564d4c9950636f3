/* SPDX-License-Identifier: ISC */
/* runlet mounts */
#include "cmd/lifecycle.h"

#include <string.h>

static int run(int argc, char **argv)
{
	struct err e;
	bool add = strcmp(argv[0], "add") == 0;
	(void)argc;
	if (!add && strcmp(argv[0], "remove") != 0) {
		err_set(&e, "mounts: \"%s\" is neither add nor remove", argv[0]);
		return cmd_fail(&e);
	}
	struct container *c = lifecycle_open(argv[1], &e);
	return c && container_mounts(c, add ? LIVE_ADD : LIVE_REMOVE, argv[2], &e) == 0 ? 0 : cmd_fail(&e);
}

const struct command command_mounts = {
	.name = "mounts", .arguments = "add|remove ID FILE", .summary = "mount or unmount in a running container",
	.more = "FILE is a JSON array like the config's mounts; bind sources are the host's. remove looks at destination alone.",
	.run = run, .enters = true, .least = 3, .most = 3,
};
