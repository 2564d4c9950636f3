/* SPDX-License-Identifier: ISC */
/* PAX extended headers (POSIX pax, "pax Extended Header"; GNU tar's sparse keywords; SCHILY.xattr). */
#ifndef IMAGE_PAX_H
#define IMAGE_PAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/limits.h"
#include "image/sparse.h"

struct tar_time { int64_t seconds; uint32_t nanoseconds; };   /* nanoseconds always count up */
struct tar_xattr { const char *name; const void *value; uint32_t length; };

/* What records said. Strings point into the text they were parsed from. */
struct pax {
	const char *path, *link;                /* 0: not said */
	bool has_size, has_uid, has_gid, has_mtime, has_atime;
	uint64_t size;
	uint32_t uid, gid;
	struct tar_time mtime, atime;
	uint32_t xattr_count;
	struct tar_xattr xattr[LIMIT_XATTRS];
	/* GNU sparse */
	const char *sparse_name;
	uint64_t sparse_major, sparse_size;
	bool has_sparse_major, has_sparse_size, has_sparse_map;
};

/* pax_parse: reads all records in text[length] into p over what was there, and a sparse map's pieces into map. The text is cut into strings in
 * place and stays alive as long as p. 0, or -1: "PAX header: …". */
int pax_parse(struct pax *p, struct sparse_map *map, char *text, size_t length, struct err *e);

#endif
