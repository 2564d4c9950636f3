/* SPDX-License-Identifier: ISC */
/* Strict JSON (RFC 8259) over jsmn's fixed token pool: grammar, depth, duplicate keys, UTF-8 and surrogates, no NUL, nothing behind the value. */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

enum json_type { JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON_NUMBER, JSON_TRUE, JSON_FALSE, JSON_NULL };
/* Laid out as jsmntok_t with JSMN_PARENT_LINKS; a static assertion in json.c compares them. Use the functions below: of an object or array that
 * json_parse has accepted, the last member is the index behind its whole value. */
struct __attribute__((may_alias)) json_token { int32_t type, start, end, size; union { int32_t parent, behind; }; };
struct json { char *text; uint32_t length; struct json_token *tokens; uint32_t token_max, count; const char *token_limit; };

/* json_parse: tokenizes and checks text[length], which stays the caller's and unchanged. 0, or -1 with "LINE:COLUMN: JSON: reason" (the caller
 * prefixes FILE:). Lines and columns count from 1, columns in bytes. Met limits are such reasons too and name the limit (number E2BIG): token_max has the name that
 * the caller has put into j->token_limit, or LIMIT_TOKENS for 0. */
int json_parse(struct json *j, char *text, size_t length, struct json_token *tokens, size_t token_max, struct err *e);
/* json_error: the same form for a reason that is already in e, about the byte text[at]. Returns -1. */
int json_error(struct err *e, const char *text, size_t at);
/* Navigation by token index; 0 is the document's value. */
enum json_type json_type(const struct json *j, uint32_t token);
uint32_t json_count(const struct json *j, uint32_t token);        /* members of an object, elements of an array; 0 for the rest */
uint32_t json_first(const struct json *j, uint32_t token);        /* first key or element; only where json_count > 0 */
uint32_t json_next(const struct json *j, uint32_t token);         /* the token behind this one's whole value (key → its value; key → next key is json_next(value)); O(1) */
/* json_is: whether the string token says text, escapes resolved; before json_string has been called on it. */
bool json_is(const struct json *j, uint32_t token, const char *text);
/* json_resembles: the same with letters of either case, for a text of letters and digits. */
bool json_resembles(const struct json *j, uint32_t token, const char *text);
/* json_span: the token as it stands in the document (a string with its quotes), before any string in it has been unescaped; not NUL-terminated. */
const char *json_span(const struct json *j, uint32_t token, uint32_t *length);
/* json_string: unescapes the string token in place, terminates it, returns it; *length without the NUL. Idempotent only through its result: call once a token. 0 when the string contains U+0000. */
char *json_string(struct json *j, uint32_t token, uint32_t *length);
/* json_i64, json_u64: exact; 0, -1 not an integer (fraction or exponent that does not come out whole), -2 out of range. 1.0 and 1e3 are integers. */
int json_i64(const struct json *j, uint32_t token, int64_t *value);
int json_u64(const struct json *j, uint32_t token, uint64_t *value);

struct out;
/* json_quote: writes text as a JSON string with its quotes, escaping what RFC 8259 demands. Bytes that are no UTF-8 come out as U+FFFD. */
void json_quote(struct out *o, const char *text);

#endif
