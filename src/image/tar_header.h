/* SPDX-License-Identifier: ISC */
/* The 512-byte header block of a tar archive (POSIX ustar; GNU's old sparse layout). */
#ifndef IMAGE_TAR_HEADER_H
#define IMAGE_TAR_HEADER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "image/sparse.h"

#define TAR_BLOCK_BYTES 512u

struct tar_header {                    /* as it lies in the archive: bytes only, no alignment */
	uint8_t name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8];
	uint8_t type, link[100], magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], pad[12];
};
_Static_assert(sizeof(struct tar_header) == TAR_BLOCK_BYTES, "a header is one block");

/* tar_header_is_zero: the block that ends an archive. */
bool tar_header_is_zero(const struct tar_header *h);
/* tar_header_check: the checksum, of unsigned or (historically) signed bytes. 0 or -1. */
int tar_header_check(const struct tar_header *h, struct err *e);
/* tar_header_name: prefix, slash and name as one string. */
void tar_header_name(const struct tar_header *h, char to[257]);
/* tar_header_number: one numeric field within least … most. 0, or -1: "WHAT …". */
int tar_header_number(const uint8_t *field, size_t length, const char *what, int64_t least, int64_t most, int64_t *value, struct err *e);
/* tar_header_sparse: the extents in an 'S' header (4), or in a block that continues it (21, first_block false); *more: another such block follows. 0 or -1. */
int tar_header_sparse(const struct tar_header *h, bool first_block, struct sparse_map *map, bool *more, struct err *e);
/* tar_header_real_size: an 'S' entry's size when unpacked. 0 or -1. */
int tar_header_real_size(const struct tar_header *h, int64_t *value, struct err *e);

#endif
