/* SPDX-License-Identifier: ISC */
/* The header block of a tar archive. */
#include "image/tar_header.h"

#include <string.h>

#include "image/number.h"

/* GNU's old sparse layout, in the bytes that ustar gives to the prefix */
#define SPARSE_AT 386
#define SPARSE_MORE_AT 482
#define REAL_SIZE_AT 483
#define CONTINUED_MORE_AT 504
#define NUMBER_BYTES 12

bool tar_header_is_zero(const struct tar_header *h)
{
	const uint8_t *bytes = (const uint8_t *)h;
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, TAR_BLOCK_BYTES - 1) == 0;
}

int tar_header_check(const struct tar_header *h, struct err *e)
{
	const uint8_t *bytes = (const uint8_t *)h;
	int64_t sum = 0, signed_sum = 0, said;
	for (size_t i = 0; i < TAR_BLOCK_BYTES; i++) {
		bool blank = i >= offsetof(struct tar_header, checksum) && i < offsetof(struct tar_header, type);
		sum += blank ? ' ' : bytes[i];
		signed_sum += blank ? ' ' : (int8_t)bytes[i];
	}
	if (number_field(h->checksum, sizeof h->checksum, &said) < 0 || (said != sum && said != signed_sum))
		return err_set(e, "bad header checksum");
	return 0;
}

static size_t append(char *to, const uint8_t *field, size_t size)
{
	size_t length = strnlen((const char *)field, size);
	memcpy(to, field, length);
	to[length] = 0;
	return length;
}

void tar_header_name(const struct tar_header *h, char to[257])
{
	size_t at = 0;
	/* GNU's magic is "ustar  ": it has other things where the prefix would be */
	if (memcmp(h->magic, "ustar", 6) == 0 && h->prefix[0]) {
		at = append(to, h->prefix, sizeof h->prefix);
		to[at++] = '/';
	}
	append(to + at, h->name, sizeof h->name);
}

int tar_header_number(const uint8_t *field, size_t length, const char *what, int64_t least, int64_t most, int64_t *value, struct err *e)
{
	if (number_field(field, length, value) < 0)
		return err_set(e, "bad %s in a header", what);
	if (*value < least || *value > most)
		return err_set(e, "%s out of range: %lld", what, (long long)*value);
	return 0;
}

int tar_header_sparse(const struct tar_header *h, bool first_block, struct sparse_map *map, bool *more, struct err *e)
{
	const uint8_t *bytes = (const uint8_t *)h, *at = bytes + (first_block ? SPARSE_AT : 0);
	int64_t offset, length;
	for (int i = 0; i < (first_block ? 4 : 21); i++, at += 2 * NUMBER_BYTES) {
		if (!at[0] && !at[NUMBER_BYTES])
			break;
		if (tar_header_number(at, NUMBER_BYTES, "sparse offset", 0, INT64_MAX, &offset, e) < 0 ||
		    tar_header_number(at + NUMBER_BYTES, NUMBER_BYTES, "sparse length", 0, INT64_MAX, &length, e) < 0 ||
		    sparse_add(map, (uint64_t)offset, (uint64_t)length, e) < 0)
			return -1;
	}
	*more = bytes[first_block ? SPARSE_MORE_AT : CONTINUED_MORE_AT];
	return 0;
}

int tar_header_real_size(const struct tar_header *h, int64_t *value, struct err *e)
{
	return tar_header_number((const uint8_t *)h + REAL_SIZE_AT, NUMBER_BYTES, "size", 0, INT64_MAX, value, e);
}
