/* SPDX-License-Identifier: ISC */
/* Buffered output with a sticky error. */
#include "base/out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"

void out_init(struct out *o, int fd, char *buffer, size_t size)
{
	*o = (struct out){ .fd = fd, .buffer = buffer, .size = size };
	if (fd < 0 && size)
		buffer[0] = 0;
}

static void drain(struct out *o)
{
	if (!o->failed && io_write(o->fd, o->buffer, o->used) < 0)
		o->failed = errno;
	o->used = 0;
}

static void keep(struct out *o, const char *bytes, size_t length)
{
	if (o->failed || length >= o->size - o->used) {
		o->failed = o->failed ? o->failed : E2BIG;
		return;
	}
	memcpy(o->buffer + o->used, bytes, length);
	o->used += length;
	o->buffer[o->used] = 0;
}

void out_bytes(struct out *o, const void *bytes, size_t length)
{
	const char *at = bytes;
	if (o->fd < 0) {
		keep(o, at, length);
		return;
	}
	while (length) {
		size_t n = o->size - o->used;
		n = n < length ? n : length;
		memcpy(o->buffer + o->used, at, n);
		o->used += n;
		at += n;
		length -= n;
		if (o->used == o->size)
			drain(o);
	}
}

void out_text(struct out *o, const char *text)
{
	out_bytes(o, text, strlen(text));
}

void out_printf(struct out *o, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	int length = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (length < 0 || (size_t)length >= sizeof text) {
		o->failed = o->failed ? o->failed : E2BIG;
		return;
	}
	out_bytes(o, text, (size_t)length);
}

int out_flush(struct out *o, struct err *e)
{
	if (o->fd >= 0 && o->used)
		drain(o);
	return o->failed ? err_num(e, o->failed, "cannot write") : 0;
}
