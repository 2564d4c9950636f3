/* SPDX-License-Identifier: ISC */
/* A forked child in namespaces of its own, in a private tmpfs: what it mounts goes with it, also when it fails. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"
#include "base/err.h"

#define SANDBOX_SKIP 77
static struct err e;

/* In the child: says what went wrong and leaves the test. */
#define must(condition, ...) do { \
	if (!(condition)) { \
		printf("# line %d: ", __LINE__); printf(__VA_ARGS__); printf(" [%s]\n", e.text); fflush(stdout); \
		return 1; } } while (0)

/* /: every mount private, and /tmp a new tmpfs with /tmp/rootfs, which is the working directory. */
__attribute__((unused))
static int sandbox_start(int flags)
{
	if (geteuid() != 0 || unshare(CLONE_NEWNS | flags) < 0)
		return SANDBOX_SKIP;
	if (mount(0, "/", 0, MS_PRIVATE | MS_REC, 0) < 0 || mount("tmpfs", "/tmp", "tmpfs", 0, "mode=1777") < 0)
		return SANDBOX_SKIP;
	umask(0);
	return mkdir("/tmp/rootfs", 0755) < 0 || chdir("/tmp/rootfs") < 0;
}

__attribute__((unused))
static void sandbox(const char *name, int flags, int (*run)(void))
{
	int status;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		int result = sandbox_start(flags);
		if (result == 0)
			result = run();
		fflush(stdout);
		_exit(result);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == SANDBOX_SKIP)
		skip("%s: needs root and namespaces", name);
	else
		ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s", name);
}

#endif
