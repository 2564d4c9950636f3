/* SPDX-License-Identifier: ISC */
/* Masked and read-only paths, each opened once inside the root and then used by fd. runtime-spec, config-linux.md, "Masked Paths", "Readonly Paths". */
#include "kernel/mask.h"

#include <dirent.h>   /* DT_* alone */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <linux/magic.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/path.h"
#include "base/str.h"
#include "base/sys.h"
#include "kernel/dev.h"
#include "kernel/mount.h"

#define PROC "/proc/"
#define NAME_BYTES 64   /* of a name in /proc that is looked for in its listing */

/* Of a path: to be opened; or, as a name in our own procfs. */
enum seen { UNKNOWN, MISSING, DIRECTORY, OTHER };

/* What covers: opened when first needed. */
struct covers {
	int root_fd, null, empty;   /* the host's /dev/null, and the root of an empty filesystem; -1 */
	const char *first;          /* the path of the first directory that was covered; 0: none yet */
};

static bool is_missing(int number)
{
	return number == ENOENT || number == ENOTDIR;
}

/* The host's null device; a file that only has its name would let a container write what the masks hide. */
static int open_null(struct err *e)
{
	struct stat st;
	int fd = openat(AT_FDCWD, "/dev/null", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0) {
		err_sys(e, "cannot open /dev/null");
		return io_close(fd);
	}
	if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3)) {
		err_set(e, "/dev/null is not the null device 1:3");
		return io_close(fd);
	}
	return fd;
}

static int mount_empty(const char *target, struct err *e)
{
	/* some patched kernels refuse a single inode */
	if (mount("tmpfs", target, "tmpfs", MS_RDONLY, "nr_blocks=1,nr_inodes=1") == 0 || mount("tmpfs", target, "tmpfs", MS_RDONLY, "nr_blocks=1,nr_inodes=2") == 0)
		return 0;
	return err_sys(e, "cannot mask with a tmpfs");
}

/* A name that may be looked for: the listing has no processes but those that can be seen. */
static bool is_listable(const char *path)
{
	const char *name = path + sizeof PROC - 1;
	return str_starts(path, PROC) && strlen(name) < NAME_BYTES && !strchr(name, '/') && (*name < '0' || *name > '9') && *name && *name != '.';
}

static void see(struct mask_list *lists, size_t count, const struct dir_entry *entry)
{
	for (size_t i = 0; i < count; i++)
		for (size_t at = 0; at < lists[i].count; at++)
			if (lists[i].seen[at] == MISSING && lists[i].paths[at][sizeof PROC - 1] == *entry->name && strcmp(lists[i].paths[at] + sizeof PROC - 1, entry->name) == 0)
				lists[i].seen[at] = entry->type == DT_DIR ? DIRECTORY : entry->type == DT_REG ? OTHER : UNKNOWN;
}

/* The kernel lists what it has registered before "self", "thread-self" and the processes (fs/proc/root.c): who sees those has seen all. A listing in another order, of something that only behaves like
 * Linux, says nothing. */
static bool see_all(int proc, struct mask_list *lists, size_t count)
{
	struct dir d;
	struct dir_entry entry;
	bool self = false, behind = false;
	dir_fresh(&d, proc);
	while (!(self && d.at >= d.end) && dir_next(&d, &entry) > 0) {
		behind = self;
		if (self && strcmp(entry.name, "thread-self") != 0 && (*entry.name < '0' || *entry.name > '9'))
			return false;
		self |= strcmp(entry.name, "self") == 0;
		see(lists, count, &entry);
	}
	return behind;
}

void mask_look(int root_fd, struct mask_list *lists, size_t count)
{
	int proc = mount_own_proc(root_fd, 0);
	if (proc < 0)
		return;
	for (size_t i = 0; i < count; i++)
		for (size_t at = 0; at < lists[i].count; at++)
			lists[i].seen[at] = is_listable(lists[i].paths[at]) ? MISSING : UNKNOWN;
	if (!see_all(proc, lists, count) || fchdir(proc) < 0)
		for (size_t i = 0; i < count; i++)
			memset(lists[i].seen, UNKNOWN, lists[i].count);
}

static enum seen seen(const struct mask_list *l, size_t at)
{
	return l->seen ? l->seen[at] : UNKNOWN;
}

static int at_path(const struct mask_list *l, size_t at, struct err *e)
{
	return err_at(e, "\"%s\"", l->paths[at]);
}

/* The path of what was seen from the procfs, which is the working directory then; the name is no symlink. */
static const char *in_proc(const char *path)
{
	return path + sizeof PROC - 1;
}

/* Not a directory that somebody else's container put in its place meanwhile. */
static int open_empty(int root_fd, const char *path)
{
	struct statfs fs;
	int fd = path_open(root_fd, path, O_PATH | O_DIRECTORY, 0);
	return fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == TMPFS_MAGIC && fs.f_files <= 2 && fs.f_flags & ST_RDONLY ? fd : io_close(fd);
}

/* The first one makes an empty filesystem, which the others bind. */
static int mask_directory(struct covers *c, const char *path, const char *target, struct err *e)
{
	char source[PATH_PROC_BYTES];
	if (c->first && c->empty < 0)
		c->empty = open_empty(c->root_fd, c->first);   /* -1: this one makes its own */
	c->first = path;
	if (c->empty >= 0 && mount(path_proc(c->empty, source), target, 0, MS_BIND, 0) == 0)
		return 0;
	return mount_empty(target, e);
}

static int mask_file(struct covers *c, const char *target, struct err *e)
{
	char source[PATH_PROC_BYTES + sizeof "/null"];
	int own = dev_own_null();
	if (own < 0 && c->null < 0 && (c->null = open_null(e)) < 0)
		return -1;
	path_proc(own < 0 ? c->null : own, source);
	if (own >= 0)
		strcat(source, "/null");
	return mount(source, target, 0, MS_BIND, 0) < 0 ? err_sys(e, "cannot mask") : 0;
}

