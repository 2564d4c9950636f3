/* SPDX-License-Identifier: ISC */
/* Member names within one object must differ (RFC 8259, section 4, says SHOULD; two readers of a document must not see two configs). */
#ifndef JSON_KEYS_H
#define JSON_KEYS_H

#include "json/json.h"

enum { TOKEN_OBJECT = 1, TOKEN_ARRAY, TOKEN_STRING, TOKEN_PRIMITIVE };   /* json_token.type, as jsmn numbers them; json.c asserts it */

/* json_keys: finds the first name that its object already has, also where they are escaped differently, and finishes the tokens for navigation
 * (json_token.behind). Takes O(n log n) and no memory: the tokens' own idle members serve as links. Returns the later one's token, or 0. */
uint32_t json_keys(struct json *j);
/* json_compare: the order of two string tokens, escapes resolved: < 0, 0, > 0. */
int json_compare(const struct json *j, uint32_t a, uint32_t b);

#endif
