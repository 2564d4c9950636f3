/* SPDX-License-Identifier: ISC */
/* Digests (image-spec, descriptor.md, "Digests"). */
#include "image/digest.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

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

/* algorithm ::= component (separator component)*, component ::= [a-z0-9]+, separator ::= [+._-]; returns its length, 0 when wrong */
static size_t algorithm_length(const char *text)
{
	size_t at = 0;
	for (;;) {
		size_t n = strspn(text + at, "abcdefghijklmnopqrstuvwxyz0123456789");
		if (!n)
			return 0;
		at += n;
		if (text[at] == ':')
			return at;
		if (!text[at] || !strchr("+._-", text[at]))
			return 0;
		at++;
	}
}

int digest_check(const char *text, struct err *e)
{
	size_t length = algorithm_length(text);
	const char *encoded = text + length + 1;
	if (!length)
		return err_set(e, "invalid digest \"%.80s\": expected ALGORITHM:HEX", text);
	const struct algorithm *a = find(text, length);
	size_t good = strspn(encoded, a ? "0123456789abcdef" : "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789=_-");
	if (encoded[good] || !good || good > 255 || (a && good != 2u * a->raw_bytes))
		return err_set(e, "invalid digest \"%.140s\": expected %s", text,
		               !a ? "letters, digits, =, _ or - behind the colon" : a->raw_bytes == 32 ? "64 lower-case hex digits" :
		               a->raw_bytes == 48 ? "96 lower-case hex digits" : "128 lower-case hex digits");
	return 0;
}

static unsigned char hex(char c)
{
	return (unsigned char)(c <= '9' ? c - '0' : c - 'a' + 10);
}

int digest_parse(const char *text, struct digest *d, struct err *e)
{
	if (digest_check(text, e) < 0)
		return -1;
	size_t length = algorithm_length(text);
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
