/* SPDX-License-Identifier: ISC */
/* Cgroups below a container's own, which its processes or the caller made: to enter them. cgroups(7), "No internal processes". */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/path.h"
#include "base/str.h"
#include "kernel/cgroup.h"
#include "kernel/cgroup_parts.h"

#define PROC_CGROUP_BYTES 8192

/* The path behind "0::" in /proc/PID/cgroup; 0: there is none. */
static char *v2_path(pid_t pid, char text[PROC_CGROUP_BYTES])
{
	char path[48];
	snprintf(path, sizeof path, "/proc/%d/cgroup", (int)pid);
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : io_read(fd, text, PROC_CGROUP_BYTES - 1);
	io_close(fd);
	if (got < 0)
		return 0;
	text[got] = 0;
	char *line = strncmp(text, "0::/", 4) == 0 ? text : strstr(text, "\n0::/");
	if (!line)
		return 0;
	line += *line == '\n' ? 4 : 3;
	line[strcspn(line, "\n")] = 0;
	return line;
}

int cgroup_enter_beside(pid_t beside, pid_t pid, struct err *e)
{
	char text[PROC_CGROUP_BYTES], directory[LIMIT_PATH_BYTES];
	const struct cgroup_host *host = cgroup_host(e);
	const char *path = host && host->v2 >= 0 ? v2_path(beside, text) : 0;
	if (!path)
		return err_num(e, ENOENT, "cannot tell the v2 cgroup of process %d", (int)beside);
	const struct cgroup_hierarchy *v2 = &host->hierarchies[host->v2];
	size_t root = strcmp(v2->root, "/") == 0 ? 0 : strlen(v2->root);
	if (strncmp(path, v2->root, root) != 0)
		return err_num(e, ENOENT, "the v2 cgroup of process %d is not mounted here", (int)beside);
	if (str_format(directory, sizeof directory, e, "%s%s", v2->mount, path + root) < 0)
		return -1;
	return cgroup_put_number(directory, "cgroup.procs", pid ? pid : getpid(), e);
}

static bool leads_out(const char *path)
{
	for (const char *at = path; (at = strstr(at, "..")); at += 2)
		if ((at == path || at[-1] == '/') && (!at[2] || at[2] == '/'))
			return true;
	return false;
}

/* Whether the list of words before the colon has one of the directory's controllers. */
static bool named(const struct cgroup_dir *d, const char *list, size_t length)
{
	for (size_t at = 0; at < length; at += strcspn(list + at, ",:") + 1)
		for (int c = 0; c < CGROUP_CONTROLLERS; c++) {
			size_t word = strcspn(list + at, ",:");
			if (d->controllers & CGROUP_BIT(c) && strlen(cgroup_word((enum cgroup_controller)c)) == word && memcmp(cgroup_word((enum cgroup_controller)c), list + at, word) == 0)
				return true;
		}
	return false;
}

static int descend(struct cgroup *g, struct cgroup_dir *d, const char *path, struct err *e)
{
	struct stat st;
	char *room = g->text + g->used;
	size_t bytes = sizeof g->text - g->used;
	if (str_format(room, bytes, e, "%s/%s", cgroup_dir_path(g, d), path) < 0 || path_clean(room, room, bytes) < 0)
		return err_set(e, "\"%s\": too long", path);
	if (stat(room, &st) < 0)
		return err_sys(e, "error adding pid to cgroup %s", room);
	d->path = (uint16_t)g->used;
	g->used += strlen(room) + 1;
	return 0;
}

int cgroup_descend(struct cgroup *g, const char *where, struct err *e)
{
	const char *colon = strchr(where, ':');
	const char *path = colon ? colon + 1 : where;
	bool known = false, entered = false;
	if (leads_out(path))
		return err_set(e, "bad sub cgroup path \"%s\": `..` components are not allowed: it leads out of the container's cgroup", path);
	for (unsigned i = 0; i < g->count; i++) {
		if (colon && !named(&g->dirs[i], where, (size_t)(colon - where)))
			continue;
		known = true;
		if (descend(g, &g->dirs[i], path, e) == 0)
			entered = true;
		else if (colon || e->number != ENOENT)
			return -1;
	}
	return entered ? 0 : known ? -1 : err_set(e, "unknown controller \"%s\": the container has no such cgroup", where);
}
