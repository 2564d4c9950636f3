/* SPDX-License-Identifier: ISC */
/* Where an entry goes. */
#include "image/place.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/path.h"
#include "base/str.h"
#include "image/owners.h"
#include "image/whiteout.h"

#define SYMLINKS_MAX 40   /* the kernel's MAXSYMLINKS */

int place_clean(const char *path, char *to, struct err *e)
{
	size_t depth = 0, length;
	if (!*path)
		return err_set(e, "an entry without a name");
	if (path_clean(path, to, LIMIT_TAR_PATH_BYTES) < 0)
		return ERR_LIMIT(e, "a path", LIMIT_TAR_PATH_BYTES);
	length = strlen(to);
	if (to[0] == '/') {
		memmove(to, to + 1, length);
		if (!*to)
			memcpy(to, ".", 2);
	}
	for (const char *at = to; *at; at++)
		depth += *at == '/';
	return depth >= LIMIT_TAR_DEPTH ? ERR_LIMIT(e, "components of a path", LIMIT_TAR_DEPTH) : 0;
}

const char *place_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

int place_mark(int directory, const char *name)
{
	int fd = openat(directory, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	io_close(fd);
	return 0;
}

int place_unmark(int directory, const char *name, struct err *e)
{
	if (unlinkat(directory, name, 0) == 0)
		return 1;
	return errno == ENOENT ? 0 : err_sys(e, "cannot remove a mark");
}

/* Makes the directory name in here; it has no entry of its own so far. Its fd, or -1 with errno. */
static int make_implied(struct unpack *u, int here, const char *name)
{
	/* a symlink may lead to such a name; no tree has any but the marks */
	if (str_starts(name, WHITEOUT_PREFIX))
		return errno = EINVAL, -1;
	if (mkdirat(here, name, 0755) < 0)
		return -1;
	int fd = openat(here, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && owners_chown(fd) < 0)
		fd = io_close(fd);
	if (fd >= 0 && u->lowerfd >= 0) {
		u->marked = true;
		if (place_mark(fd, WHITEOUT_IMPLIED) < 0)
			fd = io_close(fd);
	}
	return fd;
}

/* path[start…end) is a symlink in here to nothing yet: puts its target in its place. */
static int splice_target(int here, char path[LIMIT_PATH_BYTES], size_t start, size_t end)
{
	char target[LIMIT_PATH_BYTES], name[256];
	size_t rest = strlen(path + end), keep;
	if (end - start > 255)
		return errno = ENAMETOOLONG, -1;
	memcpy(name, path + start, end - start);
	name[end - start] = 0;
	ssize_t n = readlinkat(here, name, target, sizeof target);
	if (n < 0)
		return -1;
	keep = target[0] == '/' ? 0 : start;
	if (keep + (size_t)n + rest >= LIMIT_PATH_BYTES)
		return errno = ENAMETOOLONG, -1;
	memmove(path + keep + n, path + end, rest + 1);
	memcpy(path + keep, target, (size_t)n);
	return 0;
}

/* Goes along path, making what is missing. The last directory's fd; -1 with errno; -2: a dangling symlink was spliced, go again. */
static int make_along(struct unpack *u, char path[LIMIT_PATH_BYTES])
{
	size_t start = 0, end;
	int here = openat(u->rootfd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	while (here >= 0) {
		start += strspn(path + start, "/");
		end = start + strcspn(path + start, "/");
		if (end == start)
			return here;
		char behind = path[end];
		path[end] = 0;
		int next = path_open(u->rootfd, path, O_PATH | O_DIRECTORY, 0);
		if (next < 0 && errno == ENOENT)
			next = make_implied(u, here, path + start);
		path[end] = behind;
		if (next < 0 && errno == EEXIST) {
			next = splice_target(here, path, start, end) < 0 ? -1 : -2;
			io_close(here);
			return next;
		}
		io_close(here);
		here = next;
		start = end;
	}
	return -1;
}

static int make_parent(struct unpack *u, const char *parent)
{
	char path[LIMIT_PATH_BYTES];
	memcpy(path, parent, strlen(parent) + 1);
	for (int links = 0; links <= SYMLINKS_MAX; links++) {
		int fd = make_along(u, path);
		if (fd != -2)
			return fd;
	}
	return errno = ELOOP, -1;
}

/* With layers below, a directory that this one only implies is where the symlinks of all lead. */
static int make_resolved(struct unpack *u)
{
	char path[LIMIT_PATH_BYTES];
	return overlay_resolve(u->lowers, u->parent_path, path) < 0 ? -1 : make_parent(u, path);
}

int place_parent(struct unpack *u, struct err *e)
{
	const char *name = place_name(u->path);
	size_t length = name > u->path ? (size_t)(name - u->path) - 1 : 0;
	if (u->parent >= 0 && strncmp(u->parent_path, u->path, length) == 0 && !u->parent_path[length])
		return u->parent;
	u->parent = io_close(u->parent);
	if (length >= sizeof u->parent_path)
		return err_num(e, ENAMETOOLONG, "its directory");
	memcpy(u->parent_path, u->path, length);
	u->parent_path[length] = 0;
	u->parent = path_open(u->rootfd, u->parent_path, O_PATH | O_DIRECTORY, 0);
	if (u->parent < 0 && errno == ENOENT)
		u->parent = u->lowers ? make_resolved(u) : make_parent(u, u->parent_path);
	return u->parent < 0 ? err_sys(e, "its parent") : u->parent;
}

void place_keep(struct unpack *u, int fd)
{
	size_t length = strlen(u->path);
	io_close(u->parent);
	u->parent = fd;
	if (length < sizeof u->parent_path)
		memcpy(u->parent_path, u->path, length + 1);
	else
		u->parent = io_close(u->parent);
}

int place_clear(int parent, const char *name, struct err *e)
{
	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
		return 0;
	return dir_remove_tree(parent, name, e);
}
