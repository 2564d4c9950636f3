/* SPDX-License-Identifier: ISC */
/* A directory that appears whole or not at all. */
#include "image/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/path.h"
#include "image/attributes.h"

#define WORK_INSIDE ".runlet-unpacking"
#define MOUNT_ROOT 0x2000              /* STATX_ATTR_MOUNT_ROOT of Linux 5.8; older kernels tell of other filesystems' mounts by st_dev alone */
#define MOVING "moving"                /* in the work directory: parts are being moved out of tree; what is around it is ours */

static bool is_part(const struct stage *s, const char *name)
{
	if (!s->parts)
		return true;
	for (size_t i = 0; s->parts[i]; i++)
		if (strcmp(s->parts[i], name) == 0)
			return true;
	return false;
}

/* Whether a directory holds any of our parts. 1, 0, -1. */
static int holds_parts(const struct stage *s, int directory)
{
	struct dir d;
	struct dir_entry x;
	int found;
	dir_start(&d, directory);
	while ((found = dir_next(&d, &x)) > 0)
		if (strcmp(x.name, WORK_INSIDE) != 0 && is_part(s, x.name))
			return 1;
	return found;
}

/* Removes all in directory, or only our parts beside the work directory. */
static int empty(const struct stage *s, int directory, bool parts, struct err *e)
{
	struct dir d;
	struct dir_entry x;
	int found, any;
	do {
		any = 0;
		dir_start(&d, directory);
		while ((found = dir_next(&d, &x)) > 0) {
			if (parts && (strcmp(x.name, s->name) == 0 || !is_part(s, x.name)))
				continue;
			if (dir_remove_tree(directory, x.name, e) < 0)
				return -1;
			any = 1;
		}
	} while (found == 0 && any);
	return found < 0 ? err_sys(e, "cannot read a directory") : 0;
}

