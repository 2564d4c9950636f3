/* SPDX-License-Identifier: ISC */
/* The bump arena. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"

void arena_init(struct arena *a, void *region, size_t size, const char *limit)
{
	a->base = region;
	a->size = size;
	a->used = 0;
	a->limit = limit;
}

static void *full(const struct arena *a, struct err *e)
{
	err_limit(e, "decoded document, bytes", a->limit, (unsigned long long)a->size);
	return 0;
}

void *arena_array(struct arena *a, size_t count, size_t size, size_t align, struct err *e)
{
	size_t at = (a->used + align - 1) & ~(align - 1);
	if (at > a->size || (size && count > (a->size - at) / size))
		return full(a, e);
	a->used = at + count * size;
	return memset(a->base + at, 0, count * size);
}

char *arena_string(struct arena *a, const char *text, size_t length, struct err *e)
{
	if (length == SIZE_MAX)
		return full(a, e);
	char *copy = arena_array(a, length + 1, 1, 1, e);
	if (copy)
		memcpy(copy, text, length);
	return copy;
}

char *arena_printf(struct arena *a, struct err *e, const char *format, ...)
{
	char text[2 * LIMIT_PATH_BYTES];
	va_list args;
	va_start(args, format);
	int length = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (length < 0 || (size_t)length >= sizeof text) {
		err_limit(e, "formatted string, bytes", "2 * LIMIT_PATH_BYTES", sizeof text - 1);
		return 0;
	}
	return arena_string(a, text, (size_t)length, e);
}
