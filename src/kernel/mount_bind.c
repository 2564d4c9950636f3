/* SPDX-License-Identifier: ISC */
/* Bind mounts. With flags: the tree is cloned, gets its attributes while nobody sees it, and is attached by fd (Linux 5.12); else mount, then remount as runc does.
 * runtime-spec, config.md, "Mounts"; mount_setattr(2), mount(2) "Creating a bind mount", "Remounting". */
#include "kernel/mount_bind.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/path.h"
#include "kernel/probe.h"

#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256ul
#endif
#ifndef AT_NO_AUTOMOUNT
#define AT_NO_AUTOMOUNT 0x800
#endif
#define ATIME_FLAGS (MS_NOATIME | MS_RELATIME | MS_STRICTATIME)
#define LOCKABLE_FLAGS (MS_RDONLY | MS_NODEV | MS_NOEXEC | MS_NOSUID | MS_NODIRATIME | ATIME_FLAGS)
#define OTHER_FLAGS (MS_BIND | MS_REC | MS_REMOUNT)

static const struct { unsigned long ms; uint64_t attr; unsigned long st; } flag_map[] = {
	{ MS_RDONLY, SYS_MOUNT_ATTR_RDONLY, ST_RDONLY }, { MS_NOSUID, SYS_MOUNT_ATTR_NOSUID, ST_NOSUID }, { MS_NODEV, SYS_MOUNT_ATTR_NODEV, ST_NODEV },
	{ MS_NOEXEC, SYS_MOUNT_ATTR_NOEXEC, ST_NOEXEC }, { MS_NODIRATIME, SYS_MOUNT_ATTR_NODIRATIME, ST_NODIRATIME },
	{ MS_NOSYMFOLLOW, SYS_MOUNT_ATTR_NOSYMFOLLOW, 0 }, { MS_NOATIME, SYS_MOUNT_ATTR_NOATIME, ST_NOATIME },
	{ MS_STRICTATIME, SYS_MOUNT_ATTR_STRICTATIME, 0 }, { MS_RELATIME, 0, ST_RELATIME },
};
#define FLAGS (sizeof flag_map / sizeof *flag_map)

static uint64_t attributes(unsigned long flags)
{
	uint64_t attr = 0;
	for (size_t i = 0; i < FLAGS; i++)
		if (flags & flag_map[i].ms)
			attr |= flag_map[i].attr;
	return attr;
}

static bool wants_flags(const struct mount_options *o)
{
	return (o->flags & ~(unsigned long)OTHER_FLAGS) || o->cleared;
}

static bool wants_mapping(const struct mount_request *r)
{
	return r->userns_fd >= 0 || (r->options->extensions & (MOUNT_IDMAP | MOUNT_RIDMAP));
}

/* First exactly the flags that were asked for, the source's others cleared, as mount(8) does; where the source's are locked (a user namespace),
 * what was asked for on top of them, and what was explicitly cleared. */
static int set_flags(int tree, const struct mount_options *o)
{
	uint64_t all = SYS_MOUNT_ATTR_RDONLY | SYS_MOUNT_ATTR_NOSUID | SYS_MOUNT_ATTR_NODEV | SYS_MOUNT_ATTR_NOEXEC | SYS_MOUNT_ATTR_NODIRATIME;
	uint64_t atime = (o->flags | o->cleared) & ATIME_FLAGS ? SYS_MOUNT_ATTR_ATIME : 0;
	struct sys_mount_attr attr = { .attr_set = attributes(o->flags) };
	attr.attr_clr = (all & ~attr.attr_set) | atime | (attributes(o->cleared) & SYS_MOUNT_ATTR_NOSYMFOLLOW);
	if (sys_mount_setattr(tree, "", AT_EMPTY_PATH, &attr) == 0)
		return 0;
	if (errno != EPERM)
		return -1;
	attr.attr_clr = (attributes(o->cleared) & ~(uint64_t)SYS_MOUNT_ATTR_ATIME) | atime;
	return sys_mount_setattr(tree, "", AT_EMPTY_PATH, &attr);
}

static int set_mapping(int tree, const struct mount_request *r, struct err *e)
{
	struct sys_mount_attr attr = { .attr_set = SYS_MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)r->userns_fd };
	unsigned recursive = r->options->extensions & MOUNT_RIDMAP ? SYS_AT_RECURSIVE : 0;
	if (r->userns_fd < 0)
		return err_set(e, "idmap: no mapping: the mount has none, and there is no user namespace");
	if (sys_mount_setattr(tree, "", AT_EMPTY_PATH | recursive, &attr) == 0)
		return 0;
	if (errno == ENOSYS)
		return probe_need(FACILITY_MOUNT_SETATTR, e) < 0 ? -1 : err_sys(e, "cannot map the mount's IDs");
	return err_sys(e, "cannot map the mount's IDs%s", errno == EINVAL ? " (the filesystem can't)" : "");
}

