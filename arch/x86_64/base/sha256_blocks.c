/* SPDX-License-Identifier: ISC */
/* SHA-256 by the SHA extensions (FIPS 180-4, 6.2.2; Intel SDM volume 2, SHA256RNDS2, SHA256MSG1, SHA256MSG2), four to five times as fast as plain C. */
#include "base/sha256.h"

#include <cpuid.h>
#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>

/* cpuid costs up to five microseconds in a virtual machine: twice a process. No CPU has SHA without SSSE3. */
bool sha256_has_blocks(void)
{
	static enum { UNKNOWN, NO, YES } known;
	unsigned a, b, c, d;
	if (known == UNKNOWN)
		known = __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & bit_SHA ? YES : NO;
	return known == YES;
}

/* state: eight words, big-endian; the instructions want them as (f e b a) and (h g d c). */
__attribute__((target("sha,ssse3")))
void sha256_blocks(uint8_t state[32], const uint8_t *at, size_t length)
{
	const __m128i backward = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f), words = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i dcba = _mm_shuffle_epi8(_mm_loadu_si128((const void *)state), backward);
	__m128i hgfe = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(state + 16)), backward);
	__m128i feba = _mm_unpackhi_epi64(hgfe, dcba), hgdc = _mm_unpacklo_epi64(hgfe, dcba);
	for (; length; at += SHA256_BLOCK, length -= SHA256_BLOCK) {
		const __m128i feba_before = feba, hgdc_before = hgdc;
		__m128i w0 = _mm_shuffle_epi8(_mm_loadu_si128((const void *)at), words), w1 = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(at + 16)), words);
		__m128i w2 = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(at + 32)), words), w3 = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(at + 48)), words);
		for (int round = 0; round < 64; round += 4) {
			__m128i k = _mm_add_epi32(w0, _mm_loadu_si128((const void *)(sha256_constants + round)));
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
