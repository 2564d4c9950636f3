/* SPDX-License-Identifier: ISC */
#include "kernel/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>
#include <linux/magic.h>

#include "base/io.h"
#include "base/sys.h"

#define PROC_ROOT_INODE 1

static int root_fd = -1;

int procfs_verify(const char *path, struct err *e)
{
	struct statfs fs;
	struct stat st;
	int fd = openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "cannot open %s", path);
	if (fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC && fstat(fd, &st) == 0 && st.st_ino == PROC_ROOT_INODE)
		return fd;
	io_close(fd);
	return err_set(e, "%s is no proc filesystem", path);
}

int procfs_fd(struct err *e)
{
	if (root_fd < 0)
		root_fd = procfs_verify("/proc", e);
	return root_fd;
}

/* Without openat2(2) the file's device says whether something was mounted on the way. */
int procfs_openat(int proc_fd, const char *path, int flags)
{
	struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC | O_NOCTTY), .resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS };
	struct stat root, file;
	int fd = sys_openat2(proc_fd, path, &how);
	if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
		return fd;
	fd = openat(proc_fd, path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd >= 0 && (fstat(proc_fd, &root) < 0 || fstat(fd, &file) < 0 || root.st_dev != file.st_dev)) {
		fd = io_close(fd);
		errno = EXDEV;
	}
	return fd;
}

int procfs_write(const char *path, const char *text, struct err *e)
{
	int proc = procfs_fd(e);
	if (proc < 0)
		return -1;
	int fd = procfs_openat(proc, path, O_WRONLY);
	if (fd < 0)
		return err_sys(e, "cannot open /proc/%s", path);
	int result = io_put(fd, text);
	io_close(fd);
	return result < 0 ? err_sys(e, "cannot write \"%s\" to /proc/%s", text, path) : 0;
}
