/* SPDX-License-Identifier: ISC */
/* Compressed streams: gzip by zlib's inflate over a fixed region. */
#include "image/decode.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

#include "base/limits.h"
#include "image/decode_zstd.h"

/* inflate's state (7 KB on 64-bit) and its window (32 KB) */
static LARGE _Alignas(16) uint8_t region[LIMIT_INFLATE_BYTES];
static size_t region_used;
static z_stream stream;

static voidpf region_take(voidpf opaque, uInt count, uInt size)
{
	(void)opaque;
	size_t bytes = ((size_t)count * size + 15) & ~(size_t)15;
	if (bytes > sizeof region - region_used)
		return Z_NULL;
	uint8_t *at = region + region_used;
	region_used += bytes;
	return at;
}

static void region_leave(voidpf opaque, voidpf address)
{
	(void)opaque;
	(void)address;   /* the region is forgotten as a whole by the next decode_start */
}

static int gzip_error(const char *text, struct err *e)
{
	return err_set(e, "gzip: %s", text);
}

static int gzip_start(struct err *e)
{
	region_used = 0;
	memset(&stream, 0, sizeof stream);
	stream.zalloc = region_take;
	stream.zfree = region_leave;
	if (inflateInit2(&stream, 15 + 16) != Z_OK)
		return ERR_LIMIT(e, "zlib's state", LIMIT_INFLATE_BYTES);
	return 0;
}

static uInt clamp(size_t length)
{
	return length > UINT_MAX ? UINT_MAX : (uInt)length;
}

/* Zeros pad the end as tape blocks did; behind them nothing but zeros may stand. */
static int gzip_padding(struct decoder *d, struct decode_io *io, struct err *e)
{
	d->padding = true;
	while (io->in_length && *io->in == 0)
		io->in++, io->in_length--;
	return io->in_length ? gzip_error("trailing garbage", e) : 0;
}

static int gzip_failed(const struct decoder *d, int result, struct err *e)
{
	bool header = stream.msg && strcmp(stream.msg, "incorrect header check") == 0;
	if (header)
		return gzip_error(d->any ? "trailing garbage" : "not gzip data, whatever its mediaType says", e);
	return gzip_error(stream.msg ? stream.msg : result == Z_NEED_DICT ? "needs a dictionary" : "inconsistent state", e);
}

static int gzip_step(struct decoder *d, struct decode_io *io, struct err *e)
{
	if (!d->inside) {
		if (!io->in_length)
			return 0;
		if (d->any && (d->padding || *io->in == 0))
			return gzip_padding(d, io, e);
		if (d->any && inflateReset(&stream) != Z_OK)
			return gzip_failed(d, Z_STREAM_ERROR, e);
		d->inside = true;
	}
	stream.next_in = (z_const Bytef *)io->in;
	stream.avail_in = clamp(io->in_length);
	stream.next_out = io->out;
	stream.avail_out = clamp(io->out_size);
	int result = inflate(&stream, Z_NO_FLUSH);
	io->in_length -= (size_t)(stream.next_in - io->in);
	io->in = stream.next_in;
	io->out_size -= (size_t)(stream.next_out - io->out);
	io->out = stream.next_out;
	if (result == Z_STREAM_END) {
		d->inside = false;
		d->any = true;
		return 0;
	}
	return result == Z_OK || result == Z_BUF_ERROR ? 0 : gzip_failed(d, result, e);
}

static int plain_step(struct decode_io *io)
{
	size_t n = io->in_length < io->out_size ? io->in_length : io->out_size;
	memcpy(io->out, io->in, n);
	io->in += n, io->in_length -= n;
	io->out += n, io->out_size -= n;
	return 0;
}

int decode_start(struct decoder *d, enum compression compression, struct err *e)
{
	*d = (struct decoder){ .compression = compression };
	switch (compression) {
	case COMPRESSION_NONE: return 0;
	case COMPRESSION_GZIP: return gzip_start(e);
	case COMPRESSION_ZSTD: return decode_zstd_start(e);
	}
	return -1;
}

int decode_step(struct decoder *d, struct decode_io *io, struct err *e)
{
	switch (d->compression) {
	case COMPRESSION_NONE: return plain_step(io);
	case COMPRESSION_GZIP: return gzip_step(d, io, e);
	case COMPRESSION_ZSTD: return decode_zstd_step(d, io, e);
	}
	return -1;
}

int decode_finish(const struct decoder *d, struct err *e)
{
	if (d->compression != COMPRESSION_NONE && (d->inside || !d->any))
		return err_set(e, "%s: truncated", d->compression == COMPRESSION_GZIP ? "gzip" : "zstd");
	return 0;
}
