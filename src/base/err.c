/* SPDX-License-Identifier: ISC */
/* The error value: text built from the inside out. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void append(struct err *e, const char *text)
{
	size_t used = strlen(e->text), room = sizeof e->text - used - 1, length = strlen(text);
	if (length > room)
		length = room;
	memcpy(e->text + used, text, length);
	e->text[used + length] = 0;
}

static void set(struct err *e, int number, const char *format, va_list args)
{
	e->number = number;
	if (vsnprintf(e->text, sizeof e->text, format, args) < 0)
		e->text[0] = 0;
	if (number) {
		append(e, ": ");
		append(e, number == EBUSY ? "Device or resource busy" : strerror(number));   /* what others look for */
	}
}

int err_sys(struct err *e, const char *format, ...)
{
	int number = errno;
	va_list args;
	va_start(args, format);
	set(e, number, format, args);
	va_end(args);
	return -1;
}

int err_num(struct err *e, int number, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	set(e, number, format, args);
	va_end(args);
	return -1;
}

int err_set(struct err *e, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	set(e, 0, format, args);
	va_end(args);
	return -1;
}

int err_at(struct err *e, const char *format, ...)
{
	char prefix[ERR_TEXT_MAX];
	va_list args;
	va_start(args, format);
	int length = vsnprintf(prefix, sizeof prefix - 2, format, args);
	va_end(args);
	if (length < 0)
		return -1;
	size_t before = strlen(prefix), kept = strlen(e->text);
	memcpy(prefix + before, ": ", 3);
	before += 2;
	if (kept > sizeof e->text - 1 - before)
		kept = sizeof e->text - 1 - before;
	memmove(e->text + before, e->text, kept);
	memcpy(e->text, prefix, before);
	e->text[before + kept] = 0;
	return -1;
}

int err_limit(struct err *e, const char *what, const char *name, unsigned long long value)
{
	err_set(e, "%s: more than %llu (%s in base/limits.h)", what, value, name);
	e->number = E2BIG;
	return -1;
}

int err_not_built(struct err *e, const char *what)
{
	err_set(e, "%s: not built yet", what);
	e->number = ENOSYS;
	return -1;
}
