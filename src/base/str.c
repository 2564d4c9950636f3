/* SPDX-License-Identifier: ISC */
/* Strings in fixed buffers. */
#include "base/str.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int str_format(char *buffer, size_t size, struct err *e, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int length = vsnprintf(buffer, size, format, args);
	va_end(args);
	if (length < 0 || (size_t)length >= size)
		return err_num(e, ENAMETOOLONG, "\"%.60s…\"", buffer);
	return length;
}

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
	size_t length = strlen(s), end = strlen(suffix);
	return length >= end && memcmp(s + length - end, suffix, end) == 0;
}

int str_u64(const char *s, uint64_t *value)
{
	uint64_t n = 0;
	if (!*s)
		return -1;
	for (; *s; s++) {
		unsigned digit = (unsigned)(*s - '0');
		if (digit > 9 || n > (UINT64_MAX - digit) / 10)
			return -1;
		n = n * 10 + digit;
	}
	*value = n;
	return 0;
}

int str_i64(const char *s, int64_t *value)
{
	uint64_t n;
	bool negative = *s == '-';
	if (str_u64(s + negative, &n) < 0 || n > (uint64_t)INT64_MAX + negative)
		return -1;
	*value = negative ? (int64_t)(0 - n) : (int64_t)n;
	return 0;
}

void str_hex(const unsigned char *bytes, size_t count, char *text)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < count; i++) {
		*text++ = digits[bytes[i] >> 4];
		*text++ = digits[bytes[i] & 15];
	}
	*text = 0;
}

int str_word(const char *s, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(s, words[i]) == 0)
			return (int)i;
	return -1;
}

void str_plain(char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			text[i] = '?';
}
