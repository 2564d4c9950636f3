/* SPDX-License-Identifier: ISC */
/* Digests: their grammar, and hashing as bytes stream by (image-spec, descriptor.md, "Digests"; sha256, sha384 and sha512 by BearSSL). */
#ifndef IMAGE_DIGEST_H
#define IMAGE_DIGEST_H

#include <bearssl_hash.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

#define DIGEST_RAW_MAX 64                        /* bytes of a SHA-512 */
#define DIGEST_TEXT_MAX (7 + 2 * DIGEST_RAW_MAX + 1)
#define DIGEST_ALGORITHM_MAX 32                  /* bytes of an algorithm's name that we keep */

/* A digest that can be verified. */
struct digest {
	const br_hash_class *hash;
	bool any;                        /* only the algorithm is asked for: whatever comes out is right */
	unsigned char raw[DIGEST_RAW_MAX];
};
struct hasher {
	const br_hash_class *hash;
	br_hash_compat_context context;
};

/* digest_check: the grammar alone: algorithm ":" encoded, the registered algorithms in lower-case hex of their length. 0, or -1 with a text that quotes it. */
int digest_check(const char *text, struct err *e);
/* digest_parse: digest_check, and an algorithm that is built in: else "blake3: not supported". */
int digest_parse(const char *text, struct digest *d, struct err *e);
/* digest_blob_path: "blobs/ALGORITHM/ENCODED" of a checked digest, within a layout. Returns buffer, or 0 when size is too small. */
const char *digest_blob_path(const char *text, char *buffer, size_t size);

void hasher_start(struct hasher *h, const struct digest *d);
void hasher_add(struct hasher *h, const void *bytes, size_t length);
/* hasher_matches: whether what was added has digest d; otherwise *found holds what it has, as text. The hasher is started with the same digest. */
bool hasher_matches(const struct hasher *h, const struct digest *d, char found[DIGEST_TEXT_MAX]);
/* digest_same: whether found is digest d (or d->any); *text gets found's. */
bool digest_same(const struct digest *d, const struct digest *found, char text[DIGEST_TEXT_MAX]);

#endif
