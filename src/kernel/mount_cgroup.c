/* SPDX-License-Identifier: ISC */
/* Mounts of type "cgroup": what a container may see of the host's control groups. Only hierarchies where it has a cgroup of its own are shown.
 * runtime-spec, config-linux.md, "Default Filesystems"; cgroup_namespaces(7). */
#include "kernel/mount_cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/path.h"
#include "base/str.h"
#include "kernel/cgroup_parts.h"

#define SAFE_FLAGS (MS_NOSUID | MS_NODEV | MS_NOEXEC)

static bool is_refused(const struct err *e)
{
	return e->number == EPERM || e->number == EBUSY || e->number == EACCES;
}

static int apply(const struct mount_request *r, const char *destination, const char *type, const char *source, unsigned long flags, const char *data,
		 struct err *e)
{
	struct mount_options options = *r->options;
	struct mount_request one = *r;
	options.flags = flags;
	options.cleared = 0;
	options.data[0] = 0;
	options.data_length = 0;
	if (data && mount_option_add(&options, data, e) < 0)
		return -1;
	one.destination = destination;
	one.type = type;
	one.source = source;
	one.source_fd = -1;
	one.options = &options;
	one.label = 0;
	return mount_apply(&one, e);
}

/* A new cgroup2 shows the namespace's part, or all; where that is refused (a user namespace without a cgroup namespace) the container's own directory is bound. */
static int mount_v2(const struct mount_request *r, const char *destination, const char *own, bool cgroup_namespace, unsigned long flags, struct err *e)
{
	if (cgroup_namespace) {
		if (apply(r, destination, "cgroup2", "cgroup", flags, *r->options->data ? r->options->data : 0, e) == 0)
			return 0;
		if (!is_refused(e))
			return -1;
	}
	return apply(r, destination, 0, own, flags | MS_BIND | MS_REC, 0, e);
}

static void list_controllers(uint32_t controllers, char *list, size_t size)
{
	size_t used = 0;
	*list = 0;
	for (int c = 0; c < CGROUP_CONTROLLERS; c++)
		if (controllers & CGROUP_BIT(c) && used < size)
			used += (size_t)snprintf(list + used, size - used, "%s%s", used ? "," : "", cgroup_word(c));
}

static int mount_v1(const struct mount_request *r, const char *destination, const char *own, uint32_t controllers, bool cgroup_namespace, unsigned long flags,
		    struct err *e)
{
	char list[160];
	list_controllers(controllers, list, sizeof list);
	if (cgroup_namespace) {
		if (apply(r, destination, "cgroup", "cgroup", flags, list, e) == 0)
			return 0;
		if (!is_refused(e))
			return -1;
	}
	return apply(r, destination, 0, own, flags | MS_BIND | MS_REC, 0, e);
}

/* "cpu" → "cpu,cpuacct" */
static int link_controllers(const struct mount_request *r, const char *name, struct err *e)
{
	char word[64];
	int directory = path_open(r->root_fd, r->destination, O_PATH | O_DIRECTORY, 0), result = 0;
	if (directory < 0)
		return err_sys(e, "cannot open the mount");
	for (const char *at = name; *at && result == 0; ) {
		size_t length = strcspn(at, ",");
		snprintf(word, sizeof word, "%.*s", (int)length, at);
		if (symlinkat(name, directory, word) < 0 && errno != EEXIST)
			result = err_sys(e, "cannot make the symlink %s", word);
		at += length + (at[length] != 0);
	}
	io_close(directory);
	return result;
}

static int mount_one(const struct mount_request *r, const struct cgroup *own, const struct cgroup_dir *d, bool cgroup_namespace, unsigned long flags,
		     struct err *e)
{
	char destination[LIMIT_PATH_BYTES], mount_point[LIMIT_PATH_BYTES];
	const char *path = cgroup_dir_path(own, d);
	/* under the name that the host's mount point has */
	memcpy(mount_point, path, d->top);
	mount_point[d->top] = 0;
	const char *slash = strrchr(mount_point, '/'), *name = slash ? slash + 1 : mount_point;
	if (str_format(destination, sizeof destination, e, "%s/%s", r->destination, name) < 0)
		return -1;
	if (d->v2)
		return mount_v2(r, destination, path, cgroup_namespace, flags, e);
	if (mount_v1(r, destination, path, d->controllers, cgroup_namespace, flags, e) < 0)
		return -1;
	return strchr(name, ',') ? link_controllers(r, name, e) : 0;
}

int mount_cgroup(const struct mount_request *r, const struct cgroup *own, bool cgroup_namespace, struct err *e)
{
	const struct cgroup_host *h = cgroup_host(e);
	unsigned long flags = r->options->flags;
	if (!h)
		return -1;
	if (!own->count)
		return err_set(e, "there are no cgroups here to mount (CONFIG_CGROUPS)");
	if (h->count == 1 && h->v2 == 0)
		return mount_v2(r, r->destination, cgroup_path(own, 0), true, flags, e);   /* without a namespace all of it, as others have it */
	if (apply(r, r->destination, "tmpfs", "tmpfs", SAFE_FLAGS, "mode=755", e) < 0)
		return -1;
	for (unsigned i = 0; i < own->count; i++)
		if (mount_one(r, own, &own->dirs[i], cgroup_namespace, flags | SAFE_FLAGS, e) < 0)
			return -1;
	return flags & MS_RDONLY ? mount_readonly(r->root_fd, r->destination, e) : 0;
}