int mount_bind_finish(int fd, const struct mount_options *o, struct err *e)
{
	char path[PATH_PROC_BYTES];
	for (unsigned i = 0; i < o->propagation_count; i++) {
		struct sys_mount_attr attr = { .propagation = o->propagation[i] & ~(unsigned long)MS_REC };
		unsigned recursive = o->propagation[i] & MS_REC ? SYS_AT_RECURSIVE : 0;
		if (sys_mount_setattr(fd, "", AT_EMPTY_PATH | recursive, &attr) == 0)
			continue;
		if (errno != ENOSYS || mount(0, path_proc(fd, path), 0, o->propagation[i], 0) < 0)
			return err_sys(e, "cannot set the propagation");
	}
	if (!o->recursive.attr_set && !o->recursive.attr_clr)
		return 0;
	if (sys_mount_setattr(fd, "", AT_EMPTY_PATH | SYS_AT_RECURSIVE, &o->recursive) == 0)
		return 0;
	if (errno == ENOSYS)
		return probe_need(FACILITY_MOUNT_SETATTR, e) < 0 ? -1 : err_sys(e, "cannot set recursive options");
	return err_sys(e, "cannot set recursive options");
}

static int prepare_tree(int tree, const struct mount_request *r, struct err *e)
{
	if (wants_mapping(r) && set_mapping(tree, r, e) < 0)
		return -1;
	if (wants_flags(r->options) && set_flags(tree, r->options) < 0)
		return err_sys(e, "cannot set the options of the bind (the source's may be locked)");
	return 0;
}

static int source_error(const struct mount_request *r, struct err *e)
{
	return err_sys(e, "cannot open source \"%s\"", r->source ? r->source : "");
}

static int clone_source(const struct mount_request *r)
{
	unsigned flags = SYS_OPEN_TREE_CLONE | O_CLOEXEC | AT_NO_AUTOMOUNT | (r->options->flags & MS_REC ? SYS_AT_RECURSIVE : 0);
	if (r->options->extensions & MOUNT_SRC_NOFOLLOW)
		flags |= AT_SYMLINK_NOFOLLOW;
	return r->source_fd >= 0 ? sys_open_tree(r->source_fd, "", flags | AT_EMPTY_PATH) : sys_open_tree(AT_FDCWD, r->source ? r->source : "", flags);
}

int mount_bind_detached(const struct mount_request *r, struct err *e)
{
	struct sys_mount_attr slave = { .propagation = MS_SLAVE };
	int tree = clone_source(r);
	if (tree < 0)
		return errno == ENOSYS && probe_need(FACILITY_MOUNT_SETATTR, e) < 0 ? -1 : source_error(r, e);
	if (sys_mount_setattr(tree, "", AT_EMPTY_PATH | SYS_AT_RECURSIVE, &slave) < 0)
		err_sys(e, "cannot set the propagation");
	else if (!wants_mapping(r) || set_mapping(tree, r, e) == 0)
		return tree;
	return io_close(tree);
}

/* 1: the kernel lacks it and nothing was done. */
static int bind_by_tree(const struct mount_request *r, int fd, struct err *e)
{
	int tree = r->source_fd >= 0 && r->source_detached ? fcntl(r->source_fd, F_DUPFD_CLOEXEC, 3) : clone_source(r);
	if (tree < 0)
		return errno == ENOSYS ? 1 : source_error(r, e);
	if (prepare_tree(tree, r, e) < 0) {
		bool old = e->number == ENOSYS && !wants_mapping(r);   /* 5.2 … 5.11 have open_tree and no mount_setattr */
		io_close(tree);
		return old ? 1 : -1;
	}
	int result = sys_move_mount(tree, "", fd, "", SYS_MOVE_MOUNT_F_EMPTY | SYS_MOVE_MOUNT_T_EMPTY);
	if (result < 0 && errno == ENOSYS && !wants_mapping(r))
		result = 1;
	else if (result < 0)
		err_sys(e, "cannot bind \"%s\"%s", r->source ? r->source : "", errno == ENOTDIR ? " (a directory on a file, or a file on a directory)" : "");
	else
		result = mount_bind_finish(tree, r->options, e);
	io_close(tree);
	return result;
}

