/* SPDX-License-Identifier: ISC */
/* A directory tree as a tar archive. Of each directory on the way down, the names that are still to come lie in one region, sorted, one directory's above
 * the other's. */
#include "image/pack_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "image/interrupt.h"
#include "image/whiteout.h"

struct level { size_t length; uint32_t used, next, count; };   /* of path; of names before it; of its sorted names */
struct packing {
	const struct tar_writer *writer;
	int root, work, fd;                /* fd: the directory at path */
	dev_t device;
	int64_t latest;
	uint32_t used, sorted;             /* bytes of names; entries of order */
	size_t depth;
	char path[LIMIT_PATH_BYTES + 2];   /* of an entry; "" is the root */
	struct level level[LIMIT_TAR_DEPTH + 1];
	uint32_t order[LIMIT_PACK_NAMES_BYTES / 8];
	char names[LIMIT_PACK_NAMES_BYTES];
	char list[LIMIT_XATTR_BYTES], target[LIMIT_PATH_BYTES], values[LIMIT_PAX_BYTES];
	struct tar_xattr xattr[LIMIT_XATTRS];
};
static LARGE struct packing packing;

static bool before(const struct packing *p, uint32_t a, uint32_t b)
{
	return strcmp(p->names + a, p->names + b) < 0;
}

/* Heapsort: no recursion, no worst case. */
static void sift(const struct packing *p, uint32_t *a, uint32_t at, uint32_t count)
{
	for (uint32_t child; (child = 2 * at + 1) < count; at = child) {
		child += child + 1 < count && before(p, a[child], a[child + 1]);
		if (!before(p, a[at], a[child]))
			return;
		uint32_t swap = a[at];
		a[at] = a[child];
		a[child] = swap;
	}
}

static void sort(const struct packing *p, uint32_t *a, uint32_t count)
{
	for (uint32_t at = count / 2; at-- > 0; )
		sift(p, a, at, count);
	while (count-- > 1) {
		uint32_t swap = a[0];
		a[0] = a[count];
		a[count] = swap;
		sift(p, a, 0, count);
	}
}

/* The names of the directory that was entered. */
static int list_directory(struct packing *p, struct err *e)
{
	struct level *l = &p->level[p->depth];
	struct dir d;
	struct dir_entry x;
	int found;
	l->used = p->used;
	l->next = p->sorted;
	dir_start(&d, p->fd);
	while ((found = dir_next(&d, &x)) > 0) {
		size_t length = strlen(x.name) + 1;
		if (length > sizeof p->names - p->used || p->sorted == sizeof p->order / sizeof *p->order)
			return ERR_LIMIT(e, "names of directories, bytes", LIMIT_PACK_NAMES_BYTES);
		memcpy(p->names + p->used, x.name, length);
		p->order[p->sorted++] = p->used;
		p->used += (uint32_t)length;
	}
	l->count = p->sorted;
	sort(p, p->order + l->next, l->count - l->next);
	return found < 0 ? err_sys(e, "cannot read it") : 0;
}

/* What is of this machine, or of a mount, and not of the file, stays here. */
static bool is_kept(const char *xattr)
{
	return !str_starts(xattr, "system.") && !str_starts(xattr, "trusted.overlay.") && strcmp(xattr, "security.selinux") != 0;
}

/* Sorted by name: filesystems list them in any order. */
static void insert(struct tar_entry *x, struct tar_xattr *all, struct tar_xattr one)
{
	uint32_t i = x->xattr_count++;
	for (; i && strcmp(all[i - 1].name, one.name) > 0; i--)
		all[i] = all[i - 1];
	all[i] = one;
}

static int read_xattrs(struct packing *p, const char *name, struct tar_entry *x, struct err *e)
{
	char path[PATH_PROC_BYTES + 258];
	size_t used = 0;
	x->xattr = p->xattr;
	snprintf(path, sizeof path, "/proc/self/fd/%d/%.256s", p->fd, *name ? name : ".");
	ssize_t length = llistxattr(path, p->list, sizeof p->list);
	if (length < 0)
		return errno == ENOTSUP ? 0 : err_sys(e, "cannot list its xattrs");
	for (ssize_t at = 0; at < length; at += (ssize_t)strlen(p->list + at) + 1) {
		const char *key = p->list + at;
		if (!is_kept(key))
			continue;
		ssize_t n = lgetxattr(path, key, p->values + used, sizeof p->values - used);
		if (n < 0)
			return err_sys(e, "cannot read its xattr %.100s", key);
		if (x->xattr_count == LIMIT_XATTRS)
			return ERR_LIMIT(e, "xattrs of one entry", LIMIT_XATTRS);
		insert(x, p->xattr, (struct tar_xattr){ .name = key, .value = p->values + used, .length = (uint32_t)n });
		used += (size_t)n;
	}
	return 0;
}

static int put_content(struct packing *p, const char *name, const struct tar_entry *x, struct err *e)
{
	static LARGE char buffer[LIMIT_READ_BYTES];
	uint64_t left = x->size;
	int fd = openat(p->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "cannot open it");
	int result = tar_write_header(p->writer, x, e);
	while (result == 0 && left) {
		ssize_t n = io_read(fd, buffer, left < sizeof buffer ? (size_t)left : sizeof buffer);
		if (n <= 0)
			result = n < 0 ? err_sys(e, "cannot read it") : err_set(e, "became shorter");
		else
			result = interrupted() ? err_set(e, "interrupted") : p->writer->put(p->writer->context, buffer, (size_t)n, e);
		left -= n > 0 ? (uint64_t)n : 0;
	}
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	io_close(fd);
	return result < 0 ? -1 : tar_write_padding(p->writer, x->size, e);
}

