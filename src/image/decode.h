/* SPDX-License-Identifier: ISC */
/* Compressed streams with caller-owned state: plain, gzip (RFC 1952, several members), zstd (RFC 8878). */
#ifndef IMAGE_DECODE_H
#define IMAGE_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

enum compression { COMPRESSION_NONE, COMPRESSION_GZIP, COMPRESSION_ZSTD };

/* One piece of input and the room for output; decode_step moves all four. */
struct decode_io {
	const uint8_t *in;
	size_t in_length;
	uint8_t *out;
	size_t out_size;
};

struct decoder {
	enum compression compression;
	bool inside;              /* a gzip member or zstd frame has begun and has not ended */
	bool any;                 /* a first one has ended */
	bool padding;             /* zero bytes behind the last gzip member: only more of them may follow */
};

/* decode_start: prepares the process's one static decoding state for a stream. 0, or -1 when that compression is not built in. */
int decode_start(struct decoder *d, enum compression compression, struct err *e);
/* decode_step: consumes input, makes output; makes progress unless in_length or out_size is 0. 0, or -1: "gzip: …", "zstd: …". */
int decode_step(struct decoder *d, struct decode_io *io, struct err *e);
/* decode_finish: to be called when the input has ended and decode_step makes nothing more. 0, or -1: "gzip: truncated". */
int decode_finish(const struct decoder *d, struct err *e);

#endif
