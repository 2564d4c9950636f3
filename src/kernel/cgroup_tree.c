/* SPDX-License-Identifier: ISC */
/* The container's directories: made, entered, walked, removed. cgroups(7); the kernel's cgroup-v2 document, "Controlling Controllers", "No Internal Process Constraint". */
#include "kernel/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"
#include "kernel/cgroup_parts.h"
#include "kernel/probe.h"

#define REMOVE_TRIES 200    /* × 10 ms: how long a killed process may take to leave */
#define MOVE_PIDS 8192      /* 2 × 32 KB, if used */
#define MOVE_PASSES 50
#define ENTER_TRIES 5       /* × 30 ms: EINVAL from a task that is still being made */

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, 0);
}

/* Length of path without its last `parts` components. */
static size_t without(const char *path, unsigned parts)
{
	size_t length = strlen(path);
	while (parts--)
		while (length && path[--length] != '/')
			;
	return length;
}

/* Length up to the end of the component that begins at path[from] == '/'. */
static size_t next_part(const char *path, size_t from)
{
	return from + 1 + strcspn(path + from + 1, "/");
}

static int cpuset_inherit_file(const char *parent, const char *child, bool made, const char *file, struct err *e)
{
	char text[1024];
	if (!made) {
		/* somebody else's, or just made by another runtime: it may be set already */
		ssize_t n = cgroup_get(child, file, text, sizeof text, e);
		if (n != 1)
			return n < 0 ? -1 : 0;
	}
	return cgroup_get(parent, file, text, sizeof text, e) < 0 ? -1 : cgroup_put(child, file, text, e);
}

/* v1: a new cpuset is empty, and no process can be in it. */
static int cpuset_inherit(const char *child, bool made, struct err *e)
{
	char parent[LIMIT_PATH_BYTES];
	size_t length = without(child, 1);
	memcpy(parent, child, length);
	parent[length] = 0;
	if (cpuset_inherit_file(parent, child, made, "cpuset.cpus", e) < 0)
		return -1;
	return cpuset_inherit_file(parent, child, made, "cpuset.mems", e);
}

/* mkdir of the directories that are missing, from the first of d->made on. */
static int make_parents(const char *path, struct cgroup_dir *d, struct err *e)
{
	char part[LIMIT_PATH_BYTES];
	size_t length = strlen(path);
	for (size_t at = without(path, d->made); at < length; at = next_part(path, at)) {
		size_t end = next_part(path, at);
		memcpy(part, path, end);
		part[end] = 0;
		bool made = mkdir(part, 0755) == 0;
		if (!made && errno != EEXIST)
			return err_sys(e, "cannot make cgroup %s", part);
		if (!d->v2 && d->controllers & CGROUP_BIT(CGROUP_CPUSET) && cpuset_inherit(part, made, e) < 0)
			return -1;
	}
	return 0;
}

/* Init would never come to an answer in there. */
static bool is_frozen(const char *path, const struct cgroup_dir *d)
{
	char state[16];
	struct err unused;
	return cgroup_get(path, d->v2 ? "cgroup.freeze" : "freezer.state", state, sizeof state, &unused) > 0 && (*state == '1' || *state == 'F');   /* FROZEN, FREEZING */
}

/* A cgroup that was there before may be used if nobody is in it; it is not ours to remove. */
static int use_existing(const char *path, struct cgroup_dir *d, struct err *e)
{
	char byte[2];
	struct err ignored;
	d->made = 0;
	if (is_frozen(path, d))
		return err_num(e, EDEADLK, "container's cgroup unexpectedly frozen: %s", path);
	ssize_t n = cgroup_get(path, "cgroup.procs", byte, sizeof byte, &ignored);
	if (n > 0 || (n < 0 && ignored.number == E2BIG))
		return err_num(e, EBUSY, "container's cgroup is not empty: %s", path);
	return 0;
}

static int enable_error(const char *directory, const char *list, struct err *e)
{
	if (e->number == EBUSY)
		return err_num(e, EBUSY, "cannot enable %s in cgroup %s: it has processes of its own (cgroups(7), no internal processes)", list, directory);
	if (e->number == EOPNOTSUPP)
		return err_num(e, EOPNOTSUPP, "cannot enable %s in cgroup %s: it is threaded", list, directory);
	return -1;
}

/* All that there are, as far as they can be had: others tell what a container uses by files that only an enabled controller makes (engines' stats, kubelet). */
static bool enable_all(char parent[LIMIT_PATH_BYTES], const char *path, size_t top, size_t length)
{
	char file[LIMIT_PATH_BYTES], list[256], text[256];
	struct err e;
	bool enabled = false;
	snprintf(file, sizeof file, "%.*s/cgroup.controllers", (int)top, path);
	if (io_read_kernel_file(file, list, sizeof list, &e) <= 0)
		return false;
	list[strcspn(list, "\n")] = 0;
	for (size_t at = top; ; at = next_part(path, at)) {
		size_t used = 0;
		memcpy(parent, path, at);
		parent[at] = 0;
		for (const char *word = list; *word && used < sizeof text; word += strspn(word, " ")) {
			size_t n = strcspn(word, " ");
			used += (size_t)snprintf(text + used, sizeof text - used, "+%.*s ", (int)n, word);
			word += n;
		}
		enabled = used && cgroup_put(parent, "cgroup.subtree_control", text, &e) == 0;
		/* where it has processes, some alone would make it a threaded one, in which no container can be */
		if (!enabled && e.number != ENOENT && e.number != EINVAL)
			return false;
		for (char *word = text, *end; !enabled && (end = strchr(word, ' ')); word = end + 1) {
			*end = 0;
			cgroup_put(parent, "cgroup.subtree_control", word, &e);
		}
		if (at >= length)
			return enabled;
	}
}

