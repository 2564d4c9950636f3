/* SPDX-License-Identifier: ISC */
/* A JSON text becomes tokens (RFC 8259): the grammar is checked first, then jsmn cuts the text, then the member names are compared. */
#include <errno.h>
#include <limits.h>
#include "base/limits.h"
#include "json/check.h"
#include "json/json.h"
#include "json/keys.h"
#include "json/utf8.h"

/* jsmn is cut off from our warnings: it is not ours to change. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wsign-compare"
#define JSMN_STRICT
#define JSMN_STATIC
#define JSMN_PARENT_LINKS   /* without them closing a container looks for its parent: quadratic */
#include <jsmn.h>
#pragma GCC diagnostic pop

_Static_assert(sizeof(struct json_token) == sizeof(jsmntok_t) && offsetof(struct json_token, start) == offsetof(jsmntok_t, start)
               && offsetof(struct json_token, end) == offsetof(jsmntok_t, end) && offsetof(struct json_token, size) == offsetof(jsmntok_t, size)
               && offsetof(struct json_token, parent) == offsetof(jsmntok_t, parent), "a token is jsmn's");
_Static_assert(TOKEN_OBJECT == (int)JSMN_OBJECT && TOKEN_ARRAY == (int)JSMN_ARRAY && TOKEN_STRING == (int)JSMN_STRING
               && TOKEN_PRIMITIVE == (int)JSMN_PRIMITIVE, "token types are jsmn's");

int json_error(struct err *e, const char *text, size_t at)
{
	size_t line = 1, line_start = 0;

	for (size_t i = 0; i < at; i++)
		if (text[i] == '\n') {
			line++;
			line_start = i + 1;
		}
	return err_at(e, "%zu:%zu: JSON", line, at - line_start + 1);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* jsmn wants a delimiter behind a number or word; one that is the whole document has none. */
static bool parse_lone_primitive(struct json *j)
{
	size_t start = 0, end = j->length;

	while (is_space(j->text[start]))
		start++;
	while (is_space(j->text[end - 1]))
		end--;
	if (j->text[start] == '{' || j->text[start] == '[' || j->text[start] == '"')
		return false;
	j->tokens[0] = (struct json_token){ .type = TOKEN_PRIMITIVE, .start = (int32_t)start, .end = (int32_t)end };
	j->count = 1;
	return true;
}

/* Cuts a text that json_check has accepted. */
static int tokenize(struct json *j, struct err *e)
{
	jsmn_parser parser;
	int count;

	if (parse_lone_primitive(j))
		return 0;
	jsmn_init(&parser);
	count = jsmn_parse(&parser, j->text, j->length, (jsmntok_t *)j->tokens, j->token_max);
	if (count <= 0) {   /* would be a fault of ours: it has been checked that there are tokens enough, and the grammar */
		err_set(e, "the tokenizer failed (%d)", count);
		return json_error(e, j->text, parser.pos);
	}
	j->count = (uint32_t)count;
	return 0;
}

int json_parse(struct json *j, char *text, size_t length, struct json_token *tokens, size_t token_max, struct err *e)
{
	size_t at, shown;
	uint32_t duplicate;
	const struct json_token *t;

	if (token_max > INT32_MAX)
		token_max = INT32_MAX;
	*j = (struct json){ .text = text, .length = (uint32_t)length, .tokens = tokens, .token_max = (uint32_t)token_max, .token_limit = j->token_limit };
	if (length > LIMIT_DOCUMENT_BYTES) {
		ERR_LIMIT(e, "bytes", LIMIT_DOCUMENT_BYTES);
		return json_error(e, text, LIMIT_DOCUMENT_BYTES);
	}
	if (json_check(text, length, token_max, j->token_limit ? j->token_limit : "LIMIT_TOKENS", &at, e) < 0)
		return json_error(e, text, at);
	if (tokenize(j, e) < 0)
		return -1;
	duplicate = json_keys(j);
	if (duplicate == 0)
		return 0;
	t = &tokens[duplicate];
	shown = (size_t)(t->end - t->start);
	err_set(e, "duplicate member \"%.*s\"", shown > 100 ? 100 : (int)shown, text + t->start);
	return json_error(e, text, (size_t)t->start - 1);
}

enum json_type json_type(const struct json *j, uint32_t token)
{
	switch (j->tokens[token].type) {
	case TOKEN_OBJECT: return JSON_OBJECT;
	case TOKEN_ARRAY:  return JSON_ARRAY;
	case TOKEN_STRING: return JSON_STRING;
	default: break;
	}
	switch (j->text[j->tokens[token].start]) {
	case 't': return JSON_TRUE;
	case 'f': return JSON_FALSE;
	case 'n': return JSON_NULL;
	default:  return JSON_NUMBER;
	}
}

uint32_t json_count(const struct json *j, uint32_t token)
{
	const struct json_token *t = &j->tokens[token];

	return t->type == TOKEN_OBJECT || t->type == TOKEN_ARRAY ? (uint32_t)t->size : 0;
}

uint32_t json_first(const struct json *j, uint32_t token)
{
	(void)j;
	return token + 1;
}

uint32_t json_next(const struct json *j, uint32_t token)
{
	const struct json_token *t = &j->tokens[token];

	return t->type == TOKEN_OBJECT || t->type == TOKEN_ARRAY ? (uint32_t)t->behind : token + 1;
}

const char *json_span(const struct json *j, uint32_t token, uint32_t *length)
{
	const struct json_token *t = &j->tokens[token];
	int32_t quote = t->type == TOKEN_STRING;

	*length = (uint32_t)(t->end - t->start + 2 * quote);
	return j->text + t->start - quote;
}

char *json_string(struct json *j, uint32_t token, uint32_t *length)
{
	const struct json_token *t = &j->tokens[token];
	char *start = j->text + t->start, *to = start;
	const char *from = start, *end = j->text + t->end;
	bool nul = false;

	while (from < end) {
		char bytes[4];
		unsigned count;

		if (*from != '\\') {
			*to++ = *from++;
			continue;
		}
		from += utf8_unescape(from, bytes, &count);   /* never makes it longer: \uXXXX is 6 bytes for 3 at most */
		nul |= count == 1 && bytes[0] == '\0';
		for (unsigned i = 0; i < count; i++)
			*to++ = bytes[i];
	}
	*to = '\0';   /* at the closing quote's place at the latest */
	*length = (uint32_t)(to - start);
	return nul ? 0 : start;
}
