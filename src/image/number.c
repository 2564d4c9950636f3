/* SPDX-License-Identifier: ISC */
/* Numbers as tar writes them. */
#include "image/number.h"

#include <stdbool.h>

int number_decimal(const char **text, uint64_t *value)
{
	const char *at = *text;
	uint64_t n = 0;
	if (*at < '0' || *at > '9')
		return -1;
	for (; *at >= '0' && *at <= '9'; at++) {
		unsigned digit = (unsigned)(*at - '0');
		if (n > (UINT64_MAX - digit) / 10)
			return -1;
		n = n * 10 + digit;
	}
	*text = at;
	*value = n;
	return 0;
}

/* The first byte's top bit says base-256, its next one is the sign. */
static int base256(const uint8_t *field, size_t length, int64_t *value)
{
	bool negative = field[0] & 0x40;
	uint64_t n = negative ? ~(uint64_t)0 : 0;
	for (size_t i = 0; i < length; i++) {
		uint8_t byte = i ? field[i] : negative ? field[0] : field[0] & 0x7f;
		if (n >> 55 != (negative ? 0x1ff : 0))
			return -1;
		n = n << 8 | byte;
	}
	*value = (int64_t)n;
	return 0;
}

int number_field(const uint8_t *field, size_t length, int64_t *value)
{
	uint64_t n = 0;
	size_t at = 0;
	if (length && field[0] & 0x80)
		return base256(field, length, value);
	while (at < length && (field[at] == ' ' || field[at] == 0))
		at++;
	for (; at < length && field[at] >= '0' && field[at] <= '7'; at++) {
		if (n >> 60)
			return -1;
		n = n << 3 | (field[at] - '0');
	}
	/* what is behind a NUL means nothing */
	for (; at < length && field[at]; at++)
		if (field[at] != ' ')
			return -1;
	*value = (int64_t)n;
	return 0;
}

int number_time(const char *text, int64_t *seconds, uint32_t *nanoseconds)
{
	bool negative = *text == '-';
	uint64_t whole;
	uint32_t fraction = 0, scale = 100000000;
	text += negative;
	if (number_decimal(&text, &whole) < 0 || whole > INT64_MAX / 2)
		return -1;
	if (*text == '.')
		for (text++; *text >= '0' && *text <= '9'; text++, scale /= 10)
			fraction += (uint32_t)(*text - '0') * scale;
	if (*text)
		return -1;
	*seconds = negative ? -(int64_t)whole - (fraction > 0) : (int64_t)whole;
	*nanoseconds = negative && fraction ? 1000000000 - fraction : fraction;
	return 0;
}
