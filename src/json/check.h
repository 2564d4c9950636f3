/* SPDX-License-Identifier: ISC */
/* The grammar of RFC 8259, which jsmn does not check, in one pass over the text. */
#ifndef JSON_CHECK_H
#define JSON_CHECK_H

#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

/* json_check: whether text[length] is one JSON value that needs at most token_max tokens (an object, array, string, key or other value each is one), a limit that is called token_limit.
 * 0, or -1 with the reason in e and its byte in *at. */
int json_check(const char *text, size_t length, size_t token_max, const char *token_limit, size_t *at, struct err *e);

#endif
