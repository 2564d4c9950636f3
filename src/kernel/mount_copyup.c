/* SPDX-License-Identifier: ISC */
/* "tmpcopyup": the directory below stays open while the tmpfs covers it, and is copied from fd to fd, a level of the tree a slot, no recursion. */
#include "kernel/mount_copyup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/path.h"

struct level { int from, to; struct stat st; struct dir dir; };
static LARGE struct level levels[LIMIT_COPYUP_DEPTH];

static int copy_bytes(int from, int to)
{
	char buffer[16384];
	for (;;) {
		ssize_t n = io_read(from, buffer, sizeof buffer);
		if (n <= 0)
			return (int)n;
		if (io_write(to, buffer, (size_t)n) < 0)
			return -1;
	}
}

static int set_times(int dirfd, const char *name, const struct stat *st)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };
	return utimensat(dirfd, name, times, AT_SYMLINK_NOFOLLOW);
}

static int copy_file(const struct level *l, const char *name, const struct stat *st)
{
	int from = openat(l->from, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	int to = from < 0 ? -1 : openat(l->to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int result = to < 0 ? -1 : copy_bytes(from, to);
	if (result == 0 && (fchown(to, st->st_uid, st->st_gid) < 0 || fchmod(to, st->st_mode & 07777) < 0))
		result = -1;
	io_close(from);
	io_close(to);
	return result < 0 ? -1 : set_times(l->to, name, st);
}

static int copy_symlink(const struct level *l, const char *name, const struct stat *st)
{
	char target[LIMIT_PATH_BYTES];
	ssize_t n = readlinkat(l->from, name, target, sizeof target - 1);
	if (n < 0)
		return -1;
	target[n] = 0;
	if (symlinkat(target, l->to, name) < 0 || fchownat(l->to, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	return set_times(l->to, name, st);
}

static int copy_node(const struct level *l, const char *name, const struct stat *st)
{
	if (mknodat(l->to, name, st->st_mode, st->st_rdev) < 0 || fchownat(l->to, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	return set_times(l->to, name, st);
}

static int enter(const struct level *up, struct level *l, const char *name, const struct stat *st)
{
	l->st = *st;
	l->from = openat(up->from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	l->to = -1;
	if (l->from < 0 || mkdirat(up->to, name, 0700) < 0)
		return io_close(l->from);
	l->to = openat(up->to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (l->to < 0)
		return io_close(l->from);
	dir_start(&l->dir, l->from);
	return 0;
}

/* A directory gets its mode and times when all is in it. */
static int leave(struct level *l)
{
	const struct timespec times[2] = { l->st.st_atim, l->st.st_mtim };
	int result = fchown(l->to, l->st.st_uid, l->st.st_gid) < 0 || fchmod(l->to, l->st.st_mode & 07777) < 0 || futimens(l->to, times) < 0 ? -1 : 0;
	io_close(l->from);
	io_close(l->to);
	return result;
}

static int copy_entry(int *depth, const char *name, struct err *e)
{
	struct level *l = &levels[*depth];
	struct stat st;
	int result = fstatat(l->from, name, &st, AT_SYMLINK_NOFOLLOW);
	if (result == 0 && S_ISDIR(st.st_mode)) {
		if (*depth + 1 == LIMIT_COPYUP_DEPTH)
			return ERR_LIMIT(e, "tmpcopyup: directories in one another", LIMIT_COPYUP_DEPTH);
		result = enter(l, l + 1, name, &st);
		*depth += result == 0;
	} else if (result == 0 && S_ISREG(st.st_mode)) {
		result = copy_file(l, name, &st);
	} else if (result == 0 && S_ISLNK(st.st_mode)) {
		result = copy_symlink(l, name, &st);
	} else if (result == 0 && !S_ISSOCK(st.st_mode)) {
		result = copy_node(l, name, &st);
	}
	return result < 0 ? err_sys(e, "tmpcopyup: cannot copy \"%s\"", name) : 0;
}

static int copy_tree(struct err *e)
{
	struct dir_entry entry;
	int depth = 0, result = 0;
	while (result == 0) {
		int more = dir_next(&levels[depth].dir, &entry);
		if (more > 0)
			result = copy_entry(&depth, entry.name, e);
		else if (more < 0)
			result = err_sys(e, "tmpcopyup: cannot read a directory");
		else if (depth == 0)
			return 0;
		else if (leave(&levels[depth--]) < 0)
			result = err_sys(e, "tmpcopyup: cannot finish a directory");
	}
	for (; depth > 0; depth--) {
		io_close(levels[depth].from);
		io_close(levels[depth].to);
	}
	return result;
}

int mount_copyup(const struct mount_request *r, int fd, const char *clean, unsigned long flags, const char *data, struct err *e)
{
	char path[PATH_PROC_BYTES];
	struct level *top = &levels[0];
	top->from = path_reopen(fd, O_RDONLY | O_DIRECTORY);
	if (top->from < 0)
		return err_sys(e, "tmpcopyup: cannot open the directory below");
	dir_start(&top->dir, top->from);
	int result = mount(r->source && *r->source ? r->source : r->type, path_proc(fd, path), r->type, flags & ~(unsigned long)MS_RDONLY, data);
	if (result < 0)
		err_sys(e, "cannot mount %s", r->type ? r->type : "");
	top->to = result < 0 ? -1 : path_open(r->root_fd, clean, O_RDONLY | O_DIRECTORY, 0);
	if (result == 0 && top->to < 0)
		result = err_sys(e, "cannot open the mount");
	if (result == 0)
		result = copy_tree(e);
	if (result == 0 && (flags & MS_RDONLY))
		result = mount_readonly_fd(top->to, e);
	io_close(top->from);
	io_close(top->to);
	return result;
}
