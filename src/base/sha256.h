/* SPDX-License-Identifier: ISC */
/* SHA-256 of much: BearSSL's, or the CPU's own instructions where it has them (arch/CPU/base/sha256.c stands in for base/sha256.c) */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <bearssl_hash.h>
#include <stddef.h>

/* sha256_add: br_sha256_update, whose context it is. */
void sha256_add(br_sha256_context *c, const void *bytes, size_t length);

#endif
