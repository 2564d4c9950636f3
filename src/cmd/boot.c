/* SPDX-License-Identifier: ISC */
/* runlet boot; also what the program does as /init */
#include "boot/boot.h"

#include "base/out.h"
#include "cmd/cmd.h"

static struct boot_options boot_options = { .place = { .state = "/run/runlet-boot", .program = "/proc/self/exe" } };
static bool dry;
static const struct option options[] = {
	{ "config",  0, OPTION_TEXT, &boot_options.config,      "DIR", "device.json and services/NAME.json (/etc/runlet)" },
	{ "state",   0, OPTION_TEXT, &boot_options.place.state, "DIR", "bundles, configs and logs (/run/runlet-boot)" },
	{ "dry-run", 0, OPTION_FLAG, &dry,                      0,     "print what PID 1 would do, do nothing" },
};

static int run(int argc, char **argv)
{
	struct err e;
	int status = 1;
	(void)argc;
	(void)argv;
	boot_options.place.root = globals.root;
	boot_options.debug = globals.debug;
	if (dry) {
		struct out out;
		cmd_out(&out, 1);
		return boot_plan(&boot_options, &out, &e) < 0 ? cmd_fail(&e) : 0;
	}
	return boot_run(&boot_options, &status, &e) < 0 ? cmd_fail(&e) : status;
}

const struct command command_boot = {
	.name = "boot", .arguments = "", .summary = "run the services of a device",
	.more = "As PID 1 it also prepares and ends the machine. Kernel command line: runlet.config=DIR runlet.only=NAME,... runlet.idle=WORD runlet.debug",
	.options = options, .option_count = COUNT(options), .run = run, .least = 0, .most = 0,
};
