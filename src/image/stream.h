/* SPDX-License-Identifier: ISC */
/* A layer's tar archive as a stream, verified on both sides of its compression: the blob's size and digest, the archive's diff_id. Three processes
 * share the work where there is more than one CPU: one reads, hashes and decodes the blob, one takes the diff_id, the caller uses the bytes. */
#ifndef IMAGE_STREAM_H
#define IMAGE_STREAM_H

#include <sys/types.h>
#include "image/blocks.h"
#include "image/ring.h"
#include "image/source.h"

struct stream {
	struct blocks *blocks;          /* not a layer but the archive around an image, as it is (then all below is unused); or 0 */
	struct source_blob blob;
	struct digest diff_id;
	struct ring_side side;
	struct hasher hasher;           /* of the one-process form */
	pid_t decoder, hash_reader;     /* 0 in the one-process form */
	bool ended;                     /* of the one-process form */
	bool failed;                    /* its error was given out */
	char found[DIGEST_TEXT_MAX];    /* once stream_finish has succeeded: the archive's digest */
};

/* stream_open: begins with the blob, whose fd stays the caller's until stream_close. diff_id->any: s->found will tell it. One stream at a time. 0 or -1. */
int stream_open(struct stream *s, const struct source_blob *blob, const struct digest *diff_id, struct err *e);
/* stream_need: at least n bytes (1, or 512 at a multiple of 512), contiguous at *bytes, the caller's until stream_take. Returns how many there are;
 * fewer than n at the end; -1: whatever made the stream fail. */
int64_t stream_need(struct stream *s, uint32_t n, const uint8_t **bytes, struct err *e);
/* stream_take: the caller has done with n bytes of those. */
void stream_take(struct stream *s, uint32_t n);
/* stream_skip: need and take of length bytes. 0, or -1: as stream_need, or "truncated archive" (s->failed tells them apart). */
int stream_skip(struct stream *s, uint64_t length, struct err *e);
/* stream_finish: reads what is left and returns the verdict of all: 0, or -1: "digest mismatch", "size mismatch", "diff_id mismatch", … Also closes. */
int stream_finish(struct stream *s, struct err *e);
/* stream_blame: the caller failed on the stream's content, with e; when the blob turns out not to be what its descriptor says, that is the error. Closes. Returns -1. */
int stream_blame(struct stream *s, struct err *e);
/* stream_read_bytes: about how much of the blob was read so far. */
uint64_t stream_read_bytes(const struct stream *s);
/* stream_close: ends the processes without a verdict. */
void stream_close(struct stream *s);

#endif
