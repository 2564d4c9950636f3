/* SPDX-License-Identifier: ISC */
/* runlet kill */
#include "cmd/lifecycle.h"

#include "container/signals.h"

static bool all;
static const struct option options[] = {
	{ "all", 'a', OPTION_FLAG, &all, 0, "every process of the container, not its first one alone" },
};

static int run(int argc, char **argv)
{
	struct err e;
	struct container *c = lifecycle_open(argv[0], &e);
	int signal = c ? signal_parse(argc > 1 ? argv[1] : "TERM", &e) : -1;
	return signal >= 0 && container_kill(c, signal, all, &e) == 0 ? 0 : cmd_fail(&e);
}

const struct command command_kill = {
	.name = "kill", .arguments = "ID [SIGNAL]", .summary = "send a signal to a container",
	.more = "SIGNAL is TERM if not given; names with or without SIG, numbers, RTMIN+n. Example: runlet kill web HUP",
	.options = options, .option_count = COUNT(options), .run = run, .least = 1, .most = 2, .stop_at_positional = true,
};
