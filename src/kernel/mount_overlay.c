/* SPDX-License-Identifier: ISC */
/* An overlay. Its directories are named by their fds, relative to /proc/self/fd: the data of mount(2) is one page, and a layer's path is some hundred bytes. */
#include "kernel/mount_overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/out.h"
#include "kernel/mount_options.h"

/* A directory in upperdir, made like the lower root where it is missing: the overlay's root shows the upper one's attributes. */
static int open_part(int upperdir, const char *name, const struct stat *like)
{
	bool made = mkdirat(upperdir, name, 0700) == 0;
	int fd = made || errno == EEXIST ? openat(upperdir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	if (fd >= 0 && made && like && ((fchown(fd, like->st_uid, like->st_gid) < 0 && geteuid() == 0) || fchmod(fd, like->st_mode & 07777) < 0))
		return io_close(fd);
	return fd;
}

static int make(const int *lowers, uint32_t count, int upper, int work, bool userxattr, const char *target, struct err *e)
{
	char data[MOUNT_DATA_BYTES];
	struct out o;
	out_init(&o, -1, data, sizeof data);
	out_text(&o, userxattr ? "userxattr,lowerdir=" : "lowerdir=");
	for (uint32_t i = count; i-- > 0; )
		out_printf(&o, i ? "%d:" : "%d", lowers[i]);
	out_printf(&o, ",upperdir=%d,workdir=%d", upper, work);
	if (o.failed)
		return err_limit(e, "an overlay's options, bytes", "MOUNT_DATA_BYTES", MOUNT_DATA_BYTES);
	if (chdir("/proc/self/fd") < 0)
		return err_sys(e, "cannot enter /proc/self/fd");
	int result = mount("overlay", target, "overlay", 0, data) < 0 ? err_sys(e, "cannot mount an overlay of %u layers", count) : 0;
	(void)!chdir("/");
	return result;
}

int mount_overlay(const int *lowers, uint32_t count, const char *upperdir, bool userxattr, const char *target, struct err *e)
{
	struct stat like;
	if (!upperdir && mount("tmpfs", target, "tmpfs", 0, "mode=0700") < 0)
		return err_sys(e, "cannot mount a tmpfs");
	int directory = openat(AT_FDCWD, upperdir ? upperdir : target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return err_sys(e, "cannot open %s", upperdir ? upperdir : target);
	bool found = fstat(lowers[count - 1], &like) == 0;
	int upper = open_part(directory, "upper", found ? &like : 0), work = upper < 0 ? -1 : open_part(directory, "work", 0);
	int result = work < 0 ? err_sys(e, "cannot make the directories for what is written") : make(lowers, count, upper, work, userxattr, target, e);
	io_close(upper);
	io_close(work);
	io_close(directory);
	return result;
}
