/* SPDX-License-Identifier: ISC */
/* A bump arena over a caller's region: one document's decoded structs; reset as a whole when the document is done. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>
#include "base/err.h"

struct arena {
	char *base;         /* the caller's, aligned to 16 */
	size_t size, used;  /* bytes */
	const char *limit;  /* which limit the size is, in messages */
};

/* arena_init: an empty arena over region[size], which the caller keeps alive, as limit. */
void arena_init(struct arena *a, void *region, size_t size, const char *limit);
/* arena_array: count × size zeroed bytes, aligned to align (a power of 2, ≤ 16). Returns 0 with the error naming the arena's limit
 * (with its size) when the region is full; overflow of the product is such an error too. */
void *arena_array(struct arena *a, size_t count, size_t size, size_t align, struct err *e);
/* arena_string: a NUL-terminated copy of text[length]. 0 as above. */
char *arena_string(struct arena *a, const char *text, size_t length, struct err *e);
/* arena_printf: a formatted string, at most LIMIT_PATH_BYTES × 2 long. 0 as above. */
char *arena_printf(struct arena *a, struct err *e, const char *format, ...) __attribute__((format(printf, 3, 4)));
#define ARENA_NEW(a, T, count, e) ((T *)arena_array((a), (count), sizeof(T), _Alignof(T), (e)))

#endif
