/* SPDX-License-Identifier: ISC */
/* Numbers as tar writes them (POSIX ustar; GNU base-256; PAX decimal). */
#ifndef IMAGE_NUMBER_H
#define IMAGE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

/* number_decimal: digits at *text, which is moved behind them. 0, or -1: none, or beyond 2^64. */
int number_decimal(const char **text, uint64_t *value);
/* number_field: a header's numeric field: octal among spaces and NULs (nothing at all is 0), or base-256 (two's complement). 0, or -1: neither, or beyond 64 bits. */
int number_field(const uint8_t *field, size_t length, int64_t *value);
/* number_time: "[-]seconds[.fraction]", nanoseconds counting up. 0 or -1. */
int number_time(const char *text, int64_t *seconds, uint32_t *nanoseconds);

#endif