/* v2: controllers are enabled in a parent for its children. The nearest parent mostly has them to give; else from the top down. */
static int enable_controllers(const char *path, const struct cgroup_dir *d, bool alone, struct err *e)
{
	char list[128] = "", parent[LIMIT_PATH_BYTES];
	size_t used = 0, length = without(path, 1);
	for (int c = 0; c < CGROUP_CONTROLLERS; c++)
		if (d->controllers & CGROUP_BIT(c) && cgroup_word_v2(c))
			used += (size_t)snprintf(list + used, sizeof list - used, "%s+%s", used ? " " : "", cgroup_word_v2(c));
	if ((alone && enable_all(parent, path, d->top, length)) || !used)
		return 0;
	memcpy(parent, path, length);
	parent[length] = 0;
	if (cgroup_put(parent, "cgroup.subtree_control", list, e) == 0)
		return 0;
	if (e->number != ENOENT)
		return enable_error(parent, list, e);
	for (size_t at = d->top; at <= length; at = next_part(path, at)) {
		memcpy(parent, path, at);
		parent[at] = 0;
		if (cgroup_put(parent, "cgroup.subtree_control", list, e) < 0)
			return enable_error(parent, list, e);
		if (at == length)
			break;
	}
	return 0;
}

static int remove_one(const char *path, const struct cgroup_dir *d, struct err *e);

static int create_one(const char *path, struct cgroup_dir *d, bool alone, struct err *e)
{
	bool cpuset = !d->v2 && d->controllers & CGROUP_BIT(CGROUP_CPUSET);
	if (mkdir(path, 0755) == 0) {
		d->made = d->made ? d->made : 1;
		if (cpuset && cpuset_inherit(path, true, e) < 0)
			return -1;
	} else if (errno == EEXIST) {
		if (use_existing(path, d, e) < 0)
			return -1;
	} else if (errno != ENOENT) {
		d->made = 0;
		return err_sys(e, "cannot make cgroup %s", path);
	} else if (make_parents(path, d, e) < 0) {
		return -1;
	}
	return d->v2 ? enable_controllers(path, d, alone, e) : 0;
}

/* Others make hierarchies that we know nothing of, and need not let us into them. */
static void give_up(struct cgroup *g, unsigned i, const struct err *why)
{
	struct err unused;
	log_debug("not in every hierarchy: %s", why->text);
	remove_one(cgroup_path(g, i), &g->dirs[i], &unused);
	memmove(&g->dirs[i], &g->dirs[i + 1], (--g->count - i) * sizeof *g->dirs);
}

int cgroup_create(struct cgroup *g, struct err *e)
{
	for (unsigned i = 0; i < g->count; ) {
		if (create_one(cgroup_path(g, i), &g->dirs[i], g->count == 1, e) == 0) {
			i++;
		} else if (g->dirs[i].spare && e->number != EDEADLK && e->number != EBUSY) {   /* a cgroup that was asked for: frozen, or somebody's */
			give_up(g, i, e);
		} else {
			/* the later ones were not tried, and what is there is not ours */
			for (unsigned later = i + 1; later < g->count; later++)
				g->dirs[later].made = 0;
			return -1;
		}
	}
	return 0;
}

