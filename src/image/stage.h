/* SPDX-License-Identifier: ISC */
/* A directory that appears whole or not at all: built beside its place under a fixed name and a lock, synced, renamed. Where its place is a mount point,
 * or the directory around it can't be written, it is built inside and its parts are moved; a mark stands there until all are. */
#ifndef IMAGE_STAGE_H
#define IMAGE_STAGE_H

#include <stdbool.h>
#include <sys/types.h>
#include "base/err.h"
#include "base/limits.h"

struct stage {
	int around;                    /* the directory that the work directory stands in: the destination's parent, or the destination */
	int work;                      /* the work directory, locked */
	int tree;                      /* "tree" in it: what becomes the destination */
	bool inside;                   /* around is the destination */
	bool moving;                   /* inside: parts may have been moved */
	bool attributes;               /* the caller's: tree's attributes are the destination's, also inside */
	const char *const *parts;      /* inside: only these belong to us; 0: all that is there */
	mode_t mode;                   /* the destination's so far, or 0755 */
	char name[256];                /* of the work directory */
	char base[256];                /* of the destination, in around; not inside */
};

/* stage_open: destination must be missing or an empty directory ("is not empty"), but for leftovers of an earlier run, which are removed. With parts (a list
 * that ends with 0) it may hold other things and only they must not be there. 0 or -1. */
int stage_open(struct stage *s, const char *destination, const char *const *parts, struct err *e);
/* stage_commit: syncs tree's filesystem and puts tree in its place, with its own attributes. 0 or -1; closes in any case. */
int stage_commit(struct stage *s, struct err *e);
/* stage_abandon: removes all that was built; closes. */
void stage_abandon(struct stage *s);

#endif
