/* SPDX-License-Identifier: ISC */
/* Layers copied onto one root filesystem: each into a directory with marks, as image/unpack.h would leave it, and merged. The first name of a file that has
 * several is linked to in a directory by its inode's number, where the others find it. */
#include "image/overlay_copy.h"

#include <dirent.h>   /* DT_* alone */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/path.h"
#include "base/str.h"
#include "image/attributes.h"
#include "image/interrupt.h"
#include "image/merge.h"
#include "image/owners.h"
#include "image/place.h"
#include "image/tree.h"
#include "image/whiteout.h"

struct copying {
	int to, links;                     /* where the layer goes; first names by inode */
	bool first, privileged, marked;
	struct tree tree;
};

static int copy_data(int from, int to, off_t size, struct err *e)
{
	static LARGE char buffer[LIMIT_READ_BYTES];
	off_t at = 0;
	while (at < size) {
		off_t data = lseek(from, at, SEEK_DATA), end;
		if (data < 0 && errno == ENXIO)
			break;
		end = data < 0 ? size : lseek(from, data, SEEK_HOLE);
		at = data < 0 ? at : data;
		while (at < end) {
			ssize_t n = pread(from, buffer, end - at < (off_t)sizeof buffer ? (size_t)(end - at) : sizeof buffer, at);
			if (n <= 0)
				return n < 0 ? err_sys(e, "cannot read it") : err_set(e, "became shorter");
			if (lseek(to, at, SEEK_SET) < 0 || io_write(to, buffer, (size_t)n) < 0)
				return err_sys(e, "cannot write it");
			at += n;
		}
	}
	posix_fadvise(from, 0, 0, POSIX_FADV_DONTNEED);
	return ftruncate(to, size) < 0 ? err_sys(e, "cannot write it") : 0;
}

