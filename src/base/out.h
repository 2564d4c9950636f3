/* SPDX-License-Identifier: ISC */
/* Buffered output to an fd or into memory, with a sticky error: text for people and JSON for programs are written through this. */
#ifndef BASE_OUT_H
#define BASE_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

struct out {
	int fd;                 /* -1: memory only */
	char *buffer;           /* the caller's */
	size_t size, used;      /* bytes */
	int failed;             /* errno of the first failure, 0 so far; E2BIG: a memory buffer was too small */
};

/* out_init: writes to fd (not closed by out) through buffer[size]; fd -1: collects in buffer, always NUL-terminated. */
void out_init(struct out *o, int fd, char *buffer, size_t size);
void out_bytes(struct out *o, const void *bytes, size_t length);
void out_text(struct out *o, const char *text);
void out_printf(struct out *o, const char *format, ...) __attribute__((format(printf, 2, 3)));  /* ≤ 1,024 bytes a call but for %s alone: use out_text for long ones */
/* out_flush: writes what is buffered; 0, or -1 with the first failure (also of earlier calls). */
int out_flush(struct out *o, struct err *e);

#endif
