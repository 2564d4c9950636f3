/* SPDX-License-Identifier: ISC */
/* Directories by fd: getdents64(2), and removal of a tree without recursion. */
#include "base/dir.h"

#include <dirent.h>   /* DT_* alone */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/sys.h"

struct record {              /* struct linux_dirent64, getdents(2) */
	uint64_t inode;
	int64_t offset;
	unsigned short length;
	unsigned char type;
	char name[];
};

void dir_fresh(struct dir *d, int fd)
{
	d->fd = fd;
	d->at = d->end = 0;
}

void dir_resume(struct dir *d, int fd, int64_t behind)
{
	dir_fresh(d, fd);
	lseek(fd, behind, SEEK_SET);
}

void dir_start(struct dir *d, int fd)
{
	dir_resume(d, fd, 0);
}

static int is_dot(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

int dir_next(struct dir *d, struct dir_entry *entry)
{
	for (;;) {
		if (d->at >= d->end) {
			long n = sys_getdents64(d->fd, d->buffer, sizeof d->buffer);
			if (n <= 0)
				return (int)n;
			d->at = 0;
			d->end = (int)n;
		}
		const struct record *r = (const void *)(d->buffer + d->at);
		d->at += r->length;
		if (is_dot(r->name))
			continue;
		*entry = (struct dir_entry){ .name = r->name, .inode = r->inode, .behind = r->offset, .type = r->type };
		return 1;
	}
}

int dir_is_empty(int fd)
{
	struct dir d;
	struct dir_entry entry;
	dir_start(&d, fd);
	int found = dir_next(&d, &entry);
	return found < 0 ? -1 : !found;
}

/* A directory's owner may be shut out of it, but for root. */
static void let_in(int parent, const char *name)
{
	if (geteuid() != 0)
		fchmodat(parent, name, 0700, 0);
}

/* Removes what can be removed from fd without going down. Returns an fd of the first subdirectory that is not empty, -1 when
 * none is left, -2 with errno. */
static int sweep(int fd, dev_t device)
{
	struct dir d;
	struct dir_entry entry;
	int found;
	dir_start(&d, fd);
	while ((found = dir_next(&d, &entry)) > 0) {
		if (entry.type != DT_DIR && unlinkat(fd, entry.name, 0) == 0)
			continue;
		if (entry.type != DT_DIR && errno != EISDIR && errno != EPERM)
			return -2;
		if (unlinkat(fd, entry.name, AT_REMOVEDIR) == 0)
			continue;
		if (errno != ENOTEMPTY && errno != EEXIST)
			return -2;
		let_in(fd, entry.name);
		int child = openat(fd, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		struct stat st;
		if (child < 0)
			return -2;
		if (fstat(child, &st) < 0 || st.st_dev != device) {
			io_close(child);
			errno = EBUSY;
			return -2;
		}
		return child;
	}
	return found < 0 ? -2 : -1;
}

/* Walks down with sweep and up with "..", so that depth costs neither stack nor fds; where ".." is not what we came from, somebody moved
 * the tree and we stop. */
static int empty_tree(int top)
{
	struct stat start, st;
	if (fstat(top, &start) < 0)
		return -1;
	int fd = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t depth = 0;
	while (fd >= 0) {
		int child = sweep(fd, start.st_dev);
		if (child == -2)
			break;
		if (child == -1 && depth == 0) {
			io_close(fd);
			return 0;
		}
		depth += child >= 0 ? 1 : (uint64_t)-1;
		int next = child >= 0 ? child : openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		io_close(fd);
		fd = next;
		if (fd >= 0 && depth == 0 && (fstat(fd, &st) < 0 || st.st_ino != start.st_ino || st.st_dev != start.st_dev)) {
			errno = EBUSY;
			break;
		}
	}
	io_close(fd);
	return -1;
}

int dir_remove_tree(int parent_fd, const char *name, struct err *e)
{
	if (unlinkat(parent_fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (unlinkat(parent_fd, name, AT_REMOVEDIR) == 0)
		return 0;
	let_in(parent_fd, name);
	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "cannot remove %s", name);
	int result = empty_tree(fd);
	io_close(fd);
	if (result < 0 || unlinkat(parent_fd, name, AT_REMOVEDIR) < 0)
		return err_sys(e, "cannot remove %s", name);
	return 0;
}
