/* SPDX-License-Identifier: ISC */
/* A fuzzer (libFuzzer) of the tar reader: headers, PAX, GNU's extensions, sparse maps, names. Checksums are put right first: nothing would come past them. */
#include "image.h"

#include "image/tar.h"
#include "image/tar_header.h"
#include "image/unpack.h"

static struct tar tar;
static struct unpack unpack = { .rootfd = -1, .lowerfd = -1 };
static uint8_t archive[65536];

static void put_right(size_t size)
{
	for (size_t at = 0; at + 512 <= size; at += 512) {
		struct tar_header *h = (struct tar_header *)(archive + at);
		unsigned sum = 0;
		if (memcmp(h->magic, "ustar", 5) != 0)
			continue;
		memset(h->checksum, ' ', sizeof h->checksum);
		for (int i = 0; i < 512; i++)
			sum += archive[at + (size_t)i];
		for (int i = 5; i >= 0; i--, sum >>= 3)
			h->checksum[i] = (uint8_t)('0' + (sum & 7));
		h->checksum[6] = 0;
	}
}

/* The content's pieces lie within the file, in order. */
static int64_t read_content(struct err *e)
{
	const uint8_t *bytes;
	uint64_t offset, end = 0;
	int64_t n;
	while ((n = tar_data(&tar, &offset, &bytes, e)) > 0) {
		if (offset < end || offset > tar.entry.size || (uint64_t)n > tar.entry.size - offset)
			abort();
		end = offset + (uint64_t)n;
		if (bytes[0] + bytes[n - 1] > 510)
			abort();
		tar_take(&tar, (uint32_t)n);
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct digest any = { .hash = &br_sha256_vtable, .any = true };
	struct stream s;
	struct err e = { 0 };
	int found;

	if (size > sizeof archive)
		return 0;
	memcpy(archive, data, size);
	put_right(size);
	const struct source_blob blob = blob_of(archive, size, COMPRESSION_NONE);
	if (stream_open(&s, &blob, &any, &e) < 0)
		abort();
	tar_start(&tar, &s);
	while ((found = tar_next(&tar, &e)) > 0) {
		const struct tar_entry *x = &tar.entry;
		if (strlen(x->path) >= LIMIT_TAR_PATH_BYTES || strlen(x->link) >= LIMIT_TAR_PATH_BYTES || (x->mode & ~07777u) || x->mtime.nanoseconds > 999999999 ||
		    x->atime.nanoseconds > 999999999 || x->size > INT64_MAX || x->xattr_count > LIMIT_XATTRS)
			abort();
		for (uint32_t i = 0; i < x->xattr_count; i++)
			if (!*x->xattr[i].name || (x->xattr[i].length && ((const char *)x->xattr[i].value)[x->xattr[i].length - 1] == 1))
				e.number = 0;
		if (unpack_check(&unpack, x, &e) < 0)
			check_error(&e);
		else if (unpack.path[0] == '/' || !unpack.path[0] || strstr(unpack.path, "//") || strncmp(unpack.path, "../", 3) == 0 || strstr(unpack.path, "/../"))
			abort();
		if (size % 2 == 0 && read_content(&e) < 0)
			break;
	}
	if (found < 0)
		check_error(&e);
	stream_close(&s);
	return 0;
}
