/* SPDX-License-Identifier: ISC */
/* The process of one check, and what it leaves when it is over: nothing. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/str.h"
#include "conform/conform.h"
#include "kernel/cgroup.h"

void test_name(const struct run *r, size_t index, struct test *t)
{
	t->check = r->checks[index];
	t->result = &r->results[index];
	t->runtime = r->runtime;
	t->limit_ms = (unsigned)r->limit_ms;
	snprintf(t->id, sizeof t->id, "conform-%d-%u", (int)r->pid, (unsigned)index);
	snprintf(t->dir, sizeof t->dir, "%s/%u", r->dir, (unsigned)index);
	snprintf(t->cgroup, sizeof t->cgroup, "/%s", t->id);
}

struct test *test_second(struct test *t)
{
	static struct test second;
	struct err e;
	second.check = t->check;
	second.result = t->result;
	second.runtime = t->runtime;
	second.limit_ms = t->limit_ms;
	snprintf(second.id, sizeof second.id, "%.80s-2", t->id);
	snprintf(second.dir, sizeof second.dir, "%.200s-2", t->dir);
	snprintf(second.cgroup, sizeof second.cgroup, "/%s", second.id);
	must(t, bundle_make(&second, &e) == 0, "%s", e.text);
	t->second = &second;
	return &second;
}

/* --- leaving nothing -------------------------------------------------------------------------------------------------------------------- */
/* The children that are left are the container's, whose creator is gone. */
static void kill_children(void)
{
	char path[64], text[4096];
	struct err e;
	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	for (int round = 0; round < 50; round++) {
		while (waitpid(-1, 0, WNOHANG) > 0)
			;
		if (io_read_file(AT_FDCWD, path, text, sizeof text, &e) <= 0)
			return;
		for (char *at = text, *end; *at; at = end) {
			long pid = strtol(at, &end, 10);
			if (end == at)
				break;
			kill((pid_t)pid, SIGKILL);
		}
		nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, 0);
	}
}

static void kill_in(int dir)
{
	char text[4096];
	struct err e;
	if (io_read_file(dir, "cgroup.procs", text, sizeof text, &e) <= 0)
		return;
	io_write_file(dir, "freezer.state", "THAWED", &e);
	for (char *at = text, *end; *at; at = end) {
		long pid = strtol(at, &end, 10);
		if (end == at)
			break;
		if (pid > 1)
			kill((pid_t)pid, SIGKILL);
	}
}

/* A cgroup of the check's own name, with those below it: a few levels at most. */
static void remove_cgroup(int parent, const char *name, int depth)
{
	struct dir d;
	struct dir_entry entry;
	char below[256];
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	kill_in(fd);
	dir_start(&d, fd);
	while (depth < 8 && dir_next(&d, &entry) == 1) {
		if (entry.type != DT_DIR || snprintf(below, sizeof below, "%s", entry.name) >= (int)sizeof below)
			continue;
		remove_cgroup(fd, below, depth + 1);
	}
	io_close(fd);
	for (int tries = 0; unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno == EBUSY && tries < 100; tries++)
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, 0);
}

static void remove_cgroups_at(const char *mount, const char *below, const char *id)
{
	char path[600];
	snprintf(path, sizeof path, "%s%s", mount, below);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	remove_cgroup(fd, id, 0);
	io_close(fd);
}

static void remove_cgroups(const struct test *t)
{
	struct err e;
	const struct cgroup_host *h = cgroup_host(&e);
	char own[300];
	for (unsigned i = 0; h && i < h->count; i++) {
		const struct cgroup_hierarchy *y = &h->hierarchies[i];
		remove_cgroups_at(y->mount, "", t->id);
		if (!y->own || strcmp(y->own, "/") == 0 || snprintf(own, sizeof own, "%s", y->own) >= (int)sizeof own)
			continue;
		remove_cgroups_at(y->mount, own, t->id);
		char *slash = strrchr(own, '/');
		*slash = 0;
		remove_cgroups_at(y->mount, own, t->id);
	}
}

void test_cleanup(struct test *t)
{
	struct result *r = t->result, kept = *r;
	struct stat st;
	struct err e;
	unsigned limit = t->limit_ms;
	if (t->second)
		test_cleanup(t->second);
	if (stat(t->dir, &st) < 0)
		return;
	t->limit_ms = limit < 5000 ? limit : 5000;
	call(t, "delete", "--force", t->id, (char *)0);
	t->limit_ms = limit;
	*r = kept;
	kill_children();
	remove_cgroups(t);
	static const char *const mounts[] = { "/rootfs", "/tree/below", "/tree" };
	for (size_t i = 0; i < sizeof mounts / sizeof *mounts; i++) {
		char path[300];
		snprintf(path, sizeof path, "%s%s", t->dir, mounts[i]);
		while (umount2(path, MNT_DETACH) == 0)
			;
	}
	int parent = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir_remove_tree(parent, t->dir + 1, &e);
	io_close(parent);
}

/* --- the check ---------------------------------------------------------------------------------------------------------------------------- */
void test_process(const struct run *r, size_t index)
{
	static struct test test;
	struct test *t = &test;
	struct err e;
	const char *why;
	char missing[160];
	test_name(r, index, t);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	umask(0022);
	t->result->failures = 0;
	if ((why = facility_missing(t->check, missing, sizeof missing)))
		skip(t, "%s", why);
	must(t, bundle_make(t, &e) == 0, "%s", e.text);
	if (t->check->unable && (why = t->check->unable(t)))
		skip(t, "%s", why);
	(t->check->outside ? t->check->outside : life_whole)(t);
	stop(t);
}
