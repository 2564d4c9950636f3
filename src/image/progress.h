/* SPDX-License-Identifier: ISC */
/* How far an unpacking is: a bar on a terminal's standard error; lines, of text or JSON, on standard output. One at a time. */
#ifndef IMAGE_PROGRESS_H
#define IMAGE_PROGRESS_H

#include <stdint.h>
#include "base/err.h"
#include "image/stream.h"

/* progress_use: word is "bar", "plain", "json" or "none"; 0 or "auto": a bar on a terminal, else plain. 0 or -1. */
int progress_use(const char *word, struct err *e);
/* progress_layer: a layer of count begins, its blob of size bytes. digest stays alive until progress_end. */
void progress_layer(uint32_t number, uint32_t count, const char *digest, uint64_t size);
/* progress_tick: to be called often; tells how much of the layer's blob was read, some times a second. */
void progress_tick(const struct stream *s);
/* progress_end: the layer is done, or (not done) given up: a bar is taken away. */
void progress_end(bool done);

#endif