/* rename(2) cannot replace a mount point, and leaves no directory that it cannot write. */
static bool must_be_inside(int parent, const char *base, int destination)
{
	struct stat a, b;
	struct statx x;
	if (fstat(parent, &a) < 0 || fstat(destination, &b) < 0 || a.st_dev != b.st_dev)
		return true;
	if (statx(destination, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &x) == 0 && (x.stx_attributes_mask & x.stx_attributes & MOUNT_ROOT))
		return true;
	if (fstatat(parent, base, &a, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(a.st_mode))
		return true;
	return faccessat(parent, ".", W_OK | X_OK, AT_EACCESS) < 0;
}

/* Splits the destination; around is opened, and name, base and inside are set. */
static int find_place(struct stage *s, const char *destination, struct err *e)
{
	char parent[LIMIT_PATH_BYTES];
	size_t end = strlen(destination), start;
	while (end > 1 && destination[end - 1] == '/')
		end--;
	for (start = end; start && destination[start - 1] != '/'; )
		start--;
	bool plain = end > start && !(destination[start] == '.' && (end - start == 1 || (end - start == 2 && destination[start + 1] == '.')));
	if (start >= sizeof parent || end - start >= sizeof s->base)
		return err_num(e, ENAMETOOLONG, "cannot use it");
	memcpy(parent, start ? destination : ".", start ? start : 1);
	parent[start ? start : 1] = 0;
	memcpy(s->base, destination + start, end - start);
	s->base[end - start] = 0;
	int inner = open(destination, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (inner < 0 && (errno != ENOENT || !plain))
		return errno == ENOTDIR ? err_set(e, "is not a directory") : err_sys(e, "cannot open");
	struct stat st;
	s->mode = inner >= 0 && fstat(inner, &st) == 0 ? st.st_mode & 07777 : 0755;
	s->around = plain ? open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (s->around < 0 && inner < 0)
		return err_sys(e, "cannot open the directory around it");
	int length = snprintf(s->name, sizeof s->name, ".%s.runlet", s->base);
	bool too_long = length < 0 || (size_t)length >= sizeof s->name;
	int parts = inner >= 0 ? holds_parts(s, inner) : 0;
	bool others = s->parts && inner >= 0 && dir_is_empty(inner) == 0;
	s->inside = inner >= 0 && (s->around < 0 || too_long || others || must_be_inside(s->around, s->base, inner) || faccessat(inner, WORK_INSIDE, F_OK, AT_SYMLINK_NOFOLLOW) == 0);
	if (!s->inside) {
		io_close(inner);
		return too_long ? err_num(e, ENAMETOOLONG, "cannot work beside it") : parts ? err_set(e, "is not empty") : 0;
	}
	io_close(s->around);
	s->around = inner;
	snprintf(s->name, sizeof s->name, "%s", WORK_INSIDE);
	return 0;
}

/* Makes or takes over the work directory and locks it; what an earlier run left is there to be removed. */
static int open_work(struct stage *s, struct err *e)
{
	struct stat here, there;
	for (int tries = 0; tries < 100; tries++) {
		if (mkdirat(s->around, s->name, 0700) < 0 && errno != EEXIST)
			return err_sys(e, "cannot make %s", s->name);
		s->work = openat(s->around, s->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (s->work < 0 && errno == ENOENT)
			continue;
		if (s->work < 0 || fstat(s->work, &here) < 0)
			return err_sys(e, "cannot open %s", s->name);
		if (here.st_uid != geteuid())
			return err_set(e, "%s is there already, and belongs to user %u", s->name, (unsigned)here.st_uid);
		if (flock(s->work, LOCK_EX | LOCK_NB) < 0)
			return errno == EWOULDBLOCK ? err_set(e, "is being unpacked by another process") : err_sys(e, "cannot lock %s", s->name);
		/* another run may have removed or renamed it before it was ours */
		if (fstatat(s->around, s->name, &there, AT_SYMLINK_NOFOLLOW) == 0 && there.st_ino == here.st_ino && there.st_dev == here.st_dev)
			return 0;
		s->work = io_close(s->work);
	}
	return err_set(e, "%s keeps changing", s->name);
}

static int lock_work(struct stage *s, struct err *e)
{
	if (open_work(s, e) == 0)
		return 0;
	s->work = io_close(s->work);   /* it is not ours to remove */
	return -1;
}

static int clean_leftovers(struct stage *s, struct err *e)
{
	if (s->inside && faccessat(s->work, MOVING, F_OK, AT_SYMLINK_NOFOLLOW) == 0 && empty(s, s->around, true, e) < 0)
		return -1;
	if (s->inside) {
		int parts = holds_parts(s, s->around);
		if (parts)
			return parts < 0 ? err_sys(e, "cannot read it") : err_set(e, "is not empty");
	}
	return empty(s, s->work, false, e);
}

static void close_all(struct stage *s)
{
	s->tree = io_close(s->tree);
	s->work = io_close(s->work);
	s->around = io_close(s->around);
}

int stage_open(struct stage *s, const char *destination, const char *const *parts, struct err *e)
{
	*s = (struct stage){ .around = -1, .work = -1, .tree = -1, .parts = parts };
	if (find_place(s, destination, e) < 0 || lock_work(s, e) < 0 || clean_leftovers(s, e) < 0) {
		if (s->inside && s->work >= 0)
			unlinkat(s->around, s->name, AT_REMOVEDIR);
		close_all(s);
		return -1;
	}
	if (mkdirat(s->work, "tree", 0700) == 0)
		s->tree = openat(s->work, "tree", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (s->tree >= 0)
		return 0;
	err_sys(e, "cannot make %s/tree", s->name);
	stage_abandon(s);
	return -1;
}

/* An ordinary user cannot move a directory that it may not write. */
static int move(int from, const char *name, int to, const char *new_name)
{
	struct stat st;
	bool closed = geteuid() != 0 && fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) && !(st.st_mode & 0200);
	if (closed && fchmodat(from, name, (st.st_mode & 07777) | 0200, 0) < 0)
		return -1;
	if (renameat(from, name, to, new_name) < 0)
		return -1;
	return closed ? fchmodat(to, new_name, st.st_mode & 07777, 0) : 0;
}

static int move_parts(struct stage *s, struct err *e)
{
	struct dir d;
	struct dir_entry x;
	int found, any, mark = openat(s->work, MOVING, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (mark < 0 || fsync(mark) < 0 || fsync(s->work) < 0) {
		io_close(mark);
		return err_sys(e, "cannot make a mark");
	}
	io_close(mark);
	s->moving = true;
	do {
		any = 0;
		dir_start(&d, s->tree);
		while ((found = dir_next(&d, &x)) > 0) {
			if (move(s->tree, x.name, s->around, x.name) < 0)
				return err_sys(e, "cannot move \"%.200s\" to its place", x.name);
			any = 1;
		}
	} while (found == 0 && any);
	return found < 0 ? err_sys(e, "cannot read a directory") : 0;
}

static int commit_inside(struct stage *s, struct err *e)
{
	struct stat st;
	if (fstat(s->tree, &st) < 0 || move_parts(s, e) < 0)
		return -1;
	if (s->attributes && attributes_copy(s->tree, s->around, geteuid() == 0, e) < 0)
		return -1;
	if (syncfs(s->around) < 0)
		return err_sys(e, "cannot sync");
	if (dir_remove_tree(s->around, s->name, e) < 0)
		return -1;
	const struct timespec times[2] = { st.st_atim, st.st_mtim };
	if (s->attributes && futimens(s->around, times) < 0)
		return err_sys(e, "cannot set its times");
	return 0;
}

int stage_commit(struct stage *s, struct err *e)
{
	int result = syncfs(s->tree) < 0 ? err_sys(e, "cannot sync") : 0;
	if (result == 0 && s->inside)
		result = commit_inside(s, e);
	else if (result == 0 && move(s->work, "tree", s->around, s->base) < 0)
		result = errno == ENOTEMPTY || errno == EEXIST ? err_set(e, "is not empty") : err_sys(e, "cannot rename it to its place");
	if (result < 0) {
		stage_abandon(s);
		return -1;
	}
	if (!s->inside)
		result = dir_remove_tree(s->around, s->name, e);
	if (result == 0 && fsync(s->around) < 0 && errno != EINVAL)
		result = err_sys(e, "cannot sync the directory around it");
	close_all(s);
	return result;
}

void stage_abandon(struct stage *s)
{
	struct err unused;
	if (s->moving)
		empty(s, s->around, true, &unused);
	if (s->around >= 0)
		dir_remove_tree(s->around, s->name, &unused);
	close_all(s);
}
