/* SPDX-License-Identifier: ISC */
/* SHA-256 by the SHA2 instructions of ARMv8 (FIPS 180-4, 6.2.2; Arm ARM, SHA256H, SHA256H2, SHA256SU0, SHA256SU1). */
#include "base/sha256.h"

#include <arm_neon.h>
#include <stdint.h>
#include <sys/auxv.h>

#define SHA2 (1 << 6)   /* HWCAP_SHA2, asm/hwcap.h */

/* Words stand in memory with their highest byte first. */
static uint32x4_t load(const uint8_t *at)
{
	return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(at)));
}

bool sha256_has_blocks(void)
{
	return getauxval(AT_HWCAP) & SHA2;
}

/* state: eight words, big-endian, as the instructions have them: (a b c d) and (e f g h). */
__attribute__((target("+crypto")))
void sha256_blocks(uint8_t state[32], const uint8_t *at, size_t length)
{
	uint32x4_t abcd = load(state), efgh = load(state + 16);
	for (; length; at += SHA256_BLOCK, length -= SHA256_BLOCK) {
		const uint32x4_t abcd_before = abcd, efgh_before = efgh;
		uint32x4_t w0 = load(at), w1 = load(at + 16), w2 = load(at + 32), w3 = load(at + 48);
		for (int round = 0; round < 64; round += 4) {
			const uint32x4_t k = vaddq_u32(w0, vld1q_u32(sha256_constants + round)), before = abcd;
			const uint32x4_t next = vsha256su1q_u32(vsha256su0q_u32(w0, w1), w2, w3);
			abcd = vsha256hq_u32(abcd, efgh, k);
			efgh = vsha256h2q_u32(efgh, before, k);
			w0 = w1, w1 = w2, w2 = w3, w3 = next;
		}
		abcd = vaddq_u32(abcd, abcd_before);
		efgh = vaddq_u32(efgh, efgh_before);
	}
	vst1q_u8(state, vrev32q_u8(vreinterpretq_u8_u32(abcd)));
	vst1q_u8(state + 16, vrev32q_u8(vreinterpretq_u8_u32(efgh)));
}
