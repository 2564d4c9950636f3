/* SPDX-License-Identifier: ISC */
/* All directories of a tree that is ours, one after another: without recursion, one fd, one small frame a level. */
#ifndef IMAGE_TREE_H
#define IMAGE_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/limits.h"

enum tree_step { TREE_END, TREE_ENTER, TREE_LEAVE };
struct tree {
	int root;                          /* the caller's */
	int fd;                            /* the directory at path, readable; the tree's own */
	size_t depth;
	bool entered;                      /* the last step entered it */
	char path[LIMIT_PATH_BYTES];       /* below root; "" is the root itself */
	struct { size_t length; int64_t behind; } level[LIMIT_TAR_DEPTH + 1];
};

/* tree_start: at root, a readable directory. */
void tree_start(struct tree *t, int root);
/* tree_next: TREE_ENTER: a directory that has just been reached; its entries may be changed now, until the next call. TREE_LEAVE: all below it is done; then its own
 * entries may be changed, but not those of the directories above. TREE_END; -1. No symlink is followed. */
int tree_next(struct tree *t, struct err *e);
void tree_close(struct tree *t);
/* tree_name: the last component of path. */
const char *tree_name(const struct tree *t);

#endif
