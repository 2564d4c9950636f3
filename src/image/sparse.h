/* SPDX-License-Identifier: ISC */
/* Sparse maps of GNU tar: old 'S' entries, PAX 0.0, 0.1 and 1.0 (GNU tar manual, "Storing Sparse Files"). */
#ifndef IMAGE_SPARSE_H
#define IMAGE_SPARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/limits.h"

struct sparse_extent { uint64_t offset, length; };
struct sparse_map {
	uint32_t count;
	bool half;                                          /* PAX 0.0: an offset waits for its length */
	struct sparse_extent extent[LIMIT_SPARSE_EXTENTS];
};

/* sparse_add: one more extent. 0 or -1 (limit). */
int sparse_add(struct sparse_map *map, uint64_t offset, uint64_t length, struct err *e);
/* sparse_parse_list: "offset,length,offset,length…" (PAX 0.1). 0 or -1. */
int sparse_parse_list(struct sparse_map *map, const char *text, struct err *e);
/* sparse_check: in order, no overlap, within size, and their lengths sum up to data bytes. 0 or -1. */
int sparse_check(const struct sparse_map *map, uint64_t size, uint64_t data, struct err *e);

#endif
