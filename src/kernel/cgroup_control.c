/* SPDX-License-Identifier: ISC */
/* The processes inside: listed, signalled, frozen. cgroups(7); the kernel's cgroup-v2 document, cgroup.procs, cgroup.kill, cgroup.freeze, cgroup.events;
 * cgroup-v1/freezer-subsystem. */
#include "kernel/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/str.h"
#include "kernel/cgroup_parts.h"
#include "kernel/mountinfo.h"
#include "kernel/probe.h"

#define TRIES 200          /* × 10 ms */
#define GATHERED 256
#define FREEZE_AGAIN 50    /* v1: after so many looks the cgroup is thawed once, since new processes can keep it from freezing */

static void pause_10_ms(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, 0);
}

/* The directory that knows all processes: every one of ours does; the v2 one can do most. */
static const struct cgroup_dir *tracking(const struct cgroup *g)
{
	const struct cgroup_dir *d = cgroup_dir_v2(g);
	if (!d)
		d = cgroup_dir_of(g, CGROUP_FREEZER);
	return d || !g->count ? d : &g->dirs[0];
}

bool cgroup_exists(const struct cgroup *g)
{
	const struct cgroup_dir *d = tracking(g);
	return d && (access(cgroup_dir_path(g, d), F_OK) == 0 || errno != ENOENT);   /* one that can't be looked at is no reason to pass over its processes */
}

struct list { pid_t *pids; size_t max, count; int signal; pid_t denied; };   /* signal 0: none; denied: one that we may not signal, or 0 */

static int take_pid(void *context, char *line)
{
	struct list *list = context;
	uint64_t number;
	if (str_u64(line, &number) < 0 || !number)   /* 0: a process of a PID namespace that we don't see into */
		return 0;
	pid_t pid = (pid_t)number;
	if (list->count < list->max)
		list->pids[list->count] = pid;
	list->count++;
	if (list->signal && kill(pid, list->signal) < 0 && errno == EPERM)   /* ESRCH: gone already */
		list->denied = pid;
	return 0;
}

static int list_directory(const char *directory, struct list *list, struct err *e)
{
	char path[LIMIT_PATH_BYTES + 16];
	int result = 0;
	snprintf(path, sizeof path, "%s/cgroup.procs", directory);
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		result = lines_each(fd, take_pid, list, e);
	else if (errno != ENOENT && errno != ENODEV)
		result = err_sys(e, "cannot open");
	io_close(fd);
	/* threaded cgroups show their processes in the root of their domain, which is ours or above; a vanished one has none */
	if (result < 0 && (e->number == EOPNOTSUPP || e->number == ENODEV))
		result = 0;
	return result < 0 ? err_at(e, "%s", path) : 0;
}

/* All directories of the container, in any order. */
static int walk_all(const struct cgroup *g, struct list *list, struct err *e)
{
	char path[LIMIT_PATH_BYTES];
	const struct cgroup_dir *d = tracking(g);
	if (!d)
		return 0;
	size_t base = (size_t)snprintf(path, sizeof path, "%s", cgroup_dir_path(g, d));
	int more;
	do {
		if (list_directory(path, list, e) < 0)
			return -1;
	} while ((more = cgroup_walk(path, sizeof path, base)) > 0);
	return more < 0 ? err_sys(e, "cannot read %s", path) : 0;
}

void cgroup_gather(const struct cgroup *g)
{
	struct err unused;
	pid_t pids[GATHERED];
	for (size_t i = 0; i < g->count; i++) {
		struct list list = { .pids = pids, .max = GATHERED };
		list_directory(cgroup_dir_path(g, &g->dirs[i]), &list, &unused);
		for (size_t pid = 0; pid < list.count && pid < GATHERED; pid++)
			cgroup_enter(g, pids[pid], false, &unused);
	}
}

int cgroup_pids(const struct cgroup *g, pid_t *pids, size_t max, size_t *count, struct err *e)
{
	struct list list = { .pids = pids, .max = max };
	int result = walk_all(g, &list, e);
	*count = list.count;
	return result;
}

/* A frozen v1 task takes its SIGKILL only when it is thawed. */
static void thaw_v1(const struct cgroup *g)
{
	struct err e;
	const struct cgroup_dir *d = cgroup_dir_of(g, CGROUP_FREEZER);
	if (d && !d->v2)
		cgroup_put(cgroup_dir_path(g, d), "freezer.state", "THAWED", &e);
}

