/* SPDX-License-Identifier: ISC */
/* runlet spec: a config.json to begin with, as `runc spec` makes it. */
#include "cmd/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/out.h"
#include "kernel/cgroup.h"
#include "spec/default.h"

static const char *bundle, *file = "config.json";
static bool rootless;
static const struct option options[] = {
	{ "bundle",   'b', OPTION_TEXT, &bundle,   "DIR",  "the bundle that gets it (the working directory)" },
	{ "file",     'f', OPTION_TEXT, &file,     "FILE", "its name (config.json)" },
	{ "rootless", 0,   OPTION_FLAG, &rootless, 0,      "for a user who is not root: a user namespace, no network namespace, no resources" },
};

bool cmd_cgroup2_alone(void)
{
	struct err unused;
	const struct cgroup_host *h = cgroup_host(&unused);
	return h && h->count == 1 && h->v2 == 0;
}

static int put(struct out *out, struct err *e)
{
	DOCUMENT_REGIONS(region, SPEC_DEFAULT_TEXT_BYTES, SPEC_DEFAULT_TOKENS, SPEC_DEFAULT_ARENA_BYTES);
	struct document d;
	struct config c;
	DOCUMENT_INIT(&d, 0, region);
	if (spec_default_config(&d, (rootless ? SPEC_DEFAULT_ROOTLESS : 0) | (cmd_cgroup2_alone() ? SPEC_DEFAULT_CGROUP : 0), &c, e) < 0)
		return -1;
	document_emit(out, &config_object, &c, true);
	return out_flush(out, e);
}

static int write_spec(struct err *e)
{
	struct out out;
	int dirfd = bundle ? open(bundle, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : AT_FDCWD;
	if (dirfd == -1)
		return err_sys(e, "cannot open the bundle %s", bundle);
	int fd = openat(dirfd, file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (bundle)
		io_close(dirfd);
	if (fd < 0)
		return errno == EEXIST ? err_set(e, "%s exists: it is not overwritten", file) : err_sys(e, "cannot make %s", file);
	cmd_out(&out, fd);
	int result = put(&out, e);
	io_close(fd);
	return result;
}

static int run(int argc, char **argv)
{
	struct err e;
	(void)argc;
	(void)argv;
	return write_spec(&e) < 0 ? cmd_fail(&e) : 0;
}

const struct command command_spec = {
	.name = "spec", .arguments = "", .summary = "write a config.json to begin with",
	.more = "It runs `sh` in a terminal, in the directory rootfs. Example: runlet spec -b /srv/web",
	.options = options, .option_count = COUNT(options), .run = run, .least = 0, .most = 0, .stateless = true,
};
