/* SPDX-License-Identifier: ISC */
/* Strings in fixed buffers: formatting that notices truncation, exact number parsing, word lookup. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

/* str_format: snprintf that fails (-1, "name too long", ENAMETOOLONG) instead of truncating. Returns the length. */
int str_format(char *buffer, size_t size, struct err *e, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* str_starts, str_ends: whether s begins, ends with the other. */
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
/* str_u64, str_i64: the whole of s is a decimal number within range; no sign for u64, no space, no base prefix. Return 0 or -1 (nothing else is set). */
int str_u64(const char *s, uint64_t *value);
int str_i64(const char *s, int64_t *value);
/* str_hex: count bytes as lower-case hexadecimal to text, which has room for 2 * count digits and the NUL. */
void str_hex(const unsigned char *bytes, size_t count, char *text);
/* str_word: index of s in words[count], or -1. */
int str_word(const char *s, const char *const *words, size_t count);
/* str_plain: puts ? for what would steer a terminal, or begin a line. */
void str_plain(char *text, size_t length);

#endif
