/* SPDX-License-Identifier: ISC */
/* runlet events */
#include "base/duration.h"
#include "base/out.h"
#include "cmd/lifecycle.h"

static const char *interval = "5s";
static bool stats;
static const struct option options[] = {
	{ "interval", 0, OPTION_WHOLE_TEXT, &interval, "TIME", "between two readings (5s); also 500ms, 1m30s" },
	{ "stats",    0, OPTION_FLAG, &stats,    0,      "print one reading and end" },
};

static int run(int argc, char **argv)
{
	struct err e;
	struct out out;
	int64_t ns;
	(void)argc;
	cmd_out(&out, 1);
	if (duration_parse(interval, &ns) < 0)
		err_set(&e, "--interval %s: not a duration such as 5s, 500ms or 1m30s", interval);
	else if (ns <= 0)
		err_set(&e, "--interval %s: duration interval must be greater than 0", interval);
	else {
		struct container *c = lifecycle_open(argv[0], &e);
		if (c && container_events(c, stats, ns, &out, &e) == 0 && out_flush(&out, &e) == 0)
			return 0;
	}
	return cmd_fail(&e);
}

const struct command command_events = {
	.name = "events", .arguments = "ID", .summary = "print what a container uses, and that it ran out of memory, as JSON",
	.more = "One object a line, until the container stops. Example: runlet events --stats web",
	.options = options, .option_count = COUNT(options), .run = run, .least = 1, .most = 1,
};
