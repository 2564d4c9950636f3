/* SPDX-License-Identifier: ISC */
/* base/heap: the fixed region behind malloc: it hands out, takes back, joins, and refuses beyond its limit. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/heap.h"
#include "base/limits.h"
#include "tap.h"

/* Every byte of a block is its owner's: blocks are filled with a byte of their own and looked at before they are freed. */
static void test_blocks(void)
{
	static struct { unsigned char *p; size_t size; } block[256];
	uint32_t random = 1;
	bool whole = true, aligned = true;
	for (int turn = 0; turn < 100000; turn++) {
		random = random * 1103515245u + 12345u;
		unsigned i = random >> 16 & 255;
		for (size_t at = 0; at < block[i].size; at++)
			whole &= block[i].p[at] == (unsigned char)i;
		size_t size = random >> 8 & 1023;
		block[i].p = random & 1 ? realloc(block[i].p, size) : (free(block[i].p), malloc(size));
		block[i].size = size;
		aligned &= (uintptr_t)block[i].p % 16 == 0;
		memset(block[i].p, (int)i, size);
	}
	for (int i = 0; i < 256; i++)
		free(block[i].p);
	ok(whole, "no block is written through another");
	ok(aligned, "blocks are aligned to 16 bytes");
	ok(heap_peak() < 1000000, "100,000 turns of 256 blocks fit %zu bytes: what is freed is used again", heap_peak());
}

static void test_limit(void)
{
	struct err e;
	ok(!heap_exhausted(), "nothing was refused so far");
	void *p = malloc(LIMIT_HEAP_BYTES - 4096);
	ok(p, "freed neighbours were joined: nearly the whole region can be had as one");
	errno = 0;
	ok(!malloc(8192) && errno == ENOMEM && heap_exhausted(), "beyond the region it refuses");
	heap_error(&e, "linux.seccomp");
	char want[128];
	snprintf(want, sizeof want, "linux.seccomp: more than %d (LIMIT_HEAP_BYTES in base/limits.h)", LIMIT_HEAP_BYTES);
	is_str(e.text, want, "and the message names the limit");
	free(p);
	volatile size_t huge = SIZE_MAX;   /* so that the compiler does not know */
	ok(!malloc(huge) && !malloc(huge - 64) && !calloc(huge, huge) && !calloc(huge / 2, 4), "products and sums that overflow are refused");
	p = calloc(1000, 10);
	bool zero = p;
	for (int i = 0; zero && i < 10000; i++)
		zero = !((char *)p)[i];
	ok(zero, "calloc's memory is zero");
	free(p);
}

int main(void)
{
	test_blocks();
	test_limit();
	return done_testing();
}
