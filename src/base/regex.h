/* SPDX-License-Identifier: ISC */
/* Extended regular expressions in fixed memory, without backtracking: time is at most text × positions. POSIX, XBD 9.4: . * + ? {m,n} | ( ) [ ]
 * with [:class:] of the C locale, ^ $ and \ before a character that is no letter or digit; no back-references. Bytes, not characters. */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/limits.h"

#define REGEX_WORDS (LIMIT_REGEX_POSITIONS / 32)
struct regex_set { uint32_t bits[REGEX_WORDS]; };   /* of positions: the places of the expression that take a character */
struct regex {
	bool nullable;
	unsigned count;
	struct regex_set first, last, follow[LIMIT_REGEX_POSITIONS];
	uint16_t symbol[LIMIT_REGEX_POSITIONS];      /* a byte, or one of regex.c's */
	unsigned brackets;
	uint32_t bracket[LIMIT_REGEX_BRACKETS][256 / 32];
};

/* regex_compile: expression into *r (the caller's; some 11 KB). 0, or -1: "invalid regular expression …" or a limit by name. */
int regex_compile(struct regex *r, const char *expression, struct err *e);
/* regex_match: whether it matches text or any part of it (anchor with ^ and $). */
bool regex_match(const struct regex *r, const char *text);

#endif
