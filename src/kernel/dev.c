/* SPDX-License-Identifier: ISC */
/* /dev: nodes and links by dirfd. runtime-spec, config-linux.md, "Devices", "Default Devices", "Dev symbolic links"; mknod(2), null(4), random(4), tty(4), pts(4). */
#include "kernel/dev.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/path.h"
#include "base/str.h"
#include "base/sys.h"
#include "kernel/mount.h"

const struct dev_node dev_defaults[DEV_DEFAULTS] = {
	{ "/dev/null", 'c', 1, 3, 0666, 0, 0 },    { "/dev/zero", 'c', 1, 5, 0666, 0, 0 },   { "/dev/full", 'c', 1, 7, 0666, 0, 0 },
	{ "/dev/random", 'c', 1, 8, 0666, 0, 0 },  { "/dev/urandom", 'c', 1, 9, 0666, 0, 0 }, { "/dev/tty", 'c', 5, 0, 0666, 0, 0 },
};
static const struct { const char *target, *name; } links[] = {
	{ "/proc/self/fd", "fd" }, { "/proc/self/fd/0", "stdin" }, { "/proc/self/fd/1", "stdout" }, { "/proc/self/fd/2", "stderr" },
	{ "pts/ptmx", "ptmx" },   /* of the container's own devpts */
};
#define SKIP_DEV 5   /* "/dev/" */

static mode_t type_of(char type)
{
	return type == 'b' ? S_IFBLK : type == 'p' ? S_IFIFO : S_IFCHR;
}

/* An fd of a new empty file, or of what is there; a symlink would lead the mount elsewhere. */
static int open_target(int dirfd, const char *name)
{
	struct stat st;
	int fd = openat(dirfd, name, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd >= 0 || errno != EEXIST)
		return fd;
	fd = openat(dirfd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return io_close(fd);
	if (S_ISLNK(st.st_mode)) {
		errno = ELOOP;
		return io_close(fd);
	}
	return fd;
}

/* The host's node, opened and then looked at: a file of that name that is another device, or none, gives the container what it was not meant to have (CVE-2025-52565). */
static int open_host_node(const struct dev_node *node, struct err *e)
{
	struct stat st;
	int fd = openat(AT_FDCWD, node->path, O_PATH | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0) {
		err_sys(e, "cannot open the host's %s", node->path);
		return io_close(fd);
	}
	if ((st.st_mode & S_IFMT) == type_of(node->type) && st.st_rdev == makedev(node->major, node->minor))
		return fd;
	err_set(e, "the host's %s is not the device %c %u:%u", node->path, node->type, (unsigned)node->major, (unsigned)node->minor);
	return io_close(fd);
}

/* Nothing is lost by flags that no device needs; without open_tree(2) they are the host's. */
static int put_mount(int from, int to)
{
	struct sys_mount_attr attr = { .attr_set = SYS_MOUNT_ATTR_NOSUID | SYS_MOUNT_ATTR_NOEXEC };
	char source[PATH_PROC_BYTES], target[PATH_PROC_BYTES];
	int tree = sys_open_tree(from, "", SYS_OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH);
	if (tree < 0 || sys_mount_setattr(tree, "", AT_EMPTY_PATH, &attr) < 0 || sys_move_mount(tree, "", to, "", SYS_MOVE_MOUNT_F_EMPTY | SYS_MOVE_MOUNT_T_EMPTY) < 0) {
		io_close(tree);
		return mount(path_proc(from, source), path_proc(to, target), 0, MS_BIND, 0);
	}
	io_close(tree);
	return 0;
}

static int bind_node(int dirfd, const char *name, const struct dev_node *node, int made, struct err *e)
{
	int from = made < 0 ? open_host_node(node, e) : -1, result = -1;
	if (from < 0 && made < 0)
		return -1;
	int to = open_target(dirfd, name);
	if (to < 0)
		err_sys(e, "cannot make a file to bind %s on", node->path);
	else if ((made < 0 ? put_mount(from, to) : sys_move_mount(made, "", to, "", SYS_MOVE_MOUNT_F_EMPTY | SYS_MOVE_MOUNT_T_EMPTY)) < 0)
		err_sys(e, "cannot bind the host's %s", node->path);
	else
		result = 0;
	io_close(from);
	io_close(to);
	return result;
}

int dev_detached(const char *directory, const struct dev_node *node, struct err *e)
{
	char path[LIMIT_PATH_BYTES];
	int tree = -1;
	if (str_format(path, sizeof path, e, "%s/node", directory) < 0)
		return -1;
	if (mount("tmpfs", directory, "tmpfs", MS_NOSUID | MS_NOEXEC, 0) < 0)
		return err_sys(e, "cannot mount tmpfs");
	if (mknod(path, type_of(node->type) | node->mode, makedev(node->major, node->minor)) == 0 && chown(path, node->uid, node->gid) == 0)
		tree = sys_open_tree(AT_FDCWD, path, SYS_OPEN_TREE_CLONE | O_CLOEXEC);
	if (tree < 0)
		err_sys(e, "cannot make device");
	umount2(directory, MNT_DETACH);
	return tree;
}

/* config-linux.md, "Devices": a file that is there and is not the same device is an error. */
static int check_existing(int dirfd, const char *name, const struct dev_node *node, struct err *e)
{
	struct stat st;
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "cannot look at %s", node->path);
	if ((st.st_mode & S_IFMT) != type_of(node->type))
		return err_num(e, EEXIST, "cannot make device");
	if (node->type != 'p' && (major(st.st_rdev) != node->major || minor(st.st_rdev) != node->minor))
		return err_num(e, EEXIST, "cannot make device %u:%u: there is %u:%u", (unsigned)node->major, (unsigned)node->minor,
			       (unsigned)major(st.st_rdev), (unsigned)minor(st.st_rdev));
	return 0;
}

