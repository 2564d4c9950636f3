/* SPDX-License-Identifier: ISC */
/* Labels of the next program, written through a procfs that nobody can have replaced (CVE-2019-16884: a label that goes into another file confines nothing). */
#include "kernel/lsm.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/str.h"
#include "kernel/procfs.h"

static int open_attribute(int proc_fd, enum lsm lsm)
{
	static const char *const paths[] = { "thread-self/attr/apparmor/exec", "thread-self/attr/exec", "self/attr/exec" };   /* Linux 5.8, 3.17, before */
	int fd = -1;
	for (size_t i = lsm == LSM_APPARMOR ? 0 : 1; fd < 0 && i < sizeof paths / sizeof *paths; i++)
		if ((fd = procfs_openat(proc_fd, paths[i], O_WRONLY)) < 0 && errno != ENOENT)
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

int lsm_key_label(int proc_fd, const char *label, struct err *e)
{
	int fd = procfs_openat(proc_fd, "thread-self/attr/keycreate", O_WRONLY);
	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, "cannot open the attribute for the keyring's label in /proc");
	/* io_write would not write nothing, which is how a label is taken back */
	int result = write(fd, label, strlen(label)) < 0 ? err_sys(e, "cannot apply \"%s\" to keyrings", label) : 0;
	io_close(fd);
	return result;
}

int lsm_file_label(const char *path, const char *label, struct err *e)
{
	return setxattr(path, "security.selinux", label, strlen(label), 0) < 0 ? err_sys(e, "cannot apply label \"%s\"", label) : 0;
}
