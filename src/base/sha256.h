/* SPDX-License-Identifier: ISC */
/* SHA-256 of much: BearSSL's, or the CPU's own instructions where it has them (arch/CPU/base/sha256_blocks.c stands in for base/sha256_blocks.c) */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <bearssl_hash.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* sha256_add: br_sha256_update, whose context it is. */
void sha256_add(br_sha256_context *c, const void *bytes, size_t length);

#define SHA256_BLOCK ((size_t)64)
extern const uint32_t sha256_constants[64];
/* sha256_has_blocks: whether this CPU has instructions for it. sha256_blocks: whole blocks (length: bytes) by them; state: eight words, big-endian. For sha256_add alone. */
bool sha256_has_blocks(void);
void sha256_blocks(uint8_t state[32], const uint8_t *at, size_t length);

#endif
