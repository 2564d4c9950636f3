/* SPDX-License-Identifier: ISC */
/* Marks made into overlay form, in two kinds of walks: first implied directories move to where symlinks below lead, as often as there is one to be moved; then
 * each directory's marks, before what is below it. */
#include "image/overlay_settle.h"

#include <dirent.h>   /* DT_* alone */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
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

#define SYMLINKS_MAX 40   /* the kernel's MAXSYMLINKS: one may lead to the next */

struct settling {
	int layer;
	struct overlay *lowers;
	bool privileged, moved;
	size_t cut;                        /* 1 + the depth of the highest directory on the way here that hides what is below it; 0: none */
	char path[LIMIT_PATH_BYTES];       /* of an entry */
	struct tree tree, mover;
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

/* The directory at path in the layer; what is missing of it is only implied. Its fd or -1 with errno. */
static int make_implied(struct settling *s, char *path)
{
	int here = openat(s->layer, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (char *at = path; here >= 0 && *at; ) {
		size_t length = strcspn(at, "/");
		char behind = at[length];
		at[length] = 0;
		bool made = mkdirat(here, at, 0755) == 0;
		int next = made || errno == EEXIST ? openat(here, at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
		if (next >= 0 && made && place_mark(next, WHITEOUT_IMPLIED) < 0)
			next = io_close(next);
		at[length] = behind;
		at += length + (behind == '/');
		io_close(here);
		here = next;
	}
	return here;
}

/* All of from's entries into to; directories that both have are gone through by what calls us, as from's leftovers. */
static int move_entries(int from, int to, struct err *e)
{
	struct dir d;
	struct dir_entry x;
	struct stat a, b;
	int found;
	dir_start(&d, from);
	while ((found = dir_next(&d, &x)) > 0) {
		if (strcmp(x.name, WHITEOUT_IMPLIED) == 0)
			continue;
		bool both = fstatat(to, x.name, &b, AT_SYMLINK_NOFOLLOW) == 0;
		if (fstatat(from, x.name, &a, AT_SYMLINK_NOFOLLOW) < 0)
			return err_sys(e, "cannot read \"%.100s\"", x.name);
		if (both && S_ISDIR(a.st_mode) && S_ISDIR(b.st_mode))
			continue;
		if (both && dir_remove_tree(to, x.name, e) < 0)
			return -1;
		if (renameat(from, x.name, to, x.name) < 0)
			return err_sys(e, "cannot move \"%.100s\"", x.name);
	}
	return found < 0 ? err_sys(e, "cannot read it") : 0;
}

/* Merges the directory from, which is to vanish, into the layer's directory at base. */
static int move_tree(struct settling *s, int from, const char *base, struct err *e)
{
	struct tree *t = &s->mover;
	char path[LIMIT_PATH_BYTES];
	int step;
	tree_start(t, from);
	while ((step = tree_next(t, e)) > 0) {
		if (step != TREE_ENTER)
			continue;
		if (str_format(path, sizeof path, e, "%s%s%s", base, *base && *t->path ? "/" : "", t->path) < 0)
			return -1;
		int to = make_implied(s, path);
		struct stat st;
		if (to < 0 || fstat(to, &st) < 0)
			return err_sys(e, "\"%.200s\": cannot make it", path);
		const struct timespec times[2] = { st.st_atim, st.st_mtim };
		int result = move_entries(t->fd, to, e);
		/* with an entry of its own it is no longer implied */
		if (result == 0 && *t->path && fstatat(t->fd, WHITEOUT_IMPLIED, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT) {
			unlinkat(to, WHITEOUT_IMPLIED, 0);
			result = attributes_copy(t->fd, to, s->privileged, e);
		}
		futimens(to, times);
		io_close(to);
		if (result < 0)
			return -1;
	}
	tree_close(t);
	return step;
}

/* The implied directory at s->path is a symlink below: all in it belongs where that leads, seen with this layer on top. */
static int move_away(struct settling *s, const char *name, const struct overlay_found *link, struct err *e)
{
	char target[LIMIT_PATH_BYTES], path[LIMIT_PATH_BYTES], resolved[LIMIT_PATH_BYTES];
	ssize_t n = readlinkat(link->layer, s->path, target, sizeof target - 1);
	if (n < 0)
		return err_sys(e, "cannot read it");
	target[n] = 0;
	const char *base = *target == '/' ? "" : s->tree.path;
	if (str_format(path, sizeof path, e, "%s/%s", base, target) < 0)
		return -1;
	s->lowers->fd[s->lowers->count++] = s->layer;
	int result = overlay_resolve(s->lowers, path, resolved);
	s->lowers->count--;
	if (result < 0)
		return err_sys(e, "its parent");
	size_t length = strlen(s->path);
	if (strncmp(resolved, s->path, length) == 0 && (!resolved[length] || resolved[length] == '/'))
		return err_num(e, ELOOP, "its parent");
	int from = openat(s->tree.fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (from < 0)
		return err_sys(e, "cannot open it");
	result = move_tree(s, from, resolved, e);
	io_close(from);
	tree_close(&s->mover);
	s->moved = true;
	return result < 0 ? -1 : dir_remove_tree(s->tree.fd, name, e);
}

/* Of a directory's entries, those that lead elsewhere. */
static int move_implied(struct settling *s, struct err *e)
{
	struct dir d;
	struct dir_entry x;
	struct overlay_found link;
	struct stat st;
	int result = 0;
	bool fresh;
	if (fstat(s->tree.fd, &st) < 0)
		return err_sys(e, "cannot read it");
	if (!s->cut && has(s->tree.fd, WHITEOUT_OPAQUE))
		s->cut = s->tree.depth + 1;
	dir_start(&d, s->tree.fd);
	while (result == 0 && dir_next(&d, &x) > 0) {
		if (!is_implied(s->tree.fd, &x, &fresh) || fresh)
			continue;
		if (at_entry(s, x.name, e) < 0)
			return -1;
		if (below(s, &link, e) > 0 && S_ISLNK(link.st.st_mode))
			result = move_away(s, x.name, &link, e) < 0 ? err_at(e, "\"%.200s\"", s->path) : 0;
	}
	const struct timespec times[2] = { st.st_atim, st.st_mtim };
	futimens(s->tree.fd, times);
	return result;
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
				result = unlinkat(s->tree.fd, x.name, 0) < 0 ? err_sys(e, "cannot remove a mark") :
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
	bool implied = unlinkat(fd, WHITEOUT_IMPLIED, 0) == 0, opaque = unlinkat(fd, WHITEOUT_OPAQUE, 0) == 0;
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

static int walk(struct settling *s, int (*visit)(struct settling *, struct err *), struct err *e)
{
	int step;
	s->cut = 0;
	tree_start(&s->tree, s->layer);
	while ((step = tree_next(&s->tree, e)) > 0) {
		if (step == TREE_ENTER && visit(s, e) < 0)
			break;
		if (step == TREE_LEAVE && s->cut == s->tree.depth + 1)
			s->cut = 0;
	}
	tree_close(&s->tree);
	return step > 0 ? -1 : step;
}

int overlay_settle(int layerfd, struct overlay *lowers, bool marked, bool privileged, struct err *e)
{
	static LARGE struct settling s;
	s.layer = layerfd;
	s.lowers = lowers;
	s.privileged = privileged;
	if (!marked) {
		tree_start(&s.tree, layerfd);
		s.cut = 0;
		int result = tree_next(&s.tree, e) < 0 || settle_directory(&s, e) < 0 ? -1 : 0;
		tree_close(&s.tree);
		return result;
	}
	for (int round = 0; round <= SYMLINKS_MAX; round++) {
		s.moved = false;
		if (walk(&s, move_implied, e) < 0)
			return -1;
		if (!s.moved)
			return walk(&s, settle_directory, e);
	}
	return err_num(e, ELOOP, "\"%.200s\"", s.path);
}