static int kill_all(const struct cgroup *g, struct err *e)
{
	const struct cgroup_dir *d = cgroup_dir_v2(g);
	struct list list = { .signal = SIGKILL };
	if (d && cgroup_put(cgroup_dir_path(g, d), "cgroup.kill", "1", e) == 0) {
		thaw_v1(g);
		return 0;
	}
	/* before Linux 5.14: kill, thaw, look again for what was forked meanwhile */
	for (int tries = 0; tries < TRIES; tries++) {
		list.count = 0;
		if (walk_all(g, &list, e) < 0)
			return -1;
		thaw_v1(g);
		if (!list.count)
			return 0;
		pause_10_ms();
	}
	return err_num(e, EBUSY, "%zu processes are still in the cgroup after SIGKILL", list.count);
}

int cgroup_signal(const struct cgroup *g, int signal, struct err *e)
{
	struct list list = { .signal = signal };
	if (signal == SIGKILL)   /* whom we may not kill shows as one that stays */
		return kill_all(g, e);
	return walk_all(g, &list, e) < 0 ? -1 : list.denied ? err_num(e, EPERM, "cannot signal process %d", (int)list.denied) : 0;
}

static int freeze_v2(const char *directory, bool frozen, struct err *e)
{
	uint64_t now = !frozen;
	struct err ignored;
	if (cgroup_put(directory, "cgroup.freeze", frozen ? "1" : "0", e) < 0)
		return -1;
	err_num(e, ETIMEDOUT, "cgroup %s does not %s", directory, frozen ? "freeze" : "thaw");
	for (int tries = 0; tries < TRIES; tries++) {
		if (cgroup_get_keyed(directory, "cgroup.events", "frozen", &now) < 0) {
			err_sys(e, "cannot read %s/cgroup.events", directory);
			break;
		}
		if (now == (uint64_t)frozen)
			return 0;
		pause_10_ms();
	}
	if (frozen)   /* not to leave it half frozen, or frozen when nobody is told */
		cgroup_put(directory, "cgroup.freeze", "0", &ignored);
	return -1;
}

static int state_v1(const char *directory)
{
	char text[16];
	struct err unread;
	return cgroup_get(directory, "freezer.state", text, sizeof text, &unread) < 0 ? -1 : strncmp(text, "FROZEN", 6) == 0;
}

static int freeze_v1(const char *directory, bool frozen, struct err *e)
{
	struct err ignored;
	for (int tries = 0; tries < TRIES; tries++) {
		if (cgroup_put(directory, "freezer.state", frozen ? "FROZEN" : "THAWED", e) < 0)
			return -1;
		if (state_v1(directory) == (int)frozen)
			return 0;
		if (tries % FREEZE_AGAIN == FREEZE_AGAIN - 1)
			cgroup_put(directory, "freezer.state", "THAWED", &ignored);
		pause_10_ms();
	}
	cgroup_put(directory, "freezer.state", "THAWED", &ignored);
	return err_num(e, ETIMEDOUT, "cgroup %s does not %s", directory, frozen ? "freeze" : "thaw");
}

int cgroup_freeze(const struct cgroup *g, bool frozen, struct err *e)
{
	const struct cgroup_dir *d = cgroup_dir_v2(g);
	if (d && !frozen)
		thaw_v1(g);   /* of a hybrid host: somebody else froze it there */
	if (d)
		return freeze_v2(cgroup_dir_path(g, d), frozen, e);
	d = cgroup_dir_of(g, CGROUP_FREEZER);
	if (d)
		return freeze_v1(cgroup_dir_path(g, d), frozen, e);
	return err_num(e, ENOENT, "no %s for this container (%s)", probe_name(FACILITY_CGROUP_FREEZER), probe_option(FACILITY_CGROUP_FREEZER));
}

int cgroup_frozen(const struct cgroup *g)
{
	uint64_t frozen = 0;
	const struct cgroup_dir *d = cgroup_dir_v2(g);
	if (d && cgroup_get_keyed(cgroup_dir_path(g, d), "cgroup.events", "frozen", &frozen) < 0 && errno != ENOENT && errno != ENODEV && errno != EACCES)
		return -1;
	if (frozen)
		return 1;
	d = cgroup_dir_of(g, CGROUP_FREEZER);
	return d && !d->v2 && state_v1(cgroup_dir_path(g, d)) == 1;
}

uint64_t cgroup_oom_kills(const struct cgroup *g)
{
	uint64_t count;
	const struct cgroup_dir *d = cgroup_dir_of(g, CGROUP_MEMORY);
	if (!d || cgroup_get_keyed(cgroup_dir_path(g, d), d->v2 ? "memory.events" : "memory.oom_control", "oom_kill", &count) < 0)
		return 0;
	return count;
}
