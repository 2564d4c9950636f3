/* SPDX-License-Identifier: ISC */
/* SHA-256 by the SHA extensions (FIPS 180-4, 6.2.2; Intel SDM volume 2, SHA256RNDS2, SHA256MSG1, SHA256MSG2), four to five times as fast as plain C. BearSSL keeps
 * what is no whole block and does the padding; between blocks its state is read and set through its own functions. */
#include "base/sha256.h"

#include <cpuid.h>
#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>

#define BLOCK ((size_t)64)

/* the first 32 bits of the fractions of the cube roots of the first 64 primes */
static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74,
	0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d,
	0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
	0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
	0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* cpuid costs a microsecond or more in a virtual machine: once a process */
static bool has_instructions(void)
{
	static enum { UNKNOWN, NO, YES } known;
	unsigned a, b, c, d, c1;
	if (known == UNKNOWN)
		known = __get_cpuid(1, &a, &b, &c1, &d) && c1 & bit_SSSE3 && __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & bit_SHA ? YES : NO;
	return known == YES;
}

/* state: eight words, big-endian; the instructions want them as (f e b a) and (h g d c). */
__attribute__((target("sha,ssse3")))
static void add_blocks(uint8_t state[32], const uint8_t *at, size_t length)
{
	const __m128i backward = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f), words = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i dcba = _mm_shuffle_epi8(_mm_loadu_si128((const void *)state), backward);
	__m128i hgfe = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(state + 16)), backward);
	__m128i feba = _mm_unpackhi_epi64(hgfe, dcba), hgdc = _mm_unpacklo_epi64(hgfe, dcba);
	for (; length; at += BLOCK, length -= BLOCK) {
		const __m128i feba_before = feba, hgdc_before = hgdc;
		__m128i w0 = _mm_shuffle_epi8(_mm_loadu_si128((const void *)at), words), w1 = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(at + 16)), words);
		__m128i w2 = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(at + 32)), words), w3 = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(at + 48)), words);
		for (int round = 0; round < 64; round += 4) {
			__m128i k = _mm_add_epi32(w0, _mm_loadu_si128((const void *)(constants + round)));
			__m128i next = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8(w3, w2, 4));
			hgdc = _mm_sha256rnds2_epu32(hgdc, feba, k);
			feba = _mm_sha256rnds2_epu32(feba, hgdc, _mm_shuffle_epi32(k, 0x0e));
			w0 = w1, w1 = w2, w2 = w3;
			w3 = _mm_sha256msg2_epu32(next, w2);
		}
		feba = _mm_add_epi32(feba, feba_before);
		hgdc = _mm_add_epi32(hgdc, hgdc_before);
	}
	_mm_storeu_si128((void *)state, _mm_shuffle_epi8(_mm_unpackhi_epi64(hgdc, feba), backward));
	_mm_storeu_si128((void *)(state + 16), _mm_shuffle_epi8(_mm_unpacklo_epi64(hgdc, feba), backward));
}

void sha256_add(br_sha256_context *c, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;
	uint8_t state[br_sha256_SIZE];
	if (length >= 2 * BLOCK && has_instructions()) {
		uint64_t count = br_sha256_state(c, state);
		size_t head = -count % BLOCK;
		br_sha256_update(c, at, head);
		at += head;
		size_t whole = (length - head) / BLOCK * BLOCK;
		br_sha256_state(c, state);
		add_blocks(state, at, whole);
		br_sha256_set_state(c, state, count + head + whole);
		at += whole;
		length -= head + whole;
	}
	br_sha256_update(c, at, length);
}
