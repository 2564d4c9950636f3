/* SPDX-License-Identifier: ISC */
/* The IDs of all containers below a state directory; runc-list(8). */
#ifndef CONTAINER_NAMES_H
#define CONTAINER_NAMES_H

#include <stdint.h>
#include "base/err.h"

struct names { uint32_t count; const char *const *items; };

/* names_read: the IDs below root (--root) in alphabetical order, half made containers too; none where root is missing. They are valid until the next call. 0 or -1. */
int names_read(const char *root, struct names *names, struct err *e);

#endif
