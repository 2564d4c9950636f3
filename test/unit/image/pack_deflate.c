/* SPDX-License-Identifier: ISC */
/* image/pack_deflate.h: what it writes, image/decode.h reads, whatever went in. */
#include "tap.h"

#include <string.h>

#include "image/decode.h"
#include "image/pack_deflate.h"

#define MOST 700000
static struct deflate d;
static uint8_t in[MOST], packed[2 * MOST], out[MOST + 1];
static size_t used;

static void take(void *context, const uint8_t *bytes, size_t length)
{
	(void)context;
	memcpy(packed + used, bytes, length);
	used += length;
}

/* in[length], added so many bytes at a time */
static void round_trip(const char *what, size_t length, size_t piece)
{
	struct decoder decoder;
	struct err e = { .text = "" };
	used = 0;
	d.put = take;
	deflate_start(&d);
	for (size_t at = 0; at < length; at += piece)
		deflate_add(&d, in + at, length - at < piece ? length - at : piece);
	deflate_finish(&d);
	struct decode_io io = { .in = packed, .in_length = used, .out = out, .out_size = sizeof out };
	int result = decode_start(&decoder, COMPRESSION_GZIP, &e);
	while (result == 0 && (io.in_length || decoder.inside))
		result = decode_step(&decoder, &io, &e);
	ok(result == 0 && decode_finish(&decoder, &e) == 0 && sizeof out - io.out_size == length && memcmp(in, out, length) == 0, "%s: %zu bytes, %zu at a time: %zu packed %s", what,
	   length, piece, used, e.text);
}

int main(void)
{
	static const size_t lengths[] = { 0, 1, 2, 3, 4, 258, 259, 32767, 32768, 32769, 131071, 131072, 131073, 400000, MOST };
	uint32_t random = 1;
	for (int kind = 0; kind < 4; kind++) {
		for (size_t i = 0; i < MOST; i++) {
			random = random * 1664525 + 1013904223;
			in[i] = kind == 0 ? 0 : kind == 1 ? (uint8_t)(random >> 24) : kind == 2 ? (uint8_t)"etaoin shrdlu\n"[(random >> 24) % 14] : (uint8_t)((i / 7) ^ (i >> 12));
		}
		for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
			round_trip(kind == 0 ? "zeros" : kind == 1 ? "noise" : kind == 2 ? "letters" : "steps", lengths[i], i % 2 ? 4097 : MOST);
		if (kind == 0)
			ok(used < MOST / 100, "zeros pack well");
	}
	/* a match from as far away as there may be, and from one byte further */
	memset(in, 0, 70000);
	for (size_t i = 0; i < 300; i++)
		in[i] = in[32768 + i] = in[2 * 32768 + 1 + i] = (uint8_t)(i * 7 + 1);
	round_trip("far", 70000, 70000);
	return done_testing();
}
