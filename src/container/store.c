/* SPDX-License-Identifier: ISC */
/* Where containers are kept: the root directory, one directory a container, its lock. */
#include "container/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/path.h"

#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

int store_open_root(const char *root, bool make, struct err *e)
{
	int fd = openat(AT_FDCWD, root, OPEN_DIR);
	if (fd >= 0 || errno != ENOENT || !make)
		return fd < 0 ? err_sys(e, "cannot open the state directory %s", root) : fd;
	/* only the directory itself is private: parents such as /run are everybody's */
	int start = openat(AT_FDCWD, *root == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC), parent = -1;
	const char *name;
	if (start >= 0)
		parent = path_open_parent(start, root, 0755, &name);
	if (parent >= 0 && (mkdirat(parent, name, 0700) == 0 || errno == EEXIST))
		fd = openat(parent, name, OPEN_DIR);
	if (fd < 0)
		err_sys(e, "cannot make the state directory %s", root);
	io_close(parent);
	io_close(start);
	return fd;
}

int store_make(int root_fd, const char *id, struct err *e)
{
	if (mkdirat(root_fd, id, 0700) < 0)
		return errno == EEXIST ? err_set(e, "container \"%s\" already exists", id) : err_sys(e, "cannot make the state directory of container \"%s\"", id);
	int fd = openat(root_fd, id, OPEN_DIR | O_NOFOLLOW);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	err_sys(e, "cannot lock the state directory of container \"%s\"", id);
	io_close(fd);
	unlinkat(root_fd, id, AT_REMOVEDIR);
	return -1;
}

static int missing(const char *id, struct err *e)
{
	err_set(e, "container \"%s\" does not exist", id);
	e->number = ENOENT;
	return -1;
}

int store_open(int root_fd, const char *id, struct err *e)
{
	int fd = openat(root_fd, id, OPEN_DIR | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? missing(id, e) : err_sys(e, "cannot open the state directory of container \"%s\"", id);
	return fd;
}

int store_try_lock(int state_fd, const char *id, struct err *e)
{
	struct stat st;
	if (flock(state_fd, LOCK_EX | LOCK_NB) < 0)
		return err_sys(e, "cannot lock container \"%s\", another command holds it", id);
	/* who held the lock before us may have deleted the directory */
	if (fstat(state_fd, &st) == 0 && st.st_nlink == 0)
		return missing(id, e);
	return 0;
}

int store_lock(int state_fd, const char *id, struct err *e)
{
	long pause_us = 100, waited_us = 0;
	for (;;) {
		if (store_try_lock(state_fd, id, e) == 0)
			return 0;
		if ((e->number != EWOULDBLOCK && e->number != EINTR) || waited_us > STORE_LOCK_MS * 1000L)
			return -1;
		nanosleep(&(struct timespec){ 0, pause_us * 1000 }, 0);
		waited_us += pause_us;
		if (pause_us < 20000)
			pause_us *= 2;
	}
}

void store_unlock(int state_fd)
{
	flock(state_fd, LOCK_UN);
}

/* What a stopped container leaves is known; the walk is for the others. */
int store_remove(int root_fd, int state_fd, const char *id, struct err *e)
{
	if (state_fd >= 0) {
		unlinkat(state_fd, STORE_CONFIG, 0);
		unlinkat(state_fd, STORE_RECORD, 0);
	}
	if (unlinkat(root_fd, id, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	if (dir_remove_tree(root_fd, id, e) < 0)
		return err_at(e, "cannot remove the state of container \"%s\"", id);
	return 0;
}
