/* SPDX-License-Identifier: ISC */
/* The component walk: symlinks are spliced into the remaining path, ".." pops a stack of fds. path_resolution(7), openat2(2) RESOLVE_IN_ROOT. */
#include "base/path_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"

#define SYMLINKS_MAX 40   /* the kernel's MAXSYMLINKS */

struct walk {
	int fd[LIMIT_WALK_DEPTH + 1];   /* fd[0] is the root, the caller's; the rest are ours */
	int depth, links;
	char rest[2 * LIMIT_PATH_BYTES];
	char *at;                       /* in rest: what is still to be walked */
};

static void pop_to(struct walk *w, int depth)
{
	while (w->depth > depth)
		io_close(w->fd[w->depth--]);
}

static int start(struct walk *w, int rootfd, const char *path)
{
	size_t length = strlen(path);
	w->fd[0] = rootfd;
	w->depth = w->links = 0;
	if (length >= LIMIT_PATH_BYTES)
		return errno = ENAMETOOLONG, -1;
	w->at = w->rest + sizeof w->rest - length - 1;
	memcpy(w->at, path, length + 1);
	return 0;
}

/* Puts a symlink's target before what is left; fd is the link itself (O_PATH). Consumes fd. */
static int follow(struct walk *w, int fd)
{
	char target[LIMIT_PATH_BYTES];
	ssize_t n = readlinkat(fd, "", target, sizeof target);
	io_close(fd);
	if (n < 0)
		return -1;
	if (++w->links > SYMLINKS_MAX)
		return errno = ELOOP, -1;
	if (n == 0)
		return errno = ENOENT, -1;
	if ((size_t)n == sizeof target || (size_t)n + 1 > (size_t)(w->at - w->rest))
		return errno = ENAMETOOLONG, -1;
	if (*w->at)
		*--w->at = '/';
	w->at -= n;
	memcpy(w->at, target, (size_t)n);
	if (*target == '/')
		pop_to(w, 0);
	return 0;
}

/* Takes the next component off; 0 at the end of the path. *last: nothing but slashes follows; *directory: a slash follows. */
static bool component(struct walk *w, char name[256], bool *last, bool *directory)
{
	while (*w->at == '/')
		w->at++;
	size_t length = strcspn(w->at, "/");
	if (!length)
		return false;
	size_t copied = length < 255 ? length : 255;
	memcpy(name, w->at, copied);
	name[copied] = 0;
	if (length > 255)
		name[0] = 0;   /* an empty name stands for one that is too long */
	w->at += length;
	*directory = *w->at == '/';
	*last = w->at[strspn(w->at, "/")] == 0;
	return true;
}

static int push(struct walk *w, int fd)
{
	if (w->depth == LIMIT_WALK_DEPTH) {
		io_close(fd);
		return errno = E2BIG, -1;
	}
	w->fd[++w->depth] = fd;
	return 0;
}

/* Goes into a directory or splices a symlink. */
static int enter(struct walk *w, const char *name, mode_t mode, enum path_walk how)
{
	struct stat st;
	int here = w->fd[w->depth];
	int fd = openat(here, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && how != PATH_WALK_OPEN) {
		if (mkdirat(here, name, how == PATH_WALK_MAKE ? mode : 0755) < 0 && errno != EEXIST)
			return -1;
		fd = openat(here, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	}
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0) {
		io_close(fd);
		return -1;
	}
	if (S_ISLNK(st.st_mode))
		return follow(w, fd);
	if (S_ISDIR(st.st_mode))
		return push(w, fd);
	io_close(fd);
	return errno = ENOTDIR, -1;
}

/* Opens the last component as the caller asked; *again: it was a symlink, now spliced. */
static int finish(struct walk *w, const char *name, int flags, mode_t mode, bool *again)
{
	int here = w->fd[w->depth];
	int fd = openat(here, name, flags | O_NOFOLLOW, mode);
	*again = false;
	if (flags & O_NOFOLLOW)
		return fd;
	struct stat st;
	if (fd >= 0 && !(flags & O_PATH))
		return fd;
	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISLNK(st.st_mode)))
		return fd;
	if (fd < 0 && errno != ELOOP && errno != ENOTDIR)
		return -1;
	int saved = errno;
	int link = fd >= 0 ? fd : openat(here, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (link < 0)
		return -1;
	if (fstat(link, &st) < 0 || !S_ISLNK(st.st_mode)) {
		io_close(link);
		return errno = saved, -1;
	}
	*again = true;
	return follow(w, link);
}

static int walk(struct walk *w, int flags, mode_t mode, enum path_walk how)
{
	char name[256];
	bool last, directory, again;
	while (component(w, name, &last, &directory)) {
		if (!*name)
			return errno = ENAMETOOLONG, -1;
		if (strcmp(name, ".") == 0)
			continue;
		if (strcmp(name, "..") == 0) {
			if (w->depth)
				pop_to(w, w->depth - 1);
			continue;
		}
		if (!last || how == PATH_WALK_MAKE || (directory && !(flags & O_CREAT))) {
			if (enter(w, name, mode, how) < 0)
				return -1;
			continue;
		}
		int fd = finish(w, name, flags, mode, &again);
		if (!again || fd < 0)
			return fd;
	}
	return openat(w->fd[w->depth], ".", flags & ~O_NOFOLLOW, mode);
}

int path_walk(int rootfd, const char *path, int flags, mode_t mode, enum path_walk how)
{
	struct walk w;
	if (start(&w, rootfd, path) < 0)
		return -1;
	int fd = walk(&w, flags | O_CLOEXEC, mode, how);
	int saved = errno;
	pop_to(&w, 0);
	errno = saved;
	return fd;
}
