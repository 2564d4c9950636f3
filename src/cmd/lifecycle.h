/* SPDX-License-Identifier: ISC */
/* What the commands on containers share: the one container of this process, its regions, the options of create and run. */
#ifndef CMD_LIFECYCLE_H
#define CMD_LIFECYCLE_H

#include "cmd/cmd.h"
#include "container/container.h"

extern struct container_options lifecycle_options;
extern bool lifecycle_dry;       /* --dry-run */
extern const char *lifecycle_format;
extern bool lifecycle_ignored;   /* flags that are accepted and mean nothing here */
/* lifecycle_open: the process's container, opened for id (0: list) with lifecycle_options; messages get the ID before them. 0 with e where that fails. */
struct container *lifecycle_open(const char *id, struct err *e);
/* lifecycle_fail: cmd_fail of kill and delete, with the word "error", by which alone some programs (youki's tests) see that these failed. */
int lifecycle_fail(struct err *e);
/* lifecycle_each: acts on every container whose ID matches the regular expression (base/regex.h), which none need do. Errors of one are printed and do not keep the
 * others from it. Returns the exit status: 1 if there was an error. */
int lifecycle_each(const char *expression, int (*act)(struct container *, struct err *));
/* lifecycle_plan: --dry-run of create, or of run: prints the plan. Returns the exit status, 1 where something is missing. */
int lifecycle_plan(const char *id, bool run);

/* The options that create and run share. */
#define LIFECYCLE_CREATE_OPTIONS \
	{ "bundle",         'b', OPTION_TEXT,   &lifecycle_options.bundle,         "DIR",  "the bundle (the working directory)" }, \
	{ "config",         'f', OPTION_TEXT,   &lifecycle_options.config,         "FILE", "instead of the bundle's config.json" }, \
	{ "console-socket", 0,   OPTION_TEXT,   &lifecycle_options.console_socket, "PATH", "AF_UNIX socket that is sent the terminal's master" }, \
	{ "pid-file",       0,   OPTION_TEXT,   &lifecycle_options.pid_file,       "FILE", "write the process ID there" }, \
	{ "pidfd-socket",   0,   OPTION_TEXT,   &lifecycle_options.pidfd_socket,   "PATH", "AF_UNIX socket that is sent a pidfd of the first process" }, \
	{ "preserve-fds",   0,   OPTION_NUMBER, &lifecycle_options.preserve_fds,   "N",    "let the program keep the N files from 3 on" }, \
	{ "no-pivot",       0,   OPTION_FLAG,   &lifecycle_options.no_pivot,       0,      "move the root instead of pivot_root(2)" }, \
	{ "no-new-keyring", 0,   OPTION_FLAG,   &lifecycle_options.no_new_keyring, 0,      "keep the caller's session keyring" }, \
	{ "dry-run",        0,   OPTION_FLAG,   &lifecycle_dry,                    0,      "print the plan and what it needs, make nothing" }, \
	{ "format",         0,   OPTION_TEXT,   &lifecycle_format,                 "FORM", "of the plan: table (default) or json" }

#endif
