/* SPDX-License-Identifier: ISC */
/* A tar archive written: ustar, with PAX headers for what does not fit (POSIX pax, "ustar Interchange Format", "pax Extended Header"). */
#ifndef IMAGE_TAR_WRITE_H
#define IMAGE_TAR_WRITE_H

#include <stddef.h>
#include "base/err.h"
#include "image/tar.h"

struct tar_writer {
	int (*put)(void *context, const void *bytes, size_t length, struct err *e);   /* takes the archive's bytes; 0 or -1 */
	void *context;
};

/* tar_write_header: of one entry, whose size bytes of content follow by put, and tar_write_padding. Sparse files are written whole. 0 or -1. */
int tar_write_header(const struct tar_writer *w, const struct tar_entry *x, struct err *e);
int tar_write_padding(const struct tar_writer *w, uint64_t size, struct err *e);
/* tar_write_end: the two blocks of zeros. 0 or -1. */
int tar_write_end(const struct tar_writer *w, struct err *e);

#endif
