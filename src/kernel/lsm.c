/* SPDX-License-Identifier: ISC */
/* Labels of the next program, written through a procfs that nobody can have replaced (CVE-2019-16884: a label that goes into another file confines nothing). */
#include "kernel/lsm.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <linux/magic.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/sys.h"

#define PROC_ROOT_INODE 1

int lsm_open_proc(struct err *e)
{
	struct statfs fs;
	struct stat st;
	int fd = openat(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "cannot open /proc");
	if (fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC && fstat(fd, &st) == 0 && st.st_ino == PROC_ROOT_INODE)
		return fd;
	io_close(fd);
	return err_set(e, "/proc is no proc filesystem (mounts), and the label can only be written there");
}

/* Without openat2(2) the file's device says whether something was mounted on the way. */
static int open_inside(int proc_fd, const char *path)
{
	struct open_how how = { .flags = O_WRONLY | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS };
	struct stat root, file;
	int fd = sys_openat2(proc_fd, path, &how);
	if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
		return fd;
	fd = openat(proc_fd, path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd >= 0 && (fstat(proc_fd, &root) < 0 || fstat(fd, &file) < 0 || root.st_dev != file.st_dev)) {
		fd = io_close(fd);
		errno = EXDEV;
	}
	return fd;
}

static int open_attribute(int proc_fd, enum lsm lsm)
{
	static const char *const paths[] = { "thread-self/attr/apparmor/exec", "thread-self/attr/exec", "self/attr/exec" };   /* Linux 5.8, 3.17, before */
	int fd = -1;
	for (size_t i = lsm == LSM_APPARMOR ? 0 : 1; fd < 0 && i < sizeof paths / sizeof *paths; i++)
		if ((fd = open_inside(proc_fd, paths[i])) < 0 && errno != ENOENT)
			break;
	return fd;
}

int lsm_write_exec(int proc_fd, enum lsm lsm, const char *label, struct err *e)
{
	char text[LIMIT_PATH_BYTES];   /* the kernel takes no more than a page */
	int length = str_format(text, sizeof text, e, "%s%s", lsm == LSM_APPARMOR ? "exec " : "", label);
	if (length < 0)
		return -1;
	int fd = open_attribute(proc_fd, lsm);
	if (fd < 0)
		return err_sys(e, "cannot open the attribute for the label in /proc");
	int result = io_write(fd, text, (size_t)length);
	if (result < 0)
		err_sys(e, "cannot apply \"%s\" (is it loaded?)", label);
	io_close(fd);
	return result;
}