/* strict: what exists must be the same device. The default ones may be what the bundle put there, as with runc. 0: the node was made, 1: it was there or is bound, or -1. */
static int make_at(int dirfd, const char *name, const struct dev_node *node, bool bind, int made, bool strict, struct err *e)
{
	if (bind && node->type != 'p')
		return bind_node(dirfd, name, node, made, e) < 0 ? -1 : 1;
	dev_t number = node->type == 'p' ? 0 : makedev(node->major, node->minor);
	if (mknodat(dirfd, name, type_of(node->type) | node->mode, number) < 0) {
		if (errno == EEXIST)
			return strict && check_existing(dirfd, name, node, e) < 0 ? -1 : 1;
		if (errno == EPERM && node->type != 'p')
			return bind_node(dirfd, name, node, -1, e) < 0 ? -1 : 1;
		return err_sys(e, "cannot make device");
	}
	if ((node->uid || node->gid) && fchownat(dirfd, name, node->uid, node->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "cannot give the device to %lu:%lu", (unsigned long)node->uid, (unsigned long)node->gid);
	return 0;
}

int dev_make(int root_fd, const struct dev_node *node, bool bind, int made, struct err *e)
{
	const char *name;
	char clean[LIMIT_PATH_BYTES];   /* it may end in a slash */
	if (path_clean(node->path, clean, sizeof clean) < 0)
		return err_sys(e, "cannot make the device's directory");
	int parent = path_open_parent(root_fd, clean, 0755, &name);
	if (parent < 0)
		return err_sys(e, "cannot make the device's directory");
	int result = make_at(parent, name, node, bind, made, true, e);
	io_close(parent);
	return result < 0 ? -1 : 0;
}

static int null_directory = -1;

int dev_own_null(void)
{
	return null_directory;
}

static int populate(int dev, bool bind, bool own, struct err *e)
{
	for (size_t i = 0; i < DEV_DEFAULTS; i++) {
		int made = make_at(dev, dev_defaults[i].path + SKIP_DEV, &dev_defaults[i], bind, -1, false, e);
		if (made < 0)
			return err_at(e, "%s", dev_defaults[i].path);
		if (made == 0 && own && i == 0)
			null_directory = dev;
	}
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		if (symlinkat(links[i].target, dev, links[i].name) < 0 && errno != EEXIST)
			return err_sys(e, "/dev/%s: cannot make the symlink", links[i].name);
	return 0;
}

int dev_populate(int root_fd, bool bind, struct err *e)
{
	int own = mount_own_tmpfs(root_fd, "/dev"), dev = own < 0 ? path_make_dirs(root_fd, "/dev", 0755) : own;
	if (dev < 0)
		return err_sys(e, "cannot open /dev");
	int result = populate(dev, bind, own >= 0, e);
	if (own < 0)
		io_close_later(dev);
	return result;
}

int dev_bind_console(int root_fd, int slave_fd, struct err *e)
{
	char source[PATH_PROC_BYTES], target[PATH_PROC_BYTES];
	const char *name;
	int parent = path_open_parent(root_fd, "/dev/console", 0755, &name);
	int fd = parent < 0 ? -1 : open_target(parent, name);
	int result = fd < 0 ? -1 : mount(path_proc(slave_fd, source), path_proc(fd, target), 0, MS_BIND, 0);
	if (result < 0)
		err_sys(e, "cannot bind the terminal on /dev/console");
	io_close(parent);
	io_close(fd);
	return result;
}
