/* SPDX-License-Identifier: ISC */
/* An unpacked layer merged into the layers below it. The upper tree is emptied from its leaves: a directory is entered by path, its children are
 * moved, its subdirectories entered one at a time, and it is removed when it is empty; so the state is one path and one small frame a level. */
#include "image/merge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/path.h"
#include "base/str.h"
#include "image/attributes.h"
#include "image/owners.h"
#include "image/place.h"
#include "image/whiteout.h"

struct frame {
	size_t length;               /* of the path */
	bool implied;                /* the layer has no entry of this directory */
	bool missing;                /* the directory below was, when this one was entered */
	bool known;                  /* mode and times are set; not while the directory below is missing: it is made when something is to stand in it */
	mode_t mode;                 /* st_mode of the lower directory, in the end; 0: not known */
	struct timespec times[2];
};
struct merge {
	int upper_root, lower_root;
	int upper, lower;            /* the directory at path; lower is -1 while it is missing */
	bool marked, privileged;
	size_t depth;
	char path[LIMIT_PATH_BYTES]; /* "" is the root */
	struct frame frame[LIMIT_TAR_DEPTH + 1];
};

static struct frame *top(struct merge *m)
{
	return &m->frame[m->depth];
}

static int lower_open(struct merge *m)
{
	return path_open(m->lower_root, m->path, O_RDONLY | O_DIRECTORY, 0);
}

/* Takes down how the directory that was just opened is to look in the end. */
static int remember(struct merge *m, struct err *e)
{
	struct frame *f = top(m);
	struct stat st;
	if (f->known || m->lower < 0)
		return 0;
	if (f->missing && owners_chown(m->lower) < 0)
		return err_sys(e, "cannot set its owner");
	if (fstat(f->implied ? m->lower : m->upper, &st) < 0)
		return err_sys(e, "cannot read its attributes");
	f->known = true;
	f->mode = f->mode ? f->mode : st.st_mode;
	f->times[0] = st.st_atim;
	f->times[1] = st.st_mtim;
	return 0;
}

/* Opens the directories at path; the upper one is a real path, nothing in it is followed. */
static int open_both(struct merge *m, struct err *e)
{
	m->upper = io_close(m->upper);
	m->lower = io_close(m->lower);
	m->upper = path_open(m->upper_root, m->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (m->upper < 0)
		return err_sys(e, "cannot open the layer's directory");
	m->lower = lower_open(m);
	/* below whiteouts alone it may be missing, or not even a directory: they have nothing to remove */
	if (m->lower < 0 && (!top(m)->implied || (errno != ENOENT && errno != ENOTDIR)))
		return err_sys(e, "its parent");
	top(m)->missing = top(m)->missing || m->lower < 0;
	return remember(m, e);
}

/* Makes the lower directory that was missing so far. */
static int need_lower(struct merge *m, struct err *e)
{
	if (m->lower >= 0)
		return 0;
	io_close(path_make_dirs(m->lower_root, m->path, 0755));
	m->lower = lower_open(m);
	return m->lower < 0 ? err_sys(e, "its parent") : remember(m, e);
}

/* An ordinary user must be able to open a directory and to move things in and out of it; its st_mode before, 0 when it was enough. */
static mode_t allow(const struct merge *m, int parent, const char *name)
{
	struct stat st;
	if (m->privileged || parent < 0 || fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode) || (st.st_mode & 0700) == 0700)
		return 0;
	fchmodat(parent, name, (st.st_mode & 07777) | 0700, 0);
	return st.st_mode;
}

static int empty_lower(struct merge *m, struct err *e)
{
	struct dir d;
	struct dir_entry x;
	int found, any;
	if (m->lower < 0)
		return 0;
	do {
		any = 0;
		dir_start(&d, m->lower);
		while ((found = dir_next(&d, &x)) > 0) {
			if (dir_remove_tree(m->lower, x.name, e) < 0)
				return -1;
			any = 1;
		}
	} while (found == 0 && any);
	return found < 0 ? err_sys(e, "cannot read the directory below") : 0;
}

/* The marks of one directory, before anything is moved. The mark of an implied directory stays until that is removed. */
static int apply_marks(struct merge *m, struct err *e)
{
	struct dir d;
	struct dir_entry x;
	int found;
	dir_start(&d, m->upper);
	while ((found = dir_next(&d, &x)) > 0) {
		if (!str_starts(x.name, WHITEOUT_PREFIX) || strcmp(x.name, WHITEOUT_IMPLIED) == 0)
			continue;
		int result = strcmp(x.name, WHITEOUT_OPAQUE) == 0 ? empty_lower(m, e) :
		             m->lower >= 0 ? dir_remove_tree(m->lower, x.name + strlen(WHITEOUT_PREFIX), e) : 0;
		if (result < 0)
			return -1;
		if (place_unmark(m->upper, x.name, e) < 0)
			return -1;
	}
	return found < 0 ? err_sys(e, "cannot read the layer's directory") : 0;
}

static int move(struct merge *m, const char *name, struct err *e)
{
	if (need_lower(m, e) < 0)
		return -1;
	if (renameat(m->upper, name, m->lower, name) == 0)
		return 0;
	if (errno != EISDIR && errno != ENOTDIR && errno != ENOTEMPTY && errno != EEXIST)
		return err_sys(e, "cannot move \"%.100s\"", name);
	if (dir_remove_tree(m->lower, name, e) < 0)
		return -1;
	return renameat(m->upper, name, m->lower, name) < 0 ? err_sys(e, "cannot move \"%.100s\"", name) : 0;
}

