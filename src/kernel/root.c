/* SPDX-License-Identifier: ISC */
/* The change of root. pivot_root(2), "pivot_root(\".\", \".\")"; mount_namespaces(7); switch_root(8) for the initramfs; runc's rules for --no-pivot. */
#include "kernel/root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <unistd.h>
#include <linux/magic.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "base/sys.h"
#include "kernel/mount.h"
#include "kernel/mountinfo.h"

static bool stays_shared(unsigned long propagation)
{
	return propagation && !((propagation & MS_REC) && (propagation & (MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)));
}

/* The mount that holds rootfs must not be shared: pivot_root(2) refuses it, and the bind would appear at the host. EINVAL: no mount point, so try its parent. */
static int unshare_parent(const char *rootfs, unsigned long propagation, struct err *e)
{
	char path[LIMIT_PATH_BYTES];
	if (str_format(path, sizeof path, e, "%s", rootfs) < 0)
		return -1;
	for (;;) {
		if (mount(0, path, 0, propagation & MS_SLAVE ? MS_SLAVE : MS_PRIVATE, 0) == 0)
			return 0;
		char *slash = strrchr(path, '/');
		if (errno != EINVAL || !slash || (slash == path && !path[1]))
			return err_sys(e, "cannot make the mount of the rootfs private");
		slash[slash == path] = 0;
	}
}

static int find_root_of_all(void *found, const struct mountinfo *m)
{
	if (strcmp(m->mount_point, "/") == 0 && m->id == m->parent_id)
		*(bool *)found = true;
	return 0;
}

/* The initramfs is the mount without a parent: pivot_root(2) can't move it. A ramfs or tmpfs may be it; mountinfo tells. */
static int is_initramfs(bool *is, struct err *e)
{
	struct statfs fs;
	*is = false;
	if (statfs("/", &fs) < 0)
		return err_sys(e, "cannot look at /");
	/* What has a parent can't be moved below itself, ELOOP, which costs less than mountinfo; EINVAL may have other reasons than no parent. */
	if ((fs.f_type != RAMFS_MAGIC && fs.f_type != TMPFS_MAGIC) || (mount("/", "/", 0, MS_MOVE, 0) < 0 && errno == ELOOP))
		return 0;
	return mountinfo_self(find_root_of_all, is, e);
}

/* config.md: bind / onto a directory, move it over /, chroot: from there "/" has a parent. Recursively, so that what is mounted below comes along. */
static int leave_initramfs(const char *rootfs, unsigned long propagation, struct err *e)
{
	if ((propagation & MS_SHARED) && mount(0, "/", 0, MS_PRIVATE, 0) < 0)   /* it will be the parent of "/": pivot_root(2) refuses a shared one */
		return err_sys(e, "initramfs: cannot make / private");
	if (mount("/", rootfs, 0, MS_BIND | MS_REC, 0) < 0)
		return err_sys(e, "initramfs: cannot bind / on the rootfs");
	if (chdir(rootfs) < 0 || mount(".", "/", 0, MS_MOVE, 0) < 0 || chroot(".") < 0 || chdir("/") < 0)
		return err_sys(e, "initramfs: cannot move a bind of / over /");
	return 0;
}

/* A chroot whose "/" is no mount point: a bind of it is put where nothing is shared, on /proc, and becomes "/". What lies around the chroot stays in the mount namespace, for whoever may
 * join that anew. */
static int leave_chroot(struct err *e)
{
	if (mount(0, "/proc", 0, MS_PRIVATE, 0) < 0 || mount("/", "/proc", 0, MS_BIND | MS_REC, 0) < 0 || chroot("/proc") < 0 || chdir("/") < 0)
		return err_sys(e, "/ is no mount point (inside a chroot?), and cannot be bound on /proc");
	log_warn("/ is no mount point (inside a chroot?): a program with CAP_SYS_ADMIN could leave the container for what is around it");
	return 0;
}

/* now: as for mount(2) */
static int set_propagation(unsigned long now, struct err *e)
{
	if (mount(0, "/", 0, now, 0) == 0)
		return 0;
	if (errno == EINVAL && leave_chroot(e) < 0)
		return -1;
	return mount(0, "/", 0, now, 0) < 0 ? err_sys(e, "cannot set the propagation of /") : 0;
}

