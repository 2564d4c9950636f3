/* SPDX-License-Identifier: ISC */
/* Notices that a cgroup ran out of memory: the kernel's cgroup-v1/memory document, 9, 10; its cgroup-v2 document, memory.events; inotify(7). */
#include "kernel/cgroup_oom.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>

#include "base/io.h"
#include "base/limits.h"
#include "kernel/cgroup_parts.h"

static int open_v1(const char *directory, struct err *e)
{
	char path[LIMIT_PATH_BYTES + 32], text[32];
	snprintf(path, sizeof path, "%s/memory.oom_control", directory);
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), control = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC), result = -1;
	if (fd < 0 || control < 0)
		err_sys(e, "cannot watch %s", path);
	else {
		snprintf(text, sizeof text, "%d %d", fd, control);
		result = cgroup_put(directory, "cgroup.event_control", text, e);
	}
	io_close(control);
	return result < 0 ? io_close(fd) : fd;
}

static int open_v2(const char *directory, struct err *e)
{
	char path[LIMIT_PATH_BYTES + 32];
	snprintf(path, sizeof path, "%s/memory.events", directory);
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (fd >= 0 && inotify_add_watch(fd, path, IN_MODIFY) >= 0)
		return fd;
	err_sys(e, "cannot watch %s", path);
	return io_close(fd);
}

int cgroup_oom_open(const struct cgroup *g, struct cgroup_oom *o, struct err *e)
{
	const struct cgroup_dir *d = cgroup_dir_of(g, CGROUP_MEMORY);
	*o = (struct cgroup_oom){ .fd = -1, .v2 = d && d->v2, .kills = cgroup_oom_kills(g) };
	if (!d)
		return 0;
	o->fd = d->v2 ? open_v2(cgroup_dir_path(g, d), e) : open_v1(cgroup_dir_path(g, d), e);
	return o->fd < 0 ? -1 : 0;
}

bool cgroup_oom_take(const struct cgroup *g, struct cgroup_oom *o)
{
	_Alignas(8) char buffer[4096];
	bool something = false;
	if (o->fd < 0)
		return false;
	while (read(o->fd, buffer, sizeof buffer) > 0)
		something = true;
	if (!o->v2)
		return something && cgroup_exists(g);   /* the end of a v1 cgroup is told in the same way */
	uint64_t before = o->kills;
	o->kills = cgroup_oom_kills(g);
	return o->kills > before;
}