static bool is_implied(int directory, const char *name)
{
	struct stat st;
	int fd = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool implied = fd >= 0 && fstatat(fd, WHITEOUT_IMPLIED, &st, AT_SYMLINK_NOFOLLOW) == 0;
	io_close(fd);
	return implied;
}

static int enter(struct merge *m, const char *name, bool implied, struct err *e)
{
	size_t length = top(m)->length, more = strlen(name);
	if (m->depth == LIMIT_TAR_DEPTH)
		return ERR_LIMIT(e, "directories in one another", LIMIT_TAR_DEPTH);
	if (length + more + 2 > sizeof m->path)
		return err_num(e, ENAMETOOLONG, "\"%.100s\"", name);
	if (length)
		m->path[length++] = '/';
	memcpy(m->path + length, name, more + 1);
	mode_t upper_mode = allow(m, m->upper, name), lower_mode = allow(m, m->lower, name);
	m->depth++;
	*top(m) = (struct frame){ .length = length + more, .implied = implied, .mode = implied ? lower_mode : upper_mode };
	return open_both(m, e);
}

/* A subdirectory: moved whole, or entered (1). */
static int put_directory(struct merge *m, const char *name, struct err *e)
{
	struct stat st;
	bool implied = m->marked && is_implied(m->upper, name);
	if (implied)
		return enter(m, name, true, e) < 0 ? -1 : 1;
	if (need_lower(m, e) < 0)
		return -1;
	bool there = fstatat(m->lower, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (!m->marked && !(there && S_ISDIR(st.st_mode))) {
		mode_t mode = allow(m, m->upper, name);
		int result = move(m, name, e);
		return result == 0 && mode && fchmodat(m->lower, name, mode & 07777, 0) < 0 ? err_sys(e, "cannot set the mode of \"%.100s\"", name) : result;
	}
	if (there && !S_ISDIR(st.st_mode) && unlinkat(m->lower, name, 0) < 0)
		return err_sys(e, "cannot remove \"%.100s\"", name);
	if (mkdirat(m->lower, name, 0700) < 0 && errno != EEXIST)
		return err_sys(e, "cannot make \"%.100s\"", name);
	return enter(m, name, false, e) < 0 ? -1 : 1;
}

/* Moves what is in the directory; 1: a subdirectory was entered and is to be done first. Directories that change while they are read may hide
 * names, so it is read until nothing is found. */
static int move_children(struct merge *m, struct err *e)
{
	struct dir d;
	struct dir_entry x;
	int found, any;
	do {
		any = 0;
		dir_start(&d, m->upper);
		while ((found = dir_next(&d, &x)) > 0) {
			struct stat st;
			if (strcmp(x.name, WHITEOUT_IMPLIED) == 0)
				continue;
			if (fstatat(m->upper, x.name, &st, AT_SYMLINK_NOFOLLOW) < 0)
				return err_sys(e, "cannot read \"%.100s\"", x.name);
			int result = S_ISDIR(st.st_mode) ? put_directory(m, x.name, e) : move(m, x.name, e);
			if (result)
				return result;
			/* rename(2) does nothing between two links of one file */
			if (!S_ISDIR(st.st_mode))
				unlinkat(m->upper, x.name, 0);
			any = 1;
		}
	} while (found == 0 && any);
	return found < 0 ? err_sys(e, "cannot read the layer's directory") : 0;
}

/* The directory is empty: its attributes go to the lower one. */
static int finish_directory(struct merge *m, struct err *e)
{
	struct frame *f = top(m);
	unlinkat(m->upper, WHITEOUT_IMPLIED, 0);
	if (m->lower < 0)
		return 0;
	if (!f->implied && attributes_copy(m->upper, m->lower, m->privileged, e) < 0)
		return -1;
	struct stat st;
	if (fstat(m->lower, &st) < 0 || ((st.st_mode ^ f->mode) & 07777 && fchmod(m->lower, f->mode & 07777) < 0))
		return err_sys(e, "cannot set its mode");
	return futimens(m->lower, f->times) < 0 ? err_sys(e, "cannot set its times") : 0;
}

/* Up one level; the directory left behind is removed. */
static int leave(struct merge *m, struct err *e)
{
	char name[LIMIT_PATH_BYTES];
	m->depth--;
	size_t length = top(m)->length;
	strcpy(name, m->path + length + (length > 0));
	m->path[length] = 0;
	if (open_both(m, e) < 0)
		return -1;
	return dir_remove_tree(m->upper, name, e);
}

static int run(struct merge *m, struct err *e)
{
	for (;;) {
		int result = apply_marks(m, e);
		if (result == 0)
			result = move_children(m, e);
		if (result > 0)
			continue;
		if (result < 0 || finish_directory(m, e) < 0)
			return -1;
		if (!m->depth)
			return 0;
		if (leave(m, e) < 0)
			return -1;
	}
}

int merge_layer(int upperfd, int lowerfd, bool marked, bool privileged, struct err *e)
{
	static LARGE struct merge m;
	struct stat st;
	m.upper_root = upperfd;
	m.lower_root = lowerfd;
	m.upper = m.lower = -1;
	m.marked = marked;
	m.privileged = privileged;
	m.depth = 0;
	m.path[0] = 0;
	m.frame[0] = (struct frame){ .implied = fstatat(upperfd, WHITEOUT_IMPLIED, &st, AT_SYMLINK_NOFOLLOW) == 0 };
	int result = open_both(&m, e) < 0 ? -1 : run(&m, e);
	io_close(m.upper);
	io_close(m.lower);
	return result < 0 ? err_at(e, "\"%.200s\"", *m.path ? m.path : "/") : 0;
}
