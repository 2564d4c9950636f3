/* SPDX-License-Identifier: ISC */
/* Owners, modes, xattrs and times. */
#include "image/attributes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "image/owners.h"

#define XATTR_LIST_MAX 65536   /* XATTR_LIST_MAX, xattr(7) */
#define ROOTLESS "user.rootlesscontainers"

static LARGE char list[XATTR_LIST_MAX];
static LARGE uint8_t value[LIMIT_XATTR_BYTES];

static void entry_times(const struct tar_entry *x, struct timespec times[2])
{
	times[0] = (struct timespec){ .tv_sec = (time_t)x->atime.seconds, .tv_nsec = (long)x->atime.nanoseconds };
	times[1] = (struct timespec){ .tv_sec = (time_t)x->mtime.seconds, .tv_nsec = (long)x->mtime.nanoseconds };
}

static size_t varint(uint8_t *to, uint8_t field, uint32_t n)
{
	size_t at = 0;
	if (!n)
		return 0;
	to[at++] = (uint8_t)(field << 3);
	for (; n > 0x7f; n >>= 7)
		to[at++] = (uint8_t)(n | 0x80);
	to[at++] = (uint8_t)n;
	return at;
}

/* Whether a file belongs to whom it should already, *uid and *gid on this host. 1, 0, -1. */
static int is_owned(const struct unpack *u, const struct stat *st, const struct tar_entry *x, uint32_t *uid, uint32_t *gid, struct err *e)
{
	*uid = x->uid;
	*gid = x->gid;
	if (owners_map(uid, gid, e) < 0)
		return u->privileged ? -1 : 0;
	return st->st_uid == *uid && st->st_gid == *gid;
}

/* An ordinary user cannot give files away: the owner is kept as umoci and PRoot keep it, a protobuf of uid (1) and gid (2), where user.* xattrs can be. */
static void keep_owner(struct unpack *u, int fd, const struct tar_entry *x)
{
	uint8_t owner[16];
	if (!x->uid && !x->gid)
		return;
	size_t length = varint(owner, 1, x->uid);
	length += varint(owner + length, 2, x->gid);
	if ((fd < 0 || fsetxattr(fd, ROOTLESS, owner, length, 0) < 0) && !u->warned_owner) {
		u->warned_owner = true;
		log_warn("\"%.200s\": not root: its owner, and those of others, are left out", u->path);
	}
}

/* An xattr that could not be set: the run goes on, with one warning, unless it is one that a program needs. */
static int xattr_failed(struct unpack *u, const char *name, struct err *e)
{
	if (errno != ENOTSUP && errno != EPERM)
		return err_sys(e, "cannot set its xattr %.100s", name);
	if (u->privileged && !u->no_xattrs && strcmp(name, "security.capability") == 0)
		return err_sys(e, "cannot set its xattr %s (--no-xattrs goes on without)", name);
	if (!u->warned_xattr)
		log_warn("\"%.200s\": xattr %.100s, and others like it, cannot be kept here", u->path, name);
	u->warned_xattr = true;
	return 0;
}

static int set_xattrs(struct unpack *u, int fd, const char *path, const struct tar_entry *x, struct err *e)
{
	for (uint32_t i = 0; i < x->xattr_count; i++) {
		const struct tar_xattr *a = &x->xattr[i];
		/* users' own would be as good in a store */
		if (str_starts(a->name, "trusted.overlay.") || (u->lowers && str_starts(a->name, "user.overlay."))) {
			log_debug("\"%.200s\": xattr %.100s left out", u->path, a->name);
			continue;
		}
		int result = fd >= 0 ? fsetxattr(fd, a->name, a->value, a->length, 0) : lsetxattr(path, a->name, a->value, a->length, 0);
		if (result < 0 && xattr_failed(u, a->name, e) < 0)
			return -1;
	}
	return 0;
}

int attributes_set_fd(struct unpack *u, int fd, const struct tar_entry *x, bool times, ino_t *inode, struct err *e)
{
	struct stat st;
	struct timespec at[2];
	uint32_t uid, gid;
	mode_t mode = x->type == TAR_DIR && !u->privileged ? x->mode | 0700 : x->mode;   /* the rest waits in the spill */
	if (fstat(fd, &st) < 0)
		return err_sys(e, "cannot read its attributes");
	if (inode)
		*inode = st.st_ino;
	int owned = is_owned(u, &st, x, &uid, &gid, e);
	if (owned < 0)
		return -1;
	if (!owned && !u->privileged)
		keep_owner(u, fd, x);
	else if (!owned && fchown(fd, uid, gid) < 0)
		return err_sys(e, "cannot set its owner %u:%u", uid, gid);
	if (!u->privileged && set_xattrs(u, fd, 0, x, e) < 0)   /* while he may write it */
		return -1;
	if (((st.st_mode & 07777) != mode || (!owned && mode & 06000)) && fchmod(fd, mode) < 0)
		return err_sys(e, "cannot set its mode %04o", (unsigned)mode);
	if (u->privileged && set_xattrs(u, fd, 0, x, e) < 0)
		return -1;
	entry_times(x, at);
	if (times && futimens(fd, at) < 0)
		return err_sys(e, "cannot set its times");
	return 0;
}