int root_prepare(const char *rootfs, unsigned long propagation, struct err *e)
{
	bool initramfs;
	unsigned long now = propagation ? propagation : MS_SLAVE | MS_REC;
	if (now & MS_UNBINDABLE)   /* for the rootfs at the end; now it has to be bound */
		now = MS_PRIVATE | (now & MS_REC);
	if (set_propagation(now, e) < 0)
		return -1;
	/* first: what lies on a shared mount can't be moved out of the initramfs either */
	if ((stays_shared(propagation) && unshare_parent(rootfs, propagation, e) < 0) || is_initramfs(&initramfs, e) < 0 || (initramfs && leave_initramfs(rootfs, propagation, e) < 0))
		return err_at(e, "rootfs \"%s\"", rootfs);
	if (mount(rootfs, rootfs, 0, MS_BIND | MS_REC, 0) < 0)
		return err_sys(e, "cannot bind rootfs \"%s\"", rootfs);
	int fd = openat(AT_FDCWD, rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_sys(e, "cannot open rootfs \"%s\"", rootfs) : fd;
}

/* The old root lies on top of the new one at "/" now, and "." leads up to it. */
static int detach_old(int old, struct err *e)
{
	if (old >= 0 && (fchdir(old) < 0 || mount(0, ".", 0, MS_SLAVE | MS_REC, 0) < 0))
		return err_sys(e, "cannot unshare the old root");
	return umount2(".", MNT_DETACH) < 0 ? err_sys(e, "cannot detach the old root") : 0;
}

int root_pivot(int root_fd, unsigned long propagation, struct err *e)
{
	int old = -1;
	if (stays_shared(propagation) && (old = openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
		return err_sys(e, "cannot open the old root");
	int result = fchdir(root_fd) < 0 || sys_pivot_root(".", ".") < 0 ? err_sys(e, "cannot pivot_root") : detach_old(old, e);
	if (old >= 0) {
		io_close(old);
		if (result == 0 && fchdir(root_fd) < 0)
			result = err_sys(e, "cannot enter the new root");
	}
	return result;
}

#define HOST_MOUNTS 64   /* other procfs and sysfs mounts at a time; found again until none is left */
struct host_mounts { size_t root_length, count, used; const char *root; char text[8192]; uint16_t at[HOST_MOUNTS]; };

static int collect_host(void *context, const struct mountinfo *m)
{
	struct host_mounts *h = context;
	size_t length = strlen(m->mount_point) + 1;
	bool inside = strncmp(m->mount_point, h->root, h->root_length) == 0 && (m->mount_point[h->root_length] == '/' || !m->mount_point[h->root_length]);
	if (inside || strcmp(m->root, "/") != 0 || (strcmp(m->type, "proc") != 0 && strcmp(m->type, "sysfs") != 0))
		return 0;
	if (h->count == HOST_MOUNTS || h->used + length > sizeof h->text)
		return 1;
	h->at[h->count++] = (uint16_t)h->used;
	memcpy(h->text + h->used, m->mount_point, length);
	h->used += length;
	return 0;
}

/* With chroot(2) the host's /proc and /sys stay within reach, and the kernel would let the container mount new ones freely. */
static int hide_host(const char *path, struct err *e)
{
	if (mount(0, path, 0, MS_SLAVE | MS_REC, 0) < 0)
		return errno == ENOENT || errno == EINVAL ? 0 : err_sys(e, "cannot unshare %s", path);
	if (umount2(path, MNT_DETACH) == 0)
		return 0;
	if (errno != EINVAL && errno != EPERM)
		return err_sys(e, "cannot unmount %s", path);
	return mount("tmpfs", path, "tmpfs", 0, 0) < 0 ? err_sys(e, "cannot cover %s", path) : 0;
}

int root_move(int root_fd, struct err *e)
{
	char self[PATH_PROC_BYTES], root[LIMIT_PATH_BYTES];
	static LARGE struct host_mounts hosts;
	ssize_t n = readlink(path_proc(root_fd, self), root, sizeof root - 1);
	int fd = n < 0 ? -1 : openat(AT_FDCWD, "/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "no pivot: cannot read /proc");
	root[n] = 0;
	hosts = (struct host_mounts){ .root = root, .root_length = (size_t)n };
	int result = mountinfo_each(fd, collect_host, &hosts, e);
	io_close(fd);
	if (result < 0)
		return err_at(e, "no pivot: mountinfo");
	if (result > 0)
		return err_set(e, "no pivot: more than %d mounts of proc and sysfs", HOST_MOUNTS);
	if (fchdir(root_fd) < 0)
		return err_sys(e, "cannot enter the new root");
	for (size_t i = 0; i < hosts.count; i++)
		if (hide_host(hosts.text + hosts.at[i], e) < 0)
			return err_at(e, "no pivot");
	/* by the working directory, since /proc may be gone now */
	if (mount(".", "/", 0, MS_MOVE, 0) < 0 || chroot(".") < 0 || chdir("/") < 0)
		return err_sys(e, "no pivot: cannot move the rootfs over /");
	return 0;
}

int root_finish(unsigned long propagation, bool readonly, struct err *e)
{
	struct sys_mount_attr attr = { .attr_set = SYS_MOUNT_ATTR_RDONLY };
	if (propagation && !(propagation & (MS_PRIVATE | MS_SLAVE)) && mount(0, "/", 0, propagation, 0) < 0)
		return err_sys(e, "cannot set the propagation of the rootfs");
	if (!readonly || sys_mount_setattr(AT_FDCWD, "/", 0, &attr) == 0)
		return 0;
	struct statfs fs;
	if (statfs("/", &fs) < 0)
		return err_sys(e, "cannot make the rootfs read-only");
	/* the flags of statfs(2) have the same values as those of mount(2) here, but for ST_RELATIME */
	unsigned long keep = (unsigned long)fs.f_flags & (MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME);
	if (mount(0, "/", 0, MS_BIND | MS_REMOUNT | MS_RDONLY | keep, 0) < 0)
		return err_sys(e, "cannot make the rootfs read-only");
	return 0;
}
