/* SPDX-License-Identifier: ISC */
/* runlet seccomp compile: ready filters for machines whose /run is empty at every boot. */
#include "cmd/lifecycle.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/out.h"
#include "kernel/seccomp.h"

static int64_t level;
static const struct option options[] = {
	{ "level", 0, OPTION_NUMBER, &level, "N", "what the kernel that runs them can: 1 … 7, seccomp_api_get(3) (this one's)" },
};

static int compile(int count, char **bundles, struct err *e)
{
	struct out out;
	const char *directory = bundles[count];
	if (level < 0 || level > SECCOMP_LEVELS)
		return err_set(e, "--level %lld: not within 1 … %d", (long long)level, SECCOMP_LEVELS);
	if (mkdir(directory, 0755) < 0 && errno != EEXIST)
		return err_sys(e, "cannot make %s", directory);
	int fd = openat(AT_FDCWD, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "cannot open %s", directory);
	cmd_out(&out, 1);
	for (int i = 0; i < count; i++) {
		lifecycle_options.bundle = bundles[i];
		struct container *c = lifecycle_open(0, e);
		if (!c || container_ready_filter(c, fd, (unsigned)level, &out, e) < 0) {
			out_flush(&out, &(struct err){ 0 });
			return -1;
		}
	}
	return out_flush(&out, e);
}

static int run(int argc, char **argv)
{
	struct err e;
	return compile(argc - 1, argv, &e) < 0 ? cmd_fail(&e) : 0;
}

const struct command command_seccomp_compile = {
	.name = "seccomp compile", .arguments = "BUNDLE... DIR", .summary = "write ready system call filters of bundles",
	.more = "run, create and exec take them from --filters DIR before they compile. They hold for this build of runlet and this CPU.\nExample: runlet seccomp compile /srv/web /srv/filters",
	.options = options, .option_count = COUNT(options), .run = run, .least = 2, .most = -1, .stateless = true,
};
