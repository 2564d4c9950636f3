/* SPDX-License-Identifier: ISC */
/* One layer's archive into one directory, entry by entry, by fd (image-spec, layer.md, "Applying Changesets"). */
#ifndef IMAGE_UNPACK_H
#define IMAGE_UNPACK_H

#include <stdbool.h>
#include <sys/types.h>
#include "base/err.h"
#include "base/limits.h"
#include "image/overlay.h"
#include "image/spill.h"
#include "image/tar.h"

struct unpack {
	/* the caller's */
	int rootfd;                        /* where to; readable, a directory */
	int lowerfd;                       /* the layers below it, whose files hard links may mean; -1: this is the first layer */
	const struct overlay *lowers;      /* the same as a stack of layers in overlay form, with the present one on top (then lowerfd is one of them); or 0 */
	bool no_xattrs;                    /* leave out what the filesystem cannot keep */
	/* unpack_start's */
	bool privileged;                   /* owners and devices can be made */
	bool marked;                       /* there are whiteouts or implied directories (other than the root) among what was unpacked */
	bool warned_owner, warned_xattr, warned_device;   /* once a run */
	struct spill spill;
	/* the directory that the last entry was made in, or that it made; -1: none */
	int parent;
	char parent_path[LIMIT_PATH_BYTES];
	char path[LIMIT_TAR_PATH_BYTES];   /* the entry's, cleaned, no leading slash */
	char target[LIMIT_TAR_PATH_BYTES]; /* the same of a hard link's */
};

/* unpack_start: for the first layer, u->spill.fd is -1; spill_directory is where a temporary file may be made. 0 or -1. */
int unpack_start(struct unpack *u, int spill_directory, struct err *e);
/* unpack_entry: t's present entry. 0, or -1: ""PATH": …"; t->stream_failed tells the stream's errors from those of the entry. */
int unpack_entry(struct unpack *u, struct tar *t, struct err *e);
/* unpack_check: what can be said of an entry without unpacking it: its name, a hard link's target's. 0 or -1. */
int unpack_check(struct unpack *u, const struct tar_entry *x, struct err *e);
/* unpack_finish: directories' times. 0 or -1. */
int unpack_finish(struct unpack *u, struct err *e);
/* unpack_close: forgets the parent; to be called also after an error. */
void unpack_close(struct unpack *u);

#endif