static int copy_file(struct copying *c, const char *name, int to, const struct stat *st, struct err *e)
{
	/* not all that is his may an ordinary user read */
	bool closed = !c->privileged && !(st->st_mode & 0400);
	if (closed)
		fchmodat(c->tree.fd, name, (st->st_mode & 07777) | 0400, 0);
	int in = openat(c->tree.fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int out = in < 0 ? -1 : openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	const struct timespec times[2] = { st->st_atim, st->st_mtim };
	int result = out < 0 ? err_sys(e, "cannot open it") : 0;
	if (result == 0)
		result = copy_data(in, out, st->st_size, e) < 0 || attributes_copy_as(in, out, c->privileged, st, e) < 0 ? -1 : 0;
	if (result == 0 && futimens(out, times) < 0)
		result = err_sys(e, "cannot set its times");
	if (closed)
		fchmodat(c->tree.fd, name, st->st_mode & 07777, 0);
	io_close(in);
	if (out >= 0 && close(out) < 0 && result == 0)
		result = err_sys(e, "cannot write it");
	return result;
}

/* A symlink or node. */
static int copy_other(struct copying *c, const char *name, int to, const struct stat *st, struct err *e)
{
	char target[LIMIT_PATH_BYTES];
	const struct timespec times[2] = { st->st_atim, st->st_mtim };
	bool link = S_ISLNK(st->st_mode);
	ssize_t n = link ? readlinkat(c->tree.fd, name, target, sizeof target - 1) : 0;
	if (n < 0)
		return err_sys(e, "cannot read it");
	target[n] = 0;
	if ((link ? symlinkat(target, to, name) : mknodat(to, name, st->st_mode, st->st_rdev)) < 0)
		return err_sys(e, "cannot make it");
	if (c->privileged && fchownat(to, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "cannot set its owner");
	if (!link && fchmodat(to, name, st->st_mode & 07777, 0) < 0)
		return err_sys(e, "cannot set its mode");
	if (attributes_copy_at(c->tree.fd, to, name, e) < 0)
		return -1;
	return utimensat(to, name, times, AT_SYMLINK_NOFOLLOW) < 0 ? err_sys(e, "cannot set its times") : 0;
}

static int copy_entry(struct copying *c, const char *name, int to, struct err *e)
{
	char inode[24], mark[sizeof WHITEOUT_PREFIX + 256];
	struct stat st;
	if (fstatat(c->tree.fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "cannot read it");
	if (c->privileged && !S_ISDIR(st.st_mode) && !overlay_is_whiteout(&st) && owners_map(&st.st_uid, &st.st_gid, e) < 0)
		return -1;
	if (S_ISDIR(st.st_mode))
		return mkdirat(to, name, 0700) < 0 ? err_sys(e, "cannot make it") : 0;
	if (overlay_is_whiteout(&st)) {
		strcpy(stpcpy(mark, WHITEOUT_PREFIX), name);
		c->marked = true;
		return !c->first && place_mark(to, mark) < 0 ? err_sys(e, "cannot make a mark") : 0;
	}
	snprintf(inode, sizeof inode, "%llu", (unsigned long long)st.st_ino);
	if (st.st_nlink > 1 && linkat(c->links, inode, to, name, 0) == 0)
		return 0;
	if ((S_ISREG(st.st_mode) ? copy_file(c, name, to, &st, e) : copy_other(c, name, to, &st, e)) < 0)
		return -1;
	return st.st_nlink > 1 && linkat(to, name, c->links, inode, 0) < 0 && errno != EMLINK ? err_sys(e, "cannot link it") : 0;
}

static int enter(struct copying *c, int to, struct err *e)
{
	struct dir d;
	struct dir_entry x;
	int found;
	if (interrupted())
		return err_set(e, "interrupted");
	if (!c->first && overlay_is_opaque(c->tree.fd)) {
		c->marked = true;
		if (place_mark(to, WHITEOUT_OPAQUE) < 0)
			return err_sys(e, "cannot make a mark");
	}
	dir_start(&d, c->tree.fd);
	while ((found = dir_next(&d, &x)) > 0)
		if (copy_entry(c, x.name, to, e) < 0)
			return err_at(e, "\"%.200s%s%.200s\"", c->tree.path, *c->tree.path ? "/" : "", x.name);
	return found < 0 ? err_sys(e, "cannot read \"%.200s\"", c->tree.path) : 0;
}

/* All in it is there: attributes, and times last. */
static int leave(struct copying *c, int to, struct err *e)
{
	struct stat st;
	if (fstat(c->tree.fd, &st) < 0)
		return err_sys(e, "\"%.200s\": cannot read it", c->tree.path);
	if ((c->privileged && owners_map(&st.st_uid, &st.st_gid, e) < 0) || attributes_copy_as(c->tree.fd, to, c->privileged, &st, e) < 0)
		return err_at(e, "\"%.200s\"", c->tree.path);
	fremovexattr(to, OVERLAY_OPAQUE);
	fremovexattr(to, OVERLAY_OPAQUE_USER);
	const struct timespec times[2] = { st.st_atim, st.st_mtim };
	return futimens(to, times) < 0 ? err_sys(e, "\"%.200s\": cannot set its times", c->tree.path) : 0;
}

static int copy_layer(struct copying *c, int layer, struct err *e)
{
	int step;
	tree_start(&c->tree, layer);
	c->marked = false;
	while ((step = tree_next(&c->tree, e)) > 0) {
		int to = path_open(c->to, c->tree.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
		int result = to < 0 ? err_sys(e, "\"%.200s\": cannot open it", c->tree.path) : step == TREE_ENTER ? enter(c, to, e) : leave(c, to, e);
		io_close(to);
		if (result < 0)
			break;
	}
	tree_close(&c->tree);
	return step ? -1 : 0;
}

/* A layer that stands on others: into a directory of its own first. */
static int add_layer(struct copying *c, int layer, int workfd, int rootfd, struct err *e)
{
	static const char name[] = "layer";
	if (mkdirat(workfd, name, 0700) < 0)
		return err_sys(e, "cannot make a directory");
	c->to = openat(workfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (c->to < 0)
		return err_sys(e, "cannot make a directory");
	int result = copy_layer(c, layer, e);
	if (result == 0)
		result = merge_layer(c->to, rootfd, c->marked, c->privileged, e);
	io_close(c->to);
	return result == 0 ? dir_remove_tree(workfd, name, e) : -1;
}

int overlay_copy(const struct overlay *o, int workfd, int rootfd, bool privileged, struct err *e)
{
	static LARGE struct copying c;
	static const char links[] = "links";
	int result = 0;
	c.privileged = privileged;
	c.links = mkdirat(workfd, links, 0700) < 0 ? -1 : openat(workfd, links, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (c.links < 0)
		return err_sys(e, "cannot make a directory");
	for (uint32_t i = 0; i < o->count && result == 0; i++) {
		c.first = i == 0;
		c.to = rootfd;
		result = c.first ? copy_layer(&c, o->fd[i], e) : add_layer(&c, o->fd[i], workfd, rootfd, e);
	}
	io_close(c.links);
	return result == 0 ? dir_remove_tree(workfd, links, e) : -1;
}
