/* SPDX-License-Identifier: ISC */
/* A gzip stream written (RFC 1951, RFC 1952): matches in a window of 32 KB, one block with the fixed codes. Small, and the same bytes on every machine. */
#ifndef IMAGE_PACK_DEFLATE_H
#define IMAGE_PACK_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

#define DEFLATE_WINDOW 32768u
#define DEFLATE_HASHES 16384u
#define DEFLATE_SYMBOLS 288u
struct deflate {
	void (*put)(void *context, const uint8_t *bytes, size_t length);   /* takes what was made */
	void *context;
	uint32_t crc, size;                /* of what went in */
	uint64_t bits;                     /* not yet put, the first in the lowest place */
	uint32_t bit_count, at, end;       /* at: the next byte of window to be coded; end: behind the last */
	uint32_t out_used;
	uint8_t out[4096], far[30];
	uint16_t code[DEFLATE_SYMBOLS];    /* and how many bits, in the lowest four */
	uint32_t head[DEFLATE_HASHES];     /* where three bytes of that hash stood last; 0: nowhere */
	uint32_t before[DEFLATE_WINDOW];   /* and where before that */
	uint8_t window[4 * DEFLATE_WINDOW];
};

/* deflate_start: put and context are set. deflate_add: length more bytes. deflate_finish: the end. */
void deflate_start(struct deflate *d);
void deflate_add(struct deflate *d, const uint8_t *bytes, size_t length);
void deflate_finish(struct deflate *d);

#endif