/* A file of several names: 1: its first one, in p->target, was there before; 0: this is the first; -1. */
static int find_first(struct packing *p, const struct stat *st, struct err *e)
{
	char inode[24];
	snprintf(inode, sizeof inode, "%llu", (unsigned long long)st->st_ino);
	if (symlinkat(p->path, p->work, inode) == 0)
		return 0;
	ssize_t n = errno == EEXIST ? readlinkat(p->work, inode, p->target, sizeof p->target - 1) : -1;
	if (n < 0)
		return err_sys(e, "cannot write down its name");
	p->target[n] = 0;
	return 1;
}

/* Type and what goes with it. 1: left out. */
static int describe(struct packing *p, const char *name, const struct stat *st, struct tar_entry *x, struct err *e)
{
	int first;
	switch (st->st_mode & S_IFMT) {
	case S_IFREG: x->type = TAR_FILE; x->size = (uint64_t)st->st_size; break;
	case S_IFDIR: x->type = TAR_DIR; break;
	case S_IFCHR: x->type = TAR_CHAR; break;
	case S_IFBLK: x->type = TAR_BLOCK; break;
	case S_IFIFO: x->type = TAR_FIFO; break;
	case S_IFSOCK:
		log_warn("\"%.200s\": a socket; it is left out", p->path);
		return 1;
	case S_IFLNK:
		x->type = TAR_SYMLINK;
		ssize_t n = readlinkat(p->fd, name, p->target, sizeof p->target - 1);
		if (n < 0)
			return err_sys(e, "cannot read it");
		p->target[n] = 0;
		x->link = p->target;
	}
	if (x->type == TAR_CHAR || x->type == TAR_BLOCK) {
		x->major = major(st->st_rdev);
		x->minor = minor(st->st_rdev);
	}
	/* a symlink of several names becomes several symlinks */
	if (S_ISDIR(st->st_mode) || S_ISLNK(st->st_mode) || st->st_nlink < 2)
		return 0;
	if ((first = find_first(p, st, e)) <= 0)
		return first;
	*x = (struct tar_entry){ .type = TAR_HARD_LINK, .path = x->path, .link = p->target, .mode = x->mode, .uid = x->uid, .gid = x->gid, .mtime = x->mtime };
	return 0;
}

/* One entry of the present directory; "" is the root itself. 1: a directory to be entered. */
static int put(struct packing *p, const char *name, struct err *e)
{
	struct stat st;
	size_t length = strlen(p->path);
	if (fstatat(p->fd, *name ? name : ".", &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "cannot read it");
	if (str_starts(name, WHITEOUT_PREFIX))
		return err_set(e, "a name that is a whiteout in a layer");
	struct tar_entry x = { .path = p->path, .mode = st.st_mode & 07777, .uid = st.st_uid, .gid = st.st_gid };
	x.mtime.seconds = p->latest >= 0 && st.st_mtime > p->latest ? p->latest : st.st_mtime;
	int result = describe(p, name, &st, &x, e);
	if (result)
		return result < 0 ? -1 : 0;
	if (x.type != TAR_HARD_LINK && read_xattrs(p, name, &x, e) < 0)
		return -1;
	if (x.type == TAR_FILE)
		return put_content(p, name, &x, e);
	bool inside = S_ISDIR(st.st_mode) && st.st_dev == p->device;
	if (S_ISDIR(st.st_mode)) {
		if (!inside)
			log_warn("\"%.200s\": a mount; what is in it is left out", p->path);
		strcpy(p->path + length, *name ? "/" : "./");
	}
	result = tar_write_header(p->writer, &x, e);
	p->path[length] = 0;
	return result < 0 ? -1 : inside;
}

static int open_here(struct packing *p, struct err *e)
{
	io_close(p->fd);
	p->fd = path_open(p->root, p->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	return p->fd < 0 ? err_sys(e, "cannot open it") : 0;
}

static int enter(struct packing *p, struct err *e)
{
	if (p->depth == LIMIT_TAR_DEPTH)
		return ERR_LIMIT(e, "directories in one another", LIMIT_TAR_DEPTH);
	p->level[++p->depth].length = strlen(p->path);
	return open_here(p, e) < 0 ? -1 : list_directory(p, e);
}

/* The next entry; 0 when all is done. */
static int step(struct packing *p, struct err *e)
{
	struct level *l = &p->level[p->depth];
	p->path[l->length] = 0;
	if (l->next == l->count) {
		p->used = l->used;
		if (!p->depth)
			return 0;
		l = &p->level[--p->depth];
		p->path[l->length] = 0;
		p->sorted = l->count;
		return open_here(p, e) < 0 ? -1 : 1;
	}
	const char *name = p->names + p->order[l->next++];
	if (str_format(p->path + l->length, LIMIT_PATH_BYTES - l->length, e, "%s%s", l->length ? "/" : "", name) < 0)
		return -1;
	int result = put(p, name, e);
	return result > 0 ? enter(p, e) < 0 ? -1 : 1 : result < 0 ? -1 : 1;
}

int pack_tree(int rootfd, int workfd, int64_t latest, const struct tar_writer *w, struct err *e)
{
	struct packing *p = &packing;
	struct stat st;
	int result = fstat(rootfd, &st) < 0 ? err_sys(e, "cannot read it") : 1;
	p->writer = w;
	p->root = rootfd;
	p->work = workfd;
	p->fd = -1;
	p->device = st.st_dev;
	p->latest = latest;
	if (result > 0 && (open_here(p, e) < 0 || put(p, "", e) < 0 || list_directory(p, e) < 0))
		result = -1;
	while (result > 0)
		result = step(p, e);
	io_close(p->fd);
	return result < 0 ? err_at(e, "\"%.200s\"", *p->path ? p->path : "/") : tar_write_end(w, e);
}
