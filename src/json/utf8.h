/* SPDX-License-Identifier: ISC */
/* UTF-8 (RFC 3629) and the escapes of JSON strings (RFC 8259, section 7), one character at a time. */
#ifndef JSON_UTF8_H
#define JSON_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* utf8_length: bytes of the character at text[0], 1 to 4, or 0 where text[available] does not begin with a whole valid one (overlong, surrogate, above U+10FFFF). */
unsigned utf8_length(const char *text, size_t available);
/* utf8_write: the character's bytes into to[4]; returns how many. */
unsigned utf8_write(char *to, uint32_t character);
/* utf8_hex4: the value of four hexadecimal digits, or -1. */
int32_t utf8_hex4(const char *digits);
/* utf8_unescape: resolves the valid escape at text[0] == '\\' to its bytes in to[4]; *count of them. Returns the escape's length, 2, 6 or 12. */
unsigned utf8_unescape(const char *text, char to[4], unsigned *count);

#endif