int cgroup_clone_fd(const struct cgroup *g, struct err *e)
{
	const struct cgroup_dir *d = cgroup_dir_v2(g);
	e->number = 0;
	if (!d)
		return -1;
	int fd = openat(AT_FDCWD, cgroup_dir_path(g, d), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_sys(e, "cannot open cgroup %s", cgroup_dir_path(g, d)) : fd;
}

int cgroup_enter(const struct cgroup *g, pid_t pid, bool v2_too, struct err *e)
{
	for (unsigned i = 0; i < g->count; i++) {
		int tries = 0;
		if (g->dirs[i].v2 && !v2_too)
			continue;
		while (cgroup_put_number(cgroup_path(g, i), "cgroup.procs", pid, e) < 0) {
			if (g->dirs[i].spare && e->number != ESRCH) {
				log_debug("%s", e->text);
				break;
			}
			if (e->number != EINVAL || ++tries == ENTER_TRIES)
				return -1;
			pause_ms(30);
		}
	}
	return 0;
}

/* A cgroup that goes while it is looked at has nothing below it. */
static int unless_gone(void)
{
	return errno == ENOENT || errno == ENODEV ? 0 : -1;
}

/* Opens path and finds its first sub-directory, or the one behind `after`; appends it. 1, 0 none, -1 with errno. */
static int descend(char *path, size_t size, const char *after)
{
	struct dir dir;
	struct dir_entry entry;
	bool passed = !after;
	size_t length = strlen(path);
	int found = 0, more, fd = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return unless_gone();
	dir_start(&dir, fd);
	while (!found && (more = dir_next(&dir, &entry)) > 0) {
		if (entry.type != DT_DIR)
			continue;
		if (!passed) {
			passed = strcmp(entry.name, after) == 0;
			continue;
		}
		found = (size_t)snprintf(path + length, size - length, "/%s", entry.name) < size - length;
		if (!found)
			path[length] = 0;
	}
	if (!found && more < 0)
		found = unless_gone();
	io_close(fd);
	return found;
}

int cgroup_walk(char *path, size_t size, size_t base)
{
	char name[256];
	int found = descend(path, size, 0);
	while (!found && strlen(path) > base) {
		char *slash = strrchr(path, '/');
		snprintf(name, sizeof name, "%s", slash + 1);
		*slash = 0;
		found = descend(path, size, name);
	}
	return found;
}

/* rmdir of all below path, deepest first. */
static void remove_below(const char *path)
{
	char at[LIMIT_PATH_BYTES];
	size_t base = strlen(path);
	memcpy(at, path, base + 1);
	while (descend(at, sizeof at, 0) > 0) {
		while (descend(at, sizeof at, 0) > 0)
			;
		if (rmdir(at) < 0)
			return;
		at[base] = 0;
	}
}

static int remove_one(const char *path, const struct cgroup_dir *d, struct err *e)
{
	char part[LIMIT_PATH_BYTES];
	size_t length = strlen(path);
	if (!d->made)
		return 0;
	for (int tries = 0; rmdir(path) < 0 && errno != ENOENT; tries++) {
		if (errno != EBUSY || tries == REMOVE_TRIES)
			return err_sys(e, "cannot remove cgroup %s", path);
		remove_below(path);
		if (tries)
			pause_ms(10);
	}
	/* parents that we made go too, unless somebody else uses them by now */
	memcpy(part, path, length + 1);
	for (unsigned i = 1; i < d->made; i++) {
		part[without(part, 1)] = 0;
		if (rmdir(part) < 0 && errno != ENOENT)
			break;
	}
	return 0;
}

int cgroup_remove(const struct cgroup *g, struct err *e)
{
	struct err other;
	int result = 0;
	for (unsigned i = 0; i < g->count; i++)
		if (remove_one(cgroup_path(g, i), &g->dirs[i], result ? &other : e) < 0)
			result = -1;
	return result;
}

void cgroup_shrink(const struct cgroup *g, unsigned first)
{
	struct err unused;
	for (unsigned i = first; i < g->count; i++)
		remove_one(cgroup_path(g, i), &g->dirs[i], &unused);
}

int cgroup_grow(struct cgroup *g, unsigned first, struct err *e)
{
	for (unsigned i = 0; i < g->count; i++) {
		struct cgroup_dir *d = &g->dirs[i];
		if (i < first && (!d->v2 || enable_controllers(cgroup_path(g, i), d, false, e) == 0))
			continue;
		if (i >= first && create_one(cgroup_path(g, i), d, false, e) == 0)
			continue;
		for (unsigned later = i < first ? first : i + 1; later < g->count; later++)
			g->dirs[later].made = 0;
		cgroup_shrink(g, first);
		return -1;
	}
	return 0;
}

/* A process that leaves meanwhile is no error. */
static int move_all(const struct cgroup *g, unsigned first, const pid_t *pids, size_t count, struct err *e)
{
	for (size_t p = 0; p < count; p++)
		for (unsigned i = 0; i < g->count; i++)
			if ((i >= first || g->dirs[i].due) && cgroup_put_number(cgroup_path(g, i), "cgroup.procs", pids[p], e) < 0 && e->number != ESRCH)
				return -1;
	return 0;
}

/* Children of a process are where it is: those born before it was moved are moved with the next list. */
int cgroup_move(const struct cgroup *g, unsigned first, struct err *e)
{
	static LARGE pid_t lists[2][MOVE_PIDS];
	size_t count = 0, before = 0;
	bool any = first < g->count;
	for (unsigned i = 0; i < g->count; i++)
		any |= g->dirs[i].due;
	if (!any)
		return 0;
	for (int pass = 0; pass < MOVE_PASSES; pass++) {
		pid_t *list = lists[pass & 1], *last = lists[!(pass & 1)];
		if (cgroup_pids(g, list, MOVE_PIDS, &count, e) < 0)
			return -1;
		if (count > MOVE_PIDS)
			return err_set(e, "more than %d processes to be moved into new cgroups (kernel/cgroup_tree.c: MOVE_PIDS)", MOVE_PIDS);
		if (pass && count == before && memcmp(list, last, count * sizeof *list) == 0)
			return 0;
		if (move_all(g, first, list, count, e) < 0)
			return -1;
		before = count;
	}
	return err_set(e, "the container makes processes faster than they can be moved into new cgroups");
}
