/* SPDX-License-Identifier: ISC */
/* runlet exec */
#include "cmd/lifecycle.h"

#include <string.h>

#include "base/limits.h"

#define EXEC_FAILED 255   /* runc's exit status of an exec that did not come to its program */

static struct exec_options request;
static LARGE struct option_texts env, caps, gids, cgroups;

static const struct option options[] = {
	{ "cwd",             0,   OPTION_TEXT,   &request.cwd,                     "DIR",       "working directory (the container's process's)" },
	{ "env",             'e', OPTION_TEXTS,  &env,                             "NAME=VALUE", "environment variable behind those of the config" },
	{ "tty",             't', OPTION_FLAG,   &request.terminal,                0,           "a terminal" },
	{ "user",            'u', OPTION_TEXT,   &request.user,                    "UID[:GID]", "user and group, as numbers" },
	{ "additional-gids", 'g', OPTION_TEXTS,  &gids,                            "GID",       "further group" },
	{ "process",         'p', OPTION_TEXT,   &request.process,                 "FILE",      "JSON of a process, instead of ARGS and the options about it" },
	{ "detach",          'd', OPTION_FLAG,   &lifecycle_options.detach,        0,           "return once the program runs" },
	{ "console-socket",  0,   OPTION_TEXT,   &lifecycle_options.console_socket, "PATH",     "AF_UNIX socket that is sent the terminal's master" },
	{ "pidfd-socket",    0,   OPTION_TEXT,   &lifecycle_options.pidfd_socket,  "PATH",      "AF_UNIX socket that is sent a pidfd of the process" },
	{ "pid-file",        0,   OPTION_TEXT,   &lifecycle_options.pid_file,      "FILE",      "write the process ID there" },
	{ "process-label",   0,   OPTION_TEXT,   &request.label,                   "LABEL",     "SELinux label" },
	{ "apparmor",        0,   OPTION_TEXT,   &request.apparmor,                "PROFILE",   "AppArmor profile" },
	{ "no-new-privs",    0,   OPTION_FLAG,   &request.no_new_privs,            0,           "no new privileges by execve(2)" },
	{ "cap",             'c', OPTION_TEXTS,  &caps,                            "CAP",       "capability to add" },
	{ "preserve-fds",    0,   OPTION_NUMBER, &lifecycle_options.preserve_fds,  "N",         "let the program keep the N files from 3 on" },
	{ "cgroup",          0,   OPTION_TEXTS,  &cgroups,                         "PATH",      "a cgroup below the container's; [CONTROLLER[,…]:]PATH on v1" },
	{ "ignore-paused",   0,   OPTION_FLAG,   &request.ignore_paused,           0,           "also in a paused container: the process runs once it is resumed" },
	{ "no-subreaper",    0,   OPTION_FLAG,   &lifecycle_options.no_subreaper,  0,           0 },
};

static int run(int argc, char **argv)
{
	struct err e;
	int status;
	struct container *c = lifecycle_open(argv[0], &e);
	if (c && argc < 2 && !request.process) {
		err_set(&e, "exec: no program given: runlet exec ID COMMAND [ARGUMENT]…, or --process FILE");
		c = 0;
	}
	/* container.h's lists end in 0, as argv does */
	request.args = (struct strings){ (const char **)(uintptr_t)(argv + 1), (uint32_t)argc - 1 };
	request.env = (struct strings){ env.items, env.count };
	request.caps = (struct strings){ caps.items, caps.count };
	request.cgroups = (struct strings){ cgroups.items, cgroups.count };
	request.gids = (struct strings){ gids.items, gids.count };
	if (c && container_exec(c, &request, &status, &e) == 0)
		return status;
	cmd_fail(&e);
	return EXEC_FAILED;
}

const struct command command_exec = {
	.name = "exec", .arguments = "ID COMMAND [ARGUMENT]...", .summary = "run one more program in a container",
	.more = "The exit status is the program's, or 128 + its signal; 255 where it could not be run. Example: runlet exec -t web sh",
	.options = options, .option_count = COUNT(options), .run = run, .enters = true, .least = 1, .most = -1, .stop_at_positional = true,
};
