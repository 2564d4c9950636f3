/* SPDX-License-Identifier: ISC */
/* What the fuzzers of images share: a log that says nothing, and bytes in memory as a blob. */
#ifndef FUZZ_IMAGE_H
#define FUZZ_IMAGE_H

#include <stdlib.h>
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "image/stream.h"

int log_open(const char *path, bool json, enum log_level level, struct err *e)
{
	(void)path, (void)json, (void)level, (void)e;
	return 0;
}
void log_subject(const char *subject)
{
	(void)subject;
}
void log_at(enum log_level level, const char *format, ...)
{
	(void)level, (void)format;
}
void log_err(const struct err *e)
{
	(void)e;
}
bool log_debugging(void)
{
	return false;
}

/* A blob whose digest is not looked at. */
static inline struct source_blob blob_of(const uint8_t *data, size_t size, enum compression compression)
{
	return (struct source_blob){ .fd = -1, .offset = SOURCE_PIPE, .head = data, .head_length = (uint32_t)size, .size = size, .compression = compression };
}
/* An error is one line of text. */
static inline void check_error(const struct err *e)
{
	if (!e->text[0] || strnlen(e->text, sizeof e->text) == sizeof e->text)
		abort();
}

#endif
