/* SPDX-License-Identifier: ISC */
/* zstd frames (RFC 8878), decoded in a static region that holds a window of LIMIT_ZSTD_WINDOW_BYTES. */
#ifndef IMAGE_DECODE_ZSTD_H
#define IMAGE_DECODE_ZSTD_H

#include "image/decode.h"

/* decode_zstd_start, decode_zstd_step: decode_start and decode_step for COMPRESSION_ZSTD. */
int decode_zstd_start(struct err *e);
int decode_zstd_step(struct decoder *d, struct decode_io *io, struct err *e);

#endif
