/* SPDX-License-Identifier: ISC */
/* A fuzzer (libFuzzer) of compressed streams: members, frames, padding, truncation. The first byte chooses the compression and how small the pieces are that
 * come out; whatever they are, the same bytes must come, and the same verdict. (Of zstd not the verdict: libzstd looks at the size that an empty frame tells
 * only where it can decode the frame at once.) */
#include "image.h"

#define MOST (1u << 20)
static struct source source;
static uint8_t out[2][MOST];

/* Returns how many bytes came, -1 when it was refused; those before are in to. */
static int64_t read_all(const struct source_blob *blob, uint8_t *to, size_t piece, size_t *used)
{
	struct err e = { 0 };
	int64_t n = source_start(&source, blob, &e);
	*used = 0;
	if (n < 0)
		abort();
	while (*used < MOST) {
		size_t room = MOST - *used < piece ? MOST - *used : piece;
		n = source_fill(&source, to + *used, room, &e);
		if (n > (int64_t)room)
			abort();
		if (n < 0)
			check_error(&e);
		if (n <= 0)
			return n;
		*used += (size_t)n;
	}
	return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t used[2];
	if (size < 1)
		return 0;
	const struct source_blob blob = blob_of(data + 1, size - 1, (enum compression)(data[0] % 3));
	int64_t one = read_all(&blob, out[0], LIMIT_DECODE_BYTES, &used[0]);
	int64_t two = read_all(&blob, out[1], 1 + data[0] / 3 * 7u, &used[1]);
	if ((one != two && blob.compression != COMPRESSION_ZSTD) || (one >= 0 && one == two && (used[0] != used[1] || memcmp(out[0], out[1], used[0]) != 0)))
		abort();
	return 0;
}
