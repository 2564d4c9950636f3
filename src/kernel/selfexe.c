/* SPDX-License-Identifier: ISC */
#include "kernel/selfexe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "base/sys.h"
#include "kernel/selfmap.h"

#define SELF "/proc/self/exe"
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)
#ifndef MFD_EXEC
#define MFD_EXEC 0x10u      /* Linux 6.3: said because a host may ask for it to be said (vm.memfd_noexec) */
#endif

/* A mount's own read-only flag is in statvfs too. */
static bool is_safe(void)
{
	struct statfs st;
	if (statfs(SELF, &st) < 0)
		return false;
	if (st.f_flags & ST_RDONLY)
		return true;
	if (st.f_type != TMPFS_MAGIC || st.f_blocks)   /* memory files are of one, without a limit: nothing else has seals */
		return false;
	int fd = openat(AT_FDCWD, SELF, O_RDONLY | O_CLOEXEC);
	int seals = fd < 0 ? -1 : fcntl(fd, F_GET_SEALS);
	io_close(fd);
	return seals >= 0 && (seals & SEALS) == SEALS;
}

/* Returns the mount's descriptor, by which the file can be executed; it goes with the last of its openings. */
static int read_only_mount(void)
{
	const struct sys_mount_attr read_only = { .attr_set = SYS_MOUNT_ATTR_RDONLY };
	int fd = sys_open_tree_attr(AT_FDCWD, SELF, SYS_OPEN_TREE_CLONE | O_CLOEXEC, &read_only);
	if (fd >= 0)
		return fd;
	fd = sys_open_tree(AT_FDCWD, SELF, SYS_OPEN_TREE_CLONE | O_CLOEXEC);
	if (fd >= 0 && sys_mount_setattr(fd, "", AT_EMPTY_PATH, &read_only) < 0)
		fd = io_close(fd);
	return fd;
}

static int fill(int copy)
{
	struct stat st;
	int from = openat(AT_FDCWD, SELF, O_RDONLY | O_CLOEXEC);
	int result = from < 0 ? -1 : fstat(from, &st);
	for (off_t left = result < 0 ? 0 : st.st_size; left > 0 && result == 0; ) {
		ssize_t sent = sendfile(copy, from, 0, (size_t)left);
		if (sent <= 0)
			result = -1;
		left -= sent > 0 ? sent : 0;
	}
	io_close(from);
	return result;
}

static int sealed_copy(void)
{
	int fd = memfd_create("runlet", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("runlet", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd >= 0 && (fill(fd) < 0 || fcntl(fd, F_ADD_SEALS, SEALS) < 0))
		fd = io_close(fd);
	return fd;
}

static int kept = -1;

void selfexe_release(void)
{
	kept = io_close_later(kept);
}

/* In place of executing it once more, where the kernel lets a program change what it runs from. */
static bool moved(int mount, char *const argv[], struct err *e)
{
	char path[sizeof "/proc/self/fd/" + 3 * sizeof mount];
	str_format(path, sizeof path, e, "/proc/self/fd/%d", mount);
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	bool done = fd >= 0 && selfmap_move(fd, argv) == 0;
	io_close_later(fd);
	return done;
}

int selfexe_protect(char *const argv[], struct err *e)
{
	if (is_safe()) {
		prctl(PR_SET_NAME, "runlet");   /* executed by its descriptor, it is called by that one's number */
		return 0;
	}
	int fd = read_only_mount();
	if (fd >= 0) {
		if (moved(fd, argv, e)) {
			kept = fd < 3 ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : fd;   /* the caller closed a standard stream: its number is not for this */
			if (fd < 3)
				io_close(fd);
			return 0;
		}
		sys_execveat(fd, "", argv, environ, AT_EMPTY_PATH);
		io_close(fd);
	}
	fd = sealed_copy();
	if (fd < 0)
		return err_sys(e, "cannot make a copy of this program that can't be written (CONFIG_MEMFD_CREATE)");
	sys_execveat(fd, "", argv, environ, AT_EMPTY_PATH);
	err_sys(e, "cannot execute a copy of this program that can't be written");
	return io_close(fd);
}

void selfexe_hide(void)
{
	prctl(PR_SET_DUMPABLE, 0);
}
