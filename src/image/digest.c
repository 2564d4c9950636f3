/* SPDX-License-Identifier: ISC */
/* Digests (image-spec, descriptor.md, "Digests"). */
#include "image/digest.h"

#include <stdio.h>
#include <string.h>

#include "base/sha256.h"
#include "base/str.h"
#include "spec/image_rules.h"
#include "spec/report.h"

static const struct algorithm {
	const char *name;
	unsigned char raw_bytes;
	const br_hash_class *hash;
} algorithms[] = {
	{ "sha256", 32, &br_sha256_vtable },
	{ "sha512", 64, &br_sha512_vtable },
	{ "sha384", 48, &br_sha384_vtable },
};

static const struct algorithm *find(const char *text, size_t length)
{
	for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
		if (strlen(algorithms[i].name) == length && memcmp(algorithms[i].name, text, length) == 0)
			return &algorithms[i];
	return 0;
}

int digest_check(const char *text, struct err *e)
{
	struct report r;
	struct place nowhere = { .length = 0 };
	report_first(&r, e);
	return rule_digest(text, &nowhere, &r) ? err_at(e, "invalid digest") : 0;
}

static unsigned char hex(char c)
{
	return (unsigned char)(c <= '9' ? c - '0' : c - 'a' + 10);
}

int digest_parse(const char *text, struct digest *d, struct err *e)
{
	if (digest_check(text, e) < 0)
		return -1;
	size_t length = strcspn(text, ":");
	const struct algorithm *a = find(text, length);
	if (!a)
		return err_set(e, "%.*s: not supported", (int)length, text);
	d->hash = a->hash;
	d->any = false;
	for (unsigned i = 0; i < a->raw_bytes; i++)
		d->raw[i] = (unsigned char)(hex(text[length + 1 + 2 * i]) << 4 | hex(text[length + 2 + 2 * i]));
	return 0;
}

const char *digest_blob_path(const char *text, char *buffer, size_t size)
{
	size_t length = strcspn(text, ":");
	int written = snprintf(buffer, size, "blobs/%.*s/%s", (int)length, text, text + length + 1);
	return written < 0 || (size_t)written >= size ? 0 : buffer;
}

void hasher_start(struct hasher *h, const struct digest *d)
{
	h->hash = d->hash;
	h->hash->init(&h->context.vtable);
}

void hasher_add(struct hasher *h, const void *bytes, size_t length)
{
	if (h->hash == &br_sha256_vtable)
		sha256_add(&h->context.sha256, bytes, length);
	else
		h->hash->update(&h->context.vtable, bytes, length);
}

bool digest_same(const struct digest *d, const struct digest *found, char text[DIGEST_TEXT_MAX])
{
	for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
		const struct algorithm *a = &algorithms[i];
		if (a->hash != found->hash)
			continue;
		int at = snprintf(text, DIGEST_TEXT_MAX, "%s:", a->name);
		str_hex(found->raw, a->raw_bytes, text + at);
		return d->hash == a->hash && (d->any || memcmp(found->raw, d->raw, a->raw_bytes) == 0);
	}
	return false;
}

bool hasher_matches(const struct hasher *h, const struct digest *d, char found[DIGEST_TEXT_MAX])
{
	struct digest is = { .hash = h->hash };
	h->hash->out(&h->context.vtable, is.raw);
	return digest_same(d, &is, found);
}
