/* SPDX-License-Identifier: ISC */
/* Marks made into overlay form: each directory's, before what is below it. */
#include "image/overlay_settle.h"

#include <dirent.h>   /* DT_* alone */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/path.h"
#include "base/str.h"
#include "image/attributes.h"
#include "image/place.h"
#include "image/tree.h"
#include "image/whiteout.h"

struct settling {
	const struct overlay *lowers;
	bool privileged;
	size_t cut;                        /* 1 + the depth of the highest directory on the way here that hides what is below it; 0: none */
	char path[LIMIT_PATH_BYTES];       /* of an entry */
	struct tree tree;
};

static int at_entry(struct settling *s, const char *name, struct err *e)
{
	const char *directory = s->tree.path;
	return str_format(s->path, sizeof s->path, e, "%s%s%s", directory, *directory ? "/" : "", name) < 0 ? -1 : 0;
}

/* What is below the layer at s->path: 1, 0 nothing, -1. */
static int below(const struct settling *s, struct overlay_found *found, struct err *e)
{
	if (s->cut)
		return 0;
	if (overlay_find(s->lowers, s->path, found) == 0)
		return 1;
	return errno == ENOENT ? 0 : err_sys(e, "cannot look below it");
}

static bool has(int directory, const char *name)
{
	struct stat st;
	return fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* An implied directory. One whose name is whited out too, or that is opaque, has nothing below it, whatever there is. */
static bool is_implied(int parent, const struct dir_entry *x, bool *fresh)
{
	char mark[sizeof WHITEOUT_PREFIX + NAME_MAX];
	int fd = x->type == DT_DIR || x->type == DT_UNKNOWN ? openat(parent, x->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	bool implied = fd >= 0 && has(fd, WHITEOUT_IMPLIED);
	if (implied) {
		strcpy(stpcpy(mark, WHITEOUT_PREFIX), x->name);
		*fresh = has(fd, WHITEOUT_OPAQUE) || has(parent, mark);
	}
	io_close(fd);
	return implied;
}

/* Whether nothing but marks stands in there. */
static bool holds_marks_only(int parent, const char *name)
{
	struct dir d;
	struct dir_entry x;
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), found = fd >= 0;
	bool only = fd >= 0;
	dir_start(&d, fd);
	while (found > 0 && only && (found = dir_next(&d, &x)) > 0)
		only = str_starts(x.name, WHITEOUT_PREFIX);
	io_close(fd);
	return only;
}

/* .wh.NAME in the present directory. */
static int settle_whiteout(struct settling *s, const char *name, bool opaque, struct err *e)
{
	struct overlay_found found;
	struct stat st;
	if (at_entry(s, name, e) < 0)
		return -1;
	int there = opaque ? 0 : below(s, &found, e);
	if (there <= 0)
		return there;
	if (fstatat(s->tree.fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return overlay_whiteout(s->tree.fd, name) < 0 ? err_sys(e, "cannot make a whiteout") : 0;
	if (!S_ISDIR(st.st_mode))
		return 0;
	/* what was there is removed, and a new directory put in its place */
	int fd = openat(s->tree.fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int result = fd < 0 ? -1 : place_mark(fd, WHITEOUT_OPAQUE);
	io_close(fd);
	return result < 0 ? err_sys(e, "cannot make a mark") : 0;
}

/* An implied directory below which there is none: of whiteouts alone nothing is left. */
static int settle_implied(struct settling *s, const char *name, struct err *e)
{
	struct overlay_found found;
	if (at_entry(s, name, e) < 0)
		return -1;
	int there = below(s, &found, e);
	if (there < 0 || (there && S_ISDIR(found.st.st_mode)))
		return there < 0 ? -1 : 0;
	if (holds_marks_only(s->tree.fd, name))
		return dir_remove_tree(s->tree.fd, name, e);
	return there ? err_num(e, ENOTDIR, "its parent") : 0;
}

static int settle_entries(struct settling *s, bool opaque, struct err *e)
{
	struct dir d;
	struct dir_entry x;
	int found, any;
	do {
		any = 0;
		dir_start(&d, s->tree.fd);
		while ((found = dir_next(&d, &x)) > 0) {
			int result = 0;
			bool fresh;
			if (str_starts(x.name, WHITEOUT_PREFIX)) {
				result = place_unmark(s->tree.fd, x.name, e) < 0 ? -1 :
				         settle_whiteout(s, x.name + strlen(WHITEOUT_PREFIX), opaque, e);
				any = 1;
			} else if (is_implied(s->tree.fd, &x, &fresh) && !fresh) {
				result = settle_implied(s, x.name, e);
			}
			if (result < 0)
				return err_at(e, "\"%.200s\"", s->path);
		}
	} while (found == 0 && any);
	return found < 0 ? err_sys(e, "cannot read \"%.200s\"", s->tree.path) : 0;
}

/* The kernel stacks roots whatever their xattrs say: what is below an opaque one is whited out name by name. */
static int hide_roots(struct settling *s, struct err *e)
{
	struct dir d;
	struct dir_entry x;
	for (uint32_t i = 0; i < s->lowers->count; i++) {
		dir_start(&d, s->lowers->fd[i]);
		while (dir_next(&d, &x) > 0)
			if (settle_whiteout(s, x.name, false, e) < 0)
				return err_at(e, "\"%.200s\"", s->path);
	}
	return 0;
}

/* Attributes of the directory below, for one that has no entry of its own. */
static int take_attributes(struct settling *s, const struct overlay_found *from, struct timespec times[2], struct err *e)
{
	int fd = path_open(from->layer, s->tree.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd < 0)
		return err_sys(e, "\"%.200s\": cannot open it", s->tree.path);
	int result = attributes_copy(fd, s->tree.fd, s->privileged, e);
	io_close(fd);
	fremovexattr(s->tree.fd, OVERLAY_OPAQUE);
	fremovexattr(s->tree.fd, OVERLAY_OPAQUE_USER);
	times[0] = from->st.st_atim;
	times[1] = from->st.st_mtim;
	return result;
}

/* All of one directory but its subdirectories. */
static int settle_directory(struct settling *s, struct err *e)
{
	struct overlay_found found;
	struct stat st;
	int fd = s->tree.fd;
	strcpy(s->path, s->tree.path);
	int there = below(s, &found, e);
	if (there < 0 || fstat(fd, &st) < 0)
		return there < 0 ? -1 : err_sys(e, "cannot read it");
	there = there && S_ISDIR(found.st.st_mode);
	struct timespec times[2] = { st.st_atim, st.st_mtim };
	int implied = place_unmark(fd, WHITEOUT_IMPLIED, e), opaque = place_unmark(fd, WHITEOUT_OPAQUE, e);
	if (implied < 0 || opaque < 0)
		return -1;
	if (implied && there && take_attributes(s, &found, times, e) < 0)
		return -1;
	if (opaque && there && s->tree.depth && overlay_hide(fd) < 0)
		return err_sys(e, "\"%.200s\": " OVERLAY_OPAQUE, s->path);
	if (opaque && !s->tree.depth && hide_roots(s, e) < 0)
		return -1;
	if (opaque && !s->cut)
		s->cut = s->tree.depth + 1;
	if (settle_entries(s, opaque, e) < 0)
		return -1;
	return futimens(fd, times) < 0 ? err_sys(e, "\"%.200s\": cannot set its times", s->path) : 0;
}

int overlay_settle(int layerfd, const struct overlay *lowers, bool marked, bool privileged, struct err *e)
{
	static LARGE struct settling s;
	int step;
	s.lowers = lowers;
	s.privileged = privileged;
	s.cut = 0;
	tree_start(&s.tree, layerfd);
	while ((step = tree_next(&s.tree, e)) > 0) {
		if (step == TREE_ENTER && settle_directory(&s, e) < 0)
			break;
		if (step == TREE_LEAVE && s.cut == s.tree.depth + 1)
			s.cut = 0;
		if (!marked) {
			step = 0;   /* the root alone */
			break;
		}
	}
	tree_close(&s.tree);
	return step ? -1 : 0;
}