int attributes_set_at(struct unpack *u, int parent, const char *name, const struct tar_entry *x, struct err *e)
{
	struct stat st;
	struct timespec at[2];
	uint32_t uid, gid;
	char path[PATH_PROC_BYTES + 257];
	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "cannot read its attributes");
	int owned = is_owned(u, &st, x, &uid, &gid, e);
	if (owned < 0)
		return -1;
	if (!owned && !u->privileged)
		keep_owner(u, -1, x);
	else if (!owned && fchownat(parent, name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "cannot set its owner %u:%u", uid, gid);
	/* a node, never a symlink: nothing is followed */
	if (!S_ISLNK(st.st_mode) && ((st.st_mode & 07777) != x->mode || (!owned && x->mode & 06000)) && fchmodat(parent, name, x->mode, 0) < 0)
		return err_sys(e, "cannot set its mode %04o", (unsigned)x->mode);
	if (x->xattr_count) {
		int length = snprintf(path, sizeof path, "/proc/self/fd/%d/%s", parent, name);
		if (length < 0 || (size_t)length >= sizeof path)
			return err_num(e, ENAMETOOLONG, "its xattrs");
		if (set_xattrs(u, -1, path, x, e) < 0)
			return -1;
	}
	entry_times(x, at);
	return utimensat(parent, name, at, AT_SYMLINK_NOFOLLOW) < 0 ? err_sys(e, "cannot set its times") : 0;
}

int attributes_clear_xattrs(int fd, struct err *e)
{
	ssize_t length = flistxattr(fd, list, sizeof list);
	if (length < 0)
		return errno == ENOTSUP ? 0 : err_sys(e, "cannot list its xattrs");
	/* ACLs, and what a security module gives every file, are not ours to remove: where that is refused it stays */
	for (ssize_t at = 0; at < length; at += (ssize_t)strlen(list + at) + 1)
		(void)fremovexattr(fd, list + at);
	return 0;
}

static int copy_xattrs(int from, int to, struct err *e)
{
	if (attributes_clear_xattrs(to, e) < 0)
		return -1;
	ssize_t length = flistxattr(from, list, sizeof list);
	if (length < 0)
		return errno == ENOTSUP ? 0 : err_sys(e, "cannot list its xattrs");
	for (ssize_t at = 0; at < length; at += (ssize_t)strlen(list + at) + 1) {
		ssize_t n = fgetxattr(from, list + at, value, sizeof value);
		if (n < 0 || (fsetxattr(to, list + at, value, (size_t)n, 0) < 0 && str_starts(list + at, "user.")))
			return err_sys(e, "cannot copy its xattr %.100s", list + at);
	}
	return 0;
}

int attributes_copy(int from, int to, bool privileged, struct err *e)
{
	struct stat st;
	if (fstat(from, &st) < 0)
		return err_sys(e, "cannot read its attributes");
	return attributes_copy_as(from, to, privileged, &st, e);
}

int attributes_copy_as(int from, int to, bool privileged, const struct stat *st, struct err *e)
{
	if (privileged && fchown(to, st->st_uid, st->st_gid) < 0)
		return err_sys(e, "cannot set its owner");
	if (!privileged && copy_xattrs(from, to, e) < 0)
		return -1;
	if (fchmod(to, st->st_mode & 07777) < 0)
		return err_sys(e, "cannot set its mode");
	return privileged ? copy_xattrs(from, to, e) : 0;
}

int attributes_copy_at(int from, int to, const char *name, struct err *e)
{
	char source[PATH_PROC_BYTES + 257], copy[PATH_PROC_BYTES + 257];
	snprintf(source, sizeof source, "/proc/self/fd/%d/%.255s", from, name);
	snprintf(copy, sizeof copy, "/proc/self/fd/%d/%.255s", to, name);
	ssize_t length = llistxattr(source, list, sizeof list);
	for (ssize_t at = 0; at < length; at += (ssize_t)strlen(list + at) + 1) {
		ssize_t n = lgetxattr(source, list + at, value, sizeof value);
		if (n < 0 || (lsetxattr(copy, list + at, value, (size_t)n, 0) < 0 && errno != ENOTSUP && errno != EPERM))
			return err_sys(e, "cannot copy its xattr %.100s", list + at);
	}
	return 0;
}
