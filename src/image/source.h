/* SPDX-License-Identifier: ISC */
/* A blob as a stream: read once, its size counted and its digest taken while it is decoded (image-spec, descriptor.md). */
#ifndef IMAGE_SOURCE_H
#define IMAGE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/limits.h"
#include "image/decode.h"
#include "image/digest.h"

#define SOURCE_PIPE (-1)
/* What is to be streamed. The fd stays the caller's. */
struct source_blob {
	int fd;
	int64_t offset;                    /* where the blob begins in the file, whose own offset is not moved; SOURCE_PIPE: fd is a stream, all of the blob is taken from it */
	const uint8_t *head;               /* of a stream: the blob's first bytes, which were read already */
	uint32_t head_length;
	uint64_t size;                     /* bytes, the descriptor's: no more are read */
	struct digest digest;              /* .hash 0: not known, not verified */
	enum compression compression;
};
struct source {
	const struct source_blob *blob;
	struct hasher hasher;
	struct decoder decoder;
	uint64_t read, made;               /* bytes in and out so far */
	size_t at, end;                    /* what is still to be decoded, in input */
	bool ended;                        /* the file's end was reached, size and digest are right */
	uint8_t input[LIMIT_READ_BYTES];
};

/* source_start: begins to stream blob, which stays alive as long as the source. 0 or -1. */
int source_start(struct source *s, const struct source_blob *blob, struct err *e);
/* source_fill: decodes up to size bytes into out. Returns how many (0: the end, and all was verified), or -1: "digest mismatch: …", "size mismatch: …",
 * what decode_step says, or the limit LIMIT_RATIO. A stream that does not decode because its blob is not what the digest says is a digest mismatch. */
int64_t source_fill(struct source *s, uint8_t *out, size_t size, struct err *e);

#endif
