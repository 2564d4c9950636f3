/* SPDX-License-Identifier: ISC */
/* What must wait for a layer's end, in order: the times (and, for ordinary users, the modes) of directories. Kept in a small buffer and, beyond it, in
 * an unlinked file, so that memory does not grow with the layer. */
#ifndef IMAGE_SPILL_H
#define IMAGE_SPILL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"
#include "base/limits.h"
#include "image/pax.h"

struct spill {
	int directory, fd;                 /* where its file is made, the caller's; the file, or -1 */
	uint64_t flushed;                  /* bytes in the file */
	uint32_t used;                     /* bytes in the buffer */
	uint8_t buffer[LIMIT_SPILL_BYTES];
};

/* spill_start: empty; the file of an earlier layer is used again. The first time, s->fd is -1. */
int spill_start(struct spill *s, int directory, struct err *e);
/* spill_directory: path, the cleaned one of a directory whose inode this is, gets mode and times at the end. 0 or -1. */
int spill_directory(struct spill *s, const char *path, ino_t inode, mode_t mode, struct tar_time mtime, struct tar_time atime, struct err *e);
/* spill_apply: sets the times in order (the last entry of a directory wins), then, with modes, the modes backward (a parent that may not be searched comes
 * after what it holds). What is no longer that directory is left alone. 0 or -1. */
int spill_apply(struct spill *s, int rootfd, bool modes, struct err *e);
void spill_close(struct spill *s);

#endif
