/* SPDX-License-Identifier: ISC */
/* zstd frames by libzstd's decoder in a static region. */
#include "image/decode_zstd.h"

#define ZSTD_STATIC_LINKING_ONLY   /* ZSTD_initStaticDStream: no heap */
#include <zstd.h>
#include <zstd_errors.h>

#include "base/limits.h"

/* the decoder's own state, one input block and one output block beyond the window; pages that a frame's window does not reach cost nothing */
static LARGE _Alignas(16) uint8_t region[LIMIT_ZSTD_WINDOW_BYTES + 524288];
static ZSTD_DStream *stream;

int decode_zstd_start(struct err *e)
{
	stream = ZSTD_initStaticDStream(region, sizeof region);
	if (!stream || ZSTD_isError(ZSTD_DCtx_setMaxWindowSize(stream, LIMIT_ZSTD_WINDOW_BYTES)))
		return err_set(e, "zstd: its state does not fit its region");
	return 0;
}

static int failed(const struct decoder *d, size_t result, struct err *e)
{
	switch (ZSTD_getErrorCode(result)) {
	case ZSTD_error_frameParameter_windowTooLarge:
	case ZSTD_error_memory_allocation:
		return ERR_LIMIT(e, "zstd: the frame's window", LIMIT_ZSTD_WINDOW_BYTES);
	case ZSTD_error_prefix_unknown:
		return err_set(e, d->any ? "zstd: trailing garbage" : "zstd: not zstd data, whatever its mediaType says");
	default:
		return err_set(e, "zstd: corrupt (libzstd's error %d)", (int)ZSTD_getErrorCode(result));
	}
}

int decode_zstd_step(struct decoder *d, struct decode_io *io, struct err *e)
{
	ZSTD_inBuffer in = { .src = io->in, .size = io->in_length };
	ZSTD_outBuffer out = { .dst = io->out, .size = io->out_size };
	if (!d->inside && !io->in_length)
		return 0;
	size_t result = ZSTD_decompressStream(stream, &out, &in);
	if (ZSTD_isError(result))
		return failed(d, result, e);
	io->in += in.pos, io->in_length -= in.pos;
	io->out += out.pos, io->out_size -= out.pos;
	d->inside = result != 0;
	d->any = d->any || result == 0;
	return 0;
}
