/* SPDX-License-Identifier: ISC */
/* The outer archive, block by block. */
#include "image/blocks.h"

#include <errno.h>
#include <unistd.h>

#include "base/limits.h"
#include "image/interrupt.h"

void blocks_start(struct blocks *b, int fd, bool seekable)
{
	b->fd = fd;
	b->seekable = seekable;
	b->position = 0;
	b->at = b->end = 0;
}

/* Up to size bytes from where the archive is; fewer at its end. -1 with the error. */
static ssize_t read_some(struct blocks *b, uint8_t *to, size_t size, struct err *e)
{
	size_t done = 0;
	while (done < size) {
		ssize_t n = b->seekable ? pread(b->fd, to + done, size - done, (off_t)b->position) : read(b->fd, to + done, size - done);
		if (interrupted())
			return err_set(e, "interrupted");
		if (n < 0 && errno != EINTR)
			return err_sys(e, "cannot read");
		if (n == 0)
			break;
		if (n > 0) {
			done += (size_t)n;
			b->position += (size_t)n;
		}
	}
	return (ssize_t)done;
}

int64_t blocks_need(struct blocks *b, const uint8_t **bytes, struct err *e)
{
	if (b->at == b->end) {
		/* behind content of any length only the block's rest is to be read */
		ssize_t n = read_some(b, b->block, sizeof b->block - b->position % sizeof b->block, e);
		if (n < 0)
			return -1;
		b->at = 0;
		b->end = (uint32_t)n;
	}
	*bytes = b->block + b->at;
	return b->end - b->at;
}

int blocks_skip(struct blocks *b, uint64_t length, struct err *e)
{
	static LARGE uint8_t scratch[LIMIT_READ_BYTES];
	uint64_t there = b->end - b->at < length ? b->end - b->at : length;
	b->at += (uint32_t)there;
	length -= there;
	if (b->seekable) {
		b->position += length;
		return 0;
	}
	while (length) {
		ssize_t n = read_some(b, scratch, length < sizeof scratch ? (size_t)length : sizeof scratch, e);
		if (n <= 0)
			return n < 0 ? -1 : err_set(e, "truncated archive");
		length -= (uint64_t)n;
	}
	return 0;
}