static int mask_one(struct covers *c, const char *path, struct err *e)
{
	char target[PATH_PROC_BYTES];
	/* not by trying to mount: a bind that fails costs the kernel a grace period, 0.1 ms */
	int fd = path_open(c->root_fd, path, O_PATH | O_DIRECTORY, 0);
	bool directory = fd >= 0;
	if (!directory && errno == ENOTDIR)
		fd = path_open(c->root_fd, path, O_PATH, 0);
	if (fd < 0)
		return is_missing(errno) ? 0 : err_sys(e, "cannot open");
	path_proc(fd, target);
	int result = directory ? mask_directory(c, path, target, e) : mask_file(c, target, e);
	io_close_later(fd);
	return result;
}

static int mask_path(struct covers *c, const char *path, enum seen seen, struct err *e)
{
	switch (seen) {
	case MISSING:
		return 0;
	case DIRECTORY:
		return mask_directory(c, path, in_proc(path), e);
	case OTHER:
		return mask_file(c, in_proc(path), e);
	default:
		return mask_one(c, path, e);
	}
}

int mask_paths(int root_fd, const struct mask_list *l, struct err *e)
{
	struct covers c = { .root_fd = root_fd, .null = -1, .empty = -1 };
	int result = 0;
	for (size_t i = 0; i < l->count && result == 0; i++) {
		result = mask_path(&c, l->paths[i], seen(l, i), e);
		if (result < 0)
			at_path(l, i, e);
	}
	io_close_later(c.null);
	io_close_later(c.empty);
	return result;
}

/* A clone of the tree becomes read-only while nobody sees it, and is attached by fd. 1: the kernel lacks it. */
static int readonly_by_tree(int fd, struct err *e)
{
	struct sys_mount_attr attr = { .attr_set = SYS_MOUNT_ATTR_RDONLY };
	int tree = sys_open_tree(fd, "", AT_EMPTY_PATH | SYS_OPEN_TREE_CLONE | SYS_AT_RECURSIVE | O_CLOEXEC);
	if (tree < 0)
		return errno == ENOSYS ? 1 : err_sys(e, "cannot bind");
	int result = sys_mount_setattr(tree, "", AT_EMPTY_PATH, &attr);
	if (result < 0)
		result = errno == ENOSYS ? 1 : err_sys(e, "cannot make read-only");
	else if (sys_move_mount(tree, "", fd, "", SYS_MOVE_MOUNT_F_EMPTY | SYS_MOVE_MOUNT_T_EMPTY) < 0)
		result = errno == ENOSYS ? 1 : err_sys(e, "cannot bind");
	io_close_later(tree);
	return result;
}

static int readonly_one(int root_fd, const char *path, struct err *e)
{
	char name[PATH_PROC_BYTES];
	int fd = path_open(root_fd, path, O_PATH, 0);
	if (fd < 0)
		return is_missing(errno) ? 0 : err_sys(e, "cannot open");
	int result = readonly_by_tree(fd, e);
	if (result > 0) {
		result = mount(path_proc(fd, name), name, 0, MS_BIND | MS_REC, 0);
		result = result < 0 ? err_sys(e, "cannot bind") : mount_readonly(root_fd, path, e);
	}
	io_close_later(fd);
	return result;
}

/* The binds below the procfs, all of which are ours, become read-only at once, and it itself what it was. */
static int protect_binds(int proc, bool readonly)
{
	struct sys_mount_attr attr = { .attr_set = SYS_MOUNT_ATTR_RDONLY };
	if (sys_mount_setattr(proc, "", AT_EMPTY_PATH | SYS_AT_RECURSIVE, &attr) < 0)
		return -1;
	attr = (struct sys_mount_attr){ .attr_clr = SYS_MOUNT_ATTR_RDONLY };
	return readonly ? 0 : sys_mount_setattr(proc, "", AT_EMPTY_PATH, &attr);
}

static int protect_bind(const char *path, struct err *e)
{
	int fd = openat(AT_FDCWD, in_proc(path), O_PATH | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "cannot open");
	int result = mount_readonly_fd(fd, e);
	io_close_later(fd);
	return result;
}

static bool is_seen(const struct mask_list *l, size_t at)
{
	return seen(l, at) == DIRECTORY || seen(l, at) == OTHER;
}

static int readonly_in_proc(int root_fd, const struct mask_list *l, struct err *e)
{
	bool readonly, any = false;
	for (size_t i = 0; i < l->count; i++) {
		if (!is_seen(l, i))
			continue;
		const char *path = in_proc(l->paths[i]);
		if (mount(path, path, 0, MS_BIND | MS_REC, 0) < 0)
			return err_sys(e, "cannot bind"), at_path(l, i, e);
		any = true;
	}
	if (!any)
		return 0;
	int proc = mount_own_proc(root_fd, &readonly);
	if (protect_binds(proc, readonly) == 0)
		return 0;
	if (errno != ENOSYS && errno != EPERM)
		return err_sys(e, "cannot make read-only");
	for (size_t i = 0; i < l->count; i++)
		if (is_seen(l, i) && protect_bind(l->paths[i], e) < 0)
			return at_path(l, i, e);
	return 0;
}

int mask_readonly(int root_fd, const struct mask_list *l, struct err *e)
{
	if (readonly_in_proc(root_fd, l, e) < 0)
		return -1;
	for (size_t i = 0; i < l->count; i++)
		if (seen(l, i) == UNKNOWN && readonly_one(root_fd, l->paths[i], e) < 0)
			return at_path(l, i, e);
	return 0;
}
