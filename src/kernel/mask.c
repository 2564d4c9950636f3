/* SPDX-License-Identifier: ISC */
/* Masked and read-only paths, each opened once inside the root and then used by fd. runtime-spec, config-linux.md, "Masked Paths", "Readonly Paths". */
#include "kernel/mask.h"

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

#include "base/io.h"
#include "base/path.h"
#include "base/str.h"
#include "base/sys.h"
#include "kernel/mount.h"

/* What covers: opened when first needed. */
struct covers {
	int root_fd, null, empty;   /* the host's /dev/null, and the root of an empty filesystem; -1 */
	const char *first;          /* the path of the first directory that was covered; 0: none yet */
	const char *label;
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

static int mount_empty(const char *target, const char *label, struct err *e)
{
	char data[512];
	bool labelled = label && *label;
	/* some patched kernels refuse a single inode */
	for (int inodes = 1; inodes <= 2; inodes++) {
		if (str_format(data, sizeof data, e, "nr_blocks=1,nr_inodes=%d%s%s%s", inodes, labelled ? ",context=\"" : "", labelled ? label : "",
			       labelled ? "\"" : "") < 0)
			return -1;
		if (mount("tmpfs", target, "tmpfs", MS_RDONLY, data) == 0)
			return 0;
	}
	return err_sys(e, "cannot mask with a tmpfs");
}

/* Not a directory that somebody else's container put in its place meanwhile. */
static int open_empty(int root_fd, const char *path)
{
	struct statfs fs;
	int fd = path_open(root_fd, path, O_PATH | O_DIRECTORY, 0);
	return fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == TMPFS_MAGIC && fs.f_files <= 2 && fs.f_flags & ST_RDONLY ? fd : io_close(fd);
}

/* The first one makes an empty filesystem, which the others bind. */
static int mask_directory(struct covers *c, const char *path, int fd, struct err *e)
{
	char source[PATH_PROC_BYTES], target[PATH_PROC_BYTES];
	path_proc(fd, target);
	if (c->first && c->empty < 0)
		c->empty = open_empty(c->root_fd, c->first);   /* -1: this one makes its own */
	c->first = path;
	if (c->empty >= 0 && mount(path_proc(c->empty, source), target, 0, MS_BIND, 0) == 0)
		return 0;
	return mount_empty(target, c->label, e);
}

static int mask_file(struct covers *c, int fd, struct err *e)
{
	char source[PATH_PROC_BYTES], target[PATH_PROC_BYTES];
	if (c->null < 0 && (c->null = open_null(e)) < 0)
		return -1;
	return mount(path_proc(c->null, source), path_proc(fd, target), 0, MS_BIND, 0) < 0 ? err_sys(e, "cannot mask") : 0;
}

static int mask_one(struct covers *c, const char *path, struct err *e)
{
	struct stat st;
	int fd = path_open(c->root_fd, path, O_PATH, 0);
	if (fd < 0)
		return is_missing(errno) ? 0 : err_sys(e, "cannot open");
	/* not by trying: a bind that fails costs the kernel a grace period, 0.1 ms */
	int result = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) ? mask_directory(c, path, fd, e) : mask_file(c, fd, e);
	io_close_later(fd);
	return result;
}

int mask_paths(int root_fd, const char *const *paths, size_t count, const char *label, struct err *e)
{
	struct covers c = { .root_fd = root_fd, .null = -1, .empty = -1, .label = label };
	int result = 0;
	for (size_t i = 0; i < count && result == 0; i++) {
		result = mask_one(&c, paths[i], e);
		if (result < 0)
			err_at(e, "\"%s\"", paths[i]);
	}
	io_close_later(c.null);
	io_close_later(c.empty);
	return result;
}

/* A clone of the tree becomes read-only while nobody sees it, and is attached by fd. 1: the kernel lacks it. */
static int readonly_by_tree(int fd, struct err *e)
{
	int tree = sys_open_tree(fd, "", AT_EMPTY_PATH | SYS_OPEN_TREE_CLONE | SYS_AT_RECURSIVE | O_CLOEXEC);
	if (tree < 0)
		return errno == ENOSYS ? 1 : err_sys(e, "cannot bind");
	struct sys_mount_attr attr = { .attr_set = SYS_MOUNT_ATTR_RDONLY };
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

int mask_readonly(int root_fd, const char *const *paths, size_t count, struct err *e)
{
	for (size_t i = 0; i < count; i++)
		if (readonly_one(root_fd, paths[i], e) < 0)
			return err_at(e, "\"%s\"", paths[i]);
	return 0;
}
