/* SPDX-License-Identifier: ISC */
/* Reading a tar archive from a stream: v7, ustar, PAX, GNU (POSIX pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format"). */
#ifndef IMAGE_TAR_H
#define IMAGE_TAR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"
#include "base/limits.h"
#include "image/pax.h"
#include "image/sparse.h"
#include "image/stream.h"

enum tar_type { TAR_FILE, TAR_HARD_LINK, TAR_SYMLINK, TAR_CHAR, TAR_BLOCK, TAR_DIR, TAR_FIFO };

/* One entry. Strings live until the next tar_next. */
struct tar_entry {
	enum tar_type type;
	bool sparse;
	const char *path, *link;           /* as they stand in the archive */
	mode_t mode;                       /* 07777 */
	uint32_t uid, gid;
	unsigned major, minor;
	uint64_t size;                     /* of the file once it is unpacked, bytes */
	struct tar_time mtime, atime;      /* atime is mtime where the archive has none */
	const struct tar_xattr *xattr;
	uint32_t xattr_count;
};

struct tar {
	struct stream *stream;
	uint64_t at;                       /* bytes of the archive read so far */
	uint64_t data_left, padding;       /* of the entry's data in the archive; zeros behind it */
	bool has_global, has_local;        /* PAX headers seen */
	bool long_path, long_link;         /* GNU L and K entries seen */
	bool stream_failed;                /* the error is the stream's, not the archive's */
	struct pax global, local;
	struct sparse_map map;             /* of the entry, when it is sparse */
	uint32_t extent;                   /* being read */
	uint64_t extent_done;
	struct tar_entry entry;
	size_t global_used;                /* bytes of global_text */
	char name[257], link_name[101];    /* from the header */
	char path_text[LIMIT_TAR_PATH_BYTES], link_text[LIMIT_TAR_PATH_BYTES];
	char global_text[LIMIT_PAX_GLOBAL_BYTES], local_text[LIMIT_PAX_BYTES + 1];
};

/* tar_start: begins at the stream's beginning. */
void tar_start(struct tar *t, struct stream *stream);
/* tar_next: skips what is left of the entry before; 1 and t->entry, 0 at the archive's end, -1: "tar: byte N: …", or the stream's error. */
int tar_next(struct tar *t, struct err *e);
/* tar_data: the next piece of the entry's content: its place in the file, where it lies (until tar_take) and how long it is; 0 at the content's
 * end; -1. Holes of sparse files are left out. */
int64_t tar_data(struct tar *t, uint64_t *offset, const uint8_t **bytes, struct err *e);
/* tar_take: the caller has done with the first n bytes of that piece. */
void tar_take(struct tar *t, uint32_t n);
/* tar_taken: the content was read from the archive in another way. */
void tar_taken(struct tar *t);

#endif