static unsigned long locked_flags(const struct statfs *fs)
{
	unsigned long flags = 0;
	for (size_t i = 0; i < FLAGS; i++)
		if ((unsigned long)fs->f_flags & flag_map[i].st)
			flags |= flag_map[i].ms;
	return flags & ATIME_FLAGS ? flags : flags | MS_STRICTATIME;
}

/* What runc does: exactly the flags asked for; where that is refused, the source's own are added unless they were to be cleared. */
static int remount(int fd, const struct mount_options *o, struct err *e)
{
	char path[PATH_PROC_BYTES];
	struct statfs fs;
	unsigned long flags = o->flags | MS_BIND | MS_REMOUNT;
	if (mount(0, path_proc(fd, path), 0, flags, 0) == 0)
		return 0;
	int number = errno;
	if (number != EPERM || fstatfs(fd, &fs) < 0)
		return err_num(e, number, "cannot set the options of the bind");
	unsigned long locked = locked_flags(&fs);
	if (locked & o->cleared & LOCKABLE_FLAGS)
		return err_num(e, number, "cannot clear options that are locked at the source");
	if ((o->flags & (ATIME_FLAGS | MS_NODIRATIME)) && (o->flags & (ATIME_FLAGS | MS_NODIRATIME)) != (locked & (ATIME_FLAGS | MS_NODIRATIME)))
		return err_num(e, number, "cannot change atime options that are locked at the source");
	if (mount(0, path, 0, flags | (locked & LOCKABLE_FLAGS), 0) < 0)
		return err_sys(e, "cannot set the options of the bind");
	return 0;
}

static int bind_by_mount(const struct mount_request *r, int fd, const char *clean, struct err *e)
{
	char source_path[PATH_PROC_BYTES], path[PATH_PROC_BYTES];
	const struct mount_options *o = r->options;
	int source = r->source_fd;
	if (wants_mapping(r))
		return probe_need(FACILITY_MOUNT_SETATTR, e) < 0 ? -1 : err_set(e, "idmap: not possible here");
	if (o->extensions & MOUNT_SRC_NOFOLLOW) {
		source = openat(AT_FDCWD, r->source ? r->source : "", O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (source < 0)
			return source_error(r, e);
	}
	int result = mount(source >= 0 ? path_proc(source, source_path) : r->source ? r->source : "", path_proc(fd, path), 0,
			   MS_BIND | (o->flags & MS_REC), 0);
	if (source != r->source_fd)
		io_close(source);
	if (result < 0)
		return errno == ENOENT ? source_error(r, e) :
		       err_sys(e, "cannot bind \"%s\"%s", r->source ? r->source : "", errno == ENOTDIR ? " (a directory on a file, or a file on a directory)" : "");
	if (!wants_flags(o) && !o->propagation_count && !o->recursive.attr_set && !o->recursive.attr_clr)
		return 0;
	int mounted = path_open(r->root_fd, clean, O_PATH, 0);   /* fd is the directory below */
	if (mounted < 0)
		return err_sys(e, "cannot open the mount");
	result = wants_flags(o) ? remount(mounted, o, e) : 0;
	if (result == 0)
		result = mount_bind_finish(mounted, o, e);
	io_close(mounted);
	return result;
}

int mount_bind(const struct mount_request *r, int fd, const char *clean, struct err *e)
{
	const struct mount_options *o = r->options;
	if (o->flags & MS_REMOUNT)   /* of what is mounted there already */
		return remount(fd, o, e) < 0 ? -1 : mount_bind_finish(fd, o, e);
	/* a bind that keeps the source's flags is one mount(2); what is detached can only be moved */
	if (r->source_detached || wants_flags(o) || wants_mapping(r) || o->propagation_count || o->recursive.attr_set || o->recursive.attr_clr || o->extensions & MOUNT_SRC_NOFOLLOW) {
		int result = bind_by_tree(r, fd, e);
		if (result <= 0)
			return result;
	}
	return bind_by_mount(r, fd, clean, e);
}

int mount_bind_copy_symlink(const struct mount_request *r, const char *clean, struct err *e)
{
	char target[LIMIT_PATH_BYTES];
	const char *name;
	ssize_t n = r->source && r->source_fd < 0 ? readlink(r->source, target, sizeof target - 1) : -1;
	if (n < 0)
		return 0;
	target[n] = 0;
	int parent = path_open_parent(r->root_fd, clean, 0755, &name);
	if (parent < 0)
		return err_sys(e, "cannot make the symlink's directory");
	int result = symlinkat(target, parent, name) < 0 && errno != EEXIST ? err_sys(e, "cannot make the symlink") : 1;
	io_close(parent);
	return result;
}
