/* SPDX-License-Identifier: ISC */
/* Paths inside a root: openat2(2) with RESOLVE_IN_ROOT, and the parents of what will be made. The walk for kernels before 5.6 is in path_walk.c. */
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/path_walk.h"
#include "base/sys.h"

static enum { UNKNOWN, WORKS, LACKS } openat2_here;   /* learnt from the first call: ENOSYS, or EPERM of an old seccomp profile around us */

int path_open(int rootfd, const char *path, int flags, mode_t mode)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.mode = flags & O_CREAT ? mode : 0,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	for (int tries = 0; openat2_here != LACKS; tries++) {
		int fd = sys_openat2(rootfd, *path ? path : ".", &how);
		/* EAGAIN: something was renamed while ".." was resolved; openat2(2) says try again */
		if (fd < 0 && errno == EAGAIN && tries < 64)
			continue;
		if (fd < 0 && (errno == ENOSYS || (errno == EPERM && openat2_here == UNKNOWN))) {
			openat2_here = LACKS;
			break;
		}
		openat2_here = WORKS;
		return fd;
	}
	return path_walk(rootfd, path, flags, mode, PATH_WALK_OPEN);
}

/* Mostly one directory is missing, in one that is there. What is in the way (a dangling symlink) is for the walk. */
static int make_last(int rootfd, const char *path, mode_t mode)
{
	const char *name;
	int parent = path_open_parent(rootfd, path, 0, &name), fd = -1;
	if (parent < 0)
		return -1;
	char last[NAME_MAX + 1];
	size_t length = strcspn(name, "/");
	if (length <= NAME_MAX) {
		memcpy(last, name, length);
		last[length] = 0;
		if (mkdirat(parent, last, mode) == 0)
			fd = openat(parent, last, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	}
	close(parent);
	return fd;
}

int path_make_dirs(int rootfd, const char *path, mode_t mode)
{
	int fd = path_open(rootfd, path, O_PATH | O_DIRECTORY, 0);
	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (openat2_here == WORKS && (fd = make_last(rootfd, path, mode)) >= 0)
		return fd;
	return path_walk(rootfd, path, O_PATH | O_DIRECTORY, mode, PATH_WALK_MAKE);
}

int path_make_file(int rootfd, const char *path, mode_t mode)
{
	return path_walk(rootfd, path, O_RDONLY | O_CREAT | O_NONBLOCK | O_NOCTTY, mode, PATH_WALK_PARENTS);
}

int path_open_parent(int rootfd, const char *path, mode_t make_mode, const char **name)
{
	char parent[LIMIT_PATH_BYTES];
	size_t end = strlen(path), start;
	while (end && path[end - 1] == '/')
		end--;
	for (start = end; start && path[start - 1] != '/'; )
		start--;
	if (end - start == 2 && path[start] == '.' && path[start + 1] == '.')
		return errno = EINVAL, -1;
	if (start >= sizeof parent)
		return errno = ENAMETOOLONG, -1;
	memcpy(parent, path, start);
	parent[start] = 0;
	*name = end > start ? path + start : ".";
	if (make_mode)
		return path_make_dirs(rootfd, parent, make_mode);
	return path_open(rootfd, parent, O_PATH | O_DIRECTORY, 0);
}

int path_clean(const char *path, char *buffer, size_t size)
{
	size_t used = 0;
	bool absolute = *path == '/';
	for (const char *at = path; *at; ) {
		size_t length = strcspn(at, "/");
		if (length == 2 && at[0] == '.' && at[1] == '.') {
			while (used && buffer[--used] != '/')
				;
		} else if (length && !(length == 1 && *at == '.')) {
			if (used + length + 2 > size)
				return errno = ENAMETOOLONG, -1;
			if (used || absolute)
				buffer[used++] = '/';
			memmove(buffer + used, at, length);
			used += length;
		}
		at += length;
		at += *at == '/';
	}
	if (size < 2)
		return errno = ENAMETOOLONG, -1;
	if (!used)
		buffer[used++] = absolute ? '/' : '.';
	buffer[used] = 0;
	return 0;
}

static bool proc_is_here;

void path_proc_here(void)
{
	proc_is_here = true;
}

const char *path_proc(int fd, char buffer[PATH_PROC_BYTES])
{
	char *at = stpcpy(buffer, proc_is_here ? "self/fd/" : "/proc/self/fd/");
	unsigned tens = 1, number = (unsigned)fd;
	while (number / tens > 9)
		tens *= 10;
	for (; tens; tens /= 10)
		*at++ = (char)('0' + number / tens % 10);
	*at = 0;
	return buffer;
}

int path_reopen(int fd, int flags)
{
	char path[PATH_PROC_BYTES];
	return openat(AT_FDCWD, path_proc(fd, path), flags | O_CLOEXEC);
}
