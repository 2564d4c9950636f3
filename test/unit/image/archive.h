/* SPDX-License-Identifier: ISC */
/* Archives made by hand, and streams of them. */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image/digest.h"
#include "image/stream.h"

static uint8_t archive[4 << 20];
static size_t archive_size;

/* A header block; the caller may change it before header_end. */
__attribute__((unused))
static uint8_t *header(const char *name, char type, unsigned size)
{
	uint8_t *h = archive + archive_size;
	archive_size += 512;
	memset(h, 0, 512);
	snprintf((char *)h, 100, "%s", name);
	memcpy(h + 100, "0000644\0" "0000001\0" "0000002\0", 24);
	snprintf((char *)h + 124, 12, "%011o", size);
	memcpy(h + 136, "13132027400", 11);   /* 1500000000 */
	h[156] = (uint8_t)type;
	memcpy(h + 257, "ustar\0" "00", 8);
	return h;
}

__attribute__((unused))
static void header_end(uint8_t *h)
{
	unsigned sum = 0;
	memset(h + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += h[i];
	snprintf((char *)h + 148, 8, "%06o", sum);
}

__attribute__((unused))
static void content(const void *bytes, size_t length)
{
	memcpy(archive + archive_size, bytes, length);
	memset(archive + archive_size + length, 0, 512);
	archive_size += (length + 511) / 512 * 512;
}

__attribute__((unused))
static void entry(const char *name, char type, const char *text)
{
	header_end(header(name, type, (unsigned)strlen(text)));
	content(text, strlen(text));
}

__attribute__((unused))
static void end_blocks(void)
{
	memset(archive + archive_size, 0, 1024);
	archive_size += 1024;
}

static void digest_of(const void *bytes, size_t length, struct digest *d)
{
	struct hasher h;
	char text[DIGEST_TEXT_MAX];
	struct err e;
	*d = (struct digest){ .hash = &br_sha256_vtable };
	hasher_start(&h, d);
	hasher_add(&h, bytes, length);
	hasher_matches(&h, d, text);
	digest_parse(text, d, &e);
}

/* An unlinked file that holds bytes. */
static int file_of(const void *bytes, size_t length)
{
	char name[] = "/tmp/runlet-unit.XXXXXX";
	int fd = mkstemp(name);
	unlink(name);
	if (write(fd, bytes, length) != (ssize_t)length)
		_exit(99);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* A stream of blob, whose archive is what `archive` holds. The caller closes stream->blob.fd. */
__attribute__((unused))
static int open_stream(struct stream *s, const void *blob, size_t length, enum compression compression, struct err *e)
{
	struct source_blob b = { .size = length, .compression = compression, .fd = file_of(blob, length) };
	struct digest diff;
	digest_of(blob, length, &b.digest);
	digest_of(archive, archive_size, &diff);
	return stream_open(s, &b, &diff, e);
}

#endif
