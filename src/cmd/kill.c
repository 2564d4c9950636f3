/* SPDX-License-Identifier: ISC */
/* runlet kill */
#include "cmd/lifecycle.h"

#include "container/signals.h"

static bool all, regex;
static int number;
static const struct option options[] = {
	{ "all", 'a', OPTION_FLAG, &all, 0, "every process of the container, not its first one alone" },
	{ "regex", 'r', OPTION_FLAG, &regex, 0, "signal all containers whose ID matches ID, an extended regular expression" },
};

static int act(struct container *c, struct err *e)
{
	return container_kill(c, number, all, e);
}

static int run(int argc, char **argv)
{
	struct err e;
	const char *word = argc > 1 && *argv[1] ? argv[1] : "TERM";
	if (regex) {
		number = signal_parse(word, &e);
		return number >= 0 ? lifecycle_each(argv[0], act) : cmd_fail(&e);
	}
	struct container *c = lifecycle_open(argv[0], &e);
	number = c ? signal_parse(word, &e) : -1;
	return number >= 0 && act(c, &e) == 0 ? 0 : lifecycle_fail(&e);
}

const struct command command_kill = {
	.name = "kill", .arguments = "ID|REGEX [SIGNAL]", .summary = "send a signal to a container",
	.more = "SIGNAL is TERM if not given; names with or without SIG, numbers, RTMIN+n. Example: runlet kill web HUP",
	.options = options, .option_count = COUNT(options), .run = run, .least = 1, .most = 2, .stop_at_positional = true,
};
