/* SPDX-License-Identifier: ISC */
/* Directories by fd and without a heap: reading with getdents64(2), removing a tree without following anything. */
#ifndef BASE_DIR_H
#define BASE_DIR_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

struct dir {
	int fd;                       /* the caller's; its offset is moved */
	int at, end;                  /* of buffer */
	_Alignas(8) char buffer[2048];
};
struct dir_entry {
	const char *name;             /* valid until the next call */
	uint64_t inode;
	int64_t behind;               /* for dir_resume: what comes behind this entry */
	unsigned char type;           /* DT_*; DT_UNKNOWN on some filesystems */
};

/* dir_start: reads fd from its beginning. The fd stays the caller's. */
void dir_start(struct dir *d, int fd);
/* dir_fresh: the same of an fd that nobody has read yet. */
void dir_fresh(struct dir *d, int fd);
/* dir_resume: reads fd, another fd of that directory perhaps, from behind an entry on. */
void dir_resume(struct dir *d, int fd, int64_t behind);
/* dir_next: 1 and an entry ("." and ".." left out), 0 at the end, -1 with errno. */
int dir_next(struct dir *d, struct dir_entry *entry);
/* dir_is_empty: 1, 0, or -1 with errno. */
int dir_is_empty(int fd);
/* dir_remove_tree: removes parent_fd/name and all below, never following a symlink nor crossing into another mount (that is EBUSY); no recursion:
 * depth is bounded only by the disk. A missing name is success. 0 or -1. */
int dir_remove_tree(int parent_fd, const char *name, struct err *e);

#endif
