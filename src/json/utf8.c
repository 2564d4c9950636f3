/* SPDX-License-Identifier: ISC */
/* UTF-8 (RFC 3629, section 4: the table of well-formed sequences) and JSON's escapes (RFC 8259, section 7). */
#include "json/utf8.h"

unsigned utf8_length(const char *text, size_t available)
{
	const unsigned char *s = (const unsigned char *)text;
	unsigned char low = 0x80, high = 0xBF;   /* of the second byte: what keeps out overlongs, surrogates, > U+10FFFF */
	unsigned length;

	if (available == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xC2 || s[0] > 0xF4)
		return 0;
	length = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
	if (s[0] == 0xE0)
		low = 0xA0;
	else if (s[0] == 0xED)
		high = 0x9F;
	else if (s[0] == 0xF0)
		low = 0x90;
	else if (s[0] == 0xF4)
		high = 0x8F;
	if (available < length || s[1] < low || s[1] > high)
		return 0;
	for (unsigned i = 2; i < length; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	return length;
}

unsigned utf8_write(char *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xC0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xE0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3F));
		to[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	to[0] = (char)(0xF0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3F));
	to[2] = (char)(0x80 | (c >> 6 & 0x3F));
	to[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

int32_t utf8_hex4(const char *digits)
{
	int32_t value = 0;

	for (int i = 0; i < 4; i++) {
		char c = digits[i];

		if (c >= '0' && c <= '9')
			value = value * 16 + (c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value * 16 + (c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			value = value * 16 + (c - 'A' + 10);
		else
			return -1;
	}
	return value;
}

unsigned utf8_unescape(const char *text, char to[4], unsigned *count)
{
	uint32_t c;

	*count = 1;
	switch (text[1]) {
	case 'b': to[0] = '\b'; return 2;
	case 'f': to[0] = '\f'; return 2;
	case 'n': to[0] = '\n'; return 2;
	case 'r': to[0] = '\r'; return 2;
	case 't': to[0] = '\t'; return 2;
	case 'u': break;
	default: to[0] = text[1]; return 2;   /* " \ / */
	}
	c = (uint32_t)utf8_hex4(text + 2);
	if (c < 0xD800 || c > 0xDBFF) {
		*count = utf8_write(to, c);
		return 6;
	}
	c = 0x10000 + ((c - 0xD800) << 10) + ((uint32_t)utf8_hex4(text + 8) - 0xDC00);
	*count = utf8_write(to, c);
	return 12;
}
