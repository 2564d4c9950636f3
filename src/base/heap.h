/* SPDX-License-Identifier: ISC */
/* The only allocator that is linked, over one fixed region of LIMIT_HEAP_BYTES, for libseccomp alone: malloc(3) and its relations are defined here
 * in libc's place. An object of its own: sanitizer and fuzz builds leave it out. */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

/* heap_exhausted: whether an allocation was refused since the program began. */
bool heap_exhausted(void);
/* heap_error: "WHAT: more than N bytes of heap (LIMIT_HEAP_BYTES in base/limits.h)", for a caller that met NULL. Returns -1. */
int heap_error(struct err *e, const char *what);
/* heap_peak: the highest number of bytes in use so far. */
size_t heap_peak(void);

#endif
