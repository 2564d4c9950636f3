/* SPDX-License-Identifier: ISC */
/* json: limits by name, and that no document takes long. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "json/json.h"
#include "tap.h"

#define TEXT_BYTES (LIMIT_DOCUMENT_BYTES + 16)
static char text[TEXT_BYTES];
static struct json_token tokens[LIMIT_TOKENS];
static struct json j;
static struct err e;

static void nest(size_t depth, char open, char close)
{
	memset(text, open, depth);
	memset(text + depth, close, depth);
	text[2 * depth] = '\0';
}

static void depth(void)
{
	char want[128];

	nest(LIMIT_JSON_DEPTH, '[', ']');
	is_int(json_parse(&j, text, strlen(text), tokens, LIMIT_TOKENS, &e), 0, "%d levels are accepted", LIMIT_JSON_DEPTH);
	is_int(json_count(&j, LIMIT_JSON_DEPTH - 1), 0, "and the innermost is empty");
	nest(LIMIT_JSON_DEPTH + 1, '[', ']');
	snprintf(want, sizeof want, "1:%d: JSON: nesting: more than %d (LIMIT_JSON_DEPTH in base/limits.h)", LIMIT_JSON_DEPTH + 1, LIMIT_JSON_DEPTH);
	is_int(json_parse(&j, text, strlen(text), tokens, LIMIT_TOKENS, &e), -1, "one more is not");
	is_str(e.text, want, "the limit is named");
	text[0] = '\0';
	for (int i = 0; i <= LIMIT_JSON_DEPTH; i++)
		strcat(text, "{\"a\":");
	is_int(json_parse(&j, text, strlen(text), tokens, LIMIT_TOKENS, &e), -1, "nor one more object");
	nest(LIMIT_DOCUMENT_BYTES / 2, '[', ']');
	is_int(json_parse(&j, text, strlen(text), tokens, LIMIT_TOKENS, &e), -1, "nor %d", LIMIT_DOCUMENT_BYTES / 2);
}

static void count(void)
{
	strcpy(text, "[1,\n2]");
	is_int(json_parse(&j, text, strlen(text), tokens, 3, &e), 0, "three tokens are enough for three");
	is_int(json_parse(&j, text, strlen(text), tokens, 2, &e), -1, "two are not");
	is_str(e.text, "2:1: JSON: tokens: more than 2 (LIMIT_TOKENS in base/limits.h)", "the limit is named");
	strcpy(text, "{\"a\":1}");
	is_int(json_parse(&j, text, strlen(text), tokens, 1, &e), -1, "a key is a token");
	is_str(e.text, "1:2: JSON: tokens: more than 1 (LIMIT_TOKENS in base/limits.h)", "and has a place");
	j.token_limit = "LIMIT_SERVICE_TOKENS";
	is_int(json_parse(&j, text, strlen(text), tokens, 1, &e), -1, "a limit of another name");
	is_str(e.text, "1:2: JSON: tokens: more than 1 (LIMIT_SERVICE_TOKENS in base/limits.h)", "is named so");
	j.token_limit = 0;
	is_int(json_parse(&j, text, strlen(text), tokens, 0, &e), -1, "no tokens, no document");
}

static void size(void)
{
	char want[128];

	memset(text, ' ', TEXT_BYTES);
	text[0] = '\n';
	text[1] = '1';
	is_int(json_parse(&j, text, LIMIT_DOCUMENT_BYTES, tokens, LIMIT_TOKENS, &e), 0, "%d bytes are accepted", LIMIT_DOCUMENT_BYTES);
	is_int(json_parse(&j, text, LIMIT_DOCUMENT_BYTES + 1, tokens, LIMIT_TOKENS, &e), -1, "one more is not");
	snprintf(want, sizeof want, "2:%d: JSON: bytes: more than %d (LIMIT_DOCUMENT_BYTES in base/limits.h)", LIMIT_DOCUMENT_BYTES, LIMIT_DOCUMENT_BYTES);
	is_str(e.text, want, "the limit is named");
}

/* An object of `members` names that `name` writes; the last again at the end if twice. */
static size_t object_of(unsigned members, int (*name)(char *, unsigned), bool twice)
{
	size_t used = 0;

	text[used++] = '{';
	for (unsigned i = 0; i < members + twice; i++) {
		if (i > 0)
			text[used++] = ',';
		text[used++] = '"';
		used += (size_t)name(text + used, i < members ? i : members / 2);
		memcpy(text + used, "\":1", 3);
		used += 3;
	}
	text[used++] = '}';
	return used;
}

static int plain_name(char *to, unsigned i)
{
	return sprintf(to, "n%u", i);
}

static int escaped_name(char *to, unsigned i)
{
	return sprintf(to, "\\u%04x%u", 0x100 + i % 256, i);
}

static void names(void)
{
	const unsigned members = LIMIT_TOKENS / 3;
	char last[16];
	size_t length = object_of(members, plain_name, false);

	is_int(json_parse(&j, text, length, tokens, LIMIT_TOKENS, &e), 0, "an object of %u members", members);
	is_int(json_count(&j, 0), members, "all are counted");
	snprintf(last, sizeof last, "n%u", members - 1);
	ok(json_is(&j, 1 + 2 * (members - 1), last), "in their order");
	length = object_of(members, plain_name, true);
	is_int(json_parse(&j, text, length, tokens, LIMIT_TOKENS, &e), -1, "one of them twice");
	ok(strstr(e.text, "JSON: duplicate member \"n") != 0, "is found: %s", e.text);
	length = object_of(members, escaped_name, false);
	is_int(json_parse(&j, text, length, tokens, LIMIT_TOKENS, &e), 0, "with escaped names");
	length = object_of(members, escaped_name, true);
	is_int(json_parse(&j, text, length, tokens, LIMIT_TOKENS, &e), -1, "one of those twice");
}

static void long_names(void)
{
	size_t used = 0, half = LIMIT_DOCUMENT_BYTES / 2 - 16;

	/* two names that differ in the last byte only */
	text[used++] = '{';
	for (int i = 0; i < 2; i++) {
		text[used++] = '"';
		memset(text + used, 'x', half);
		used += half;
		used += (size_t)sprintf(text + used, "%d\":1%c", i, i == 0 ? ',' : '}');
	}
	is_int(json_parse(&j, text, used, tokens, LIMIT_TOKENS, &e), 0, "two names of %zu bytes", half);
}

static void width(void)
{
	size_t used = 0, elements = (LIMIT_TOKENS - 1) / 3;

	text[used++] = '[';
	for (size_t i = 0; i < elements; i++) {
		memcpy(text + used, "[{}],", 5);
		used += 5;
	}
	text[used - 1] = ']';
	is_int(json_parse(&j, text, used, tokens, LIMIT_TOKENS, &e), 0, "many small arrays");
	uint32_t at = json_first(&j, 0);
	for (size_t i = 0; i < elements; i++)
		at = json_next(&j, at);
	is_int(at, j.count, "json_next walks over them");
}

int main(void)
{
	alarm(100);   /* what takes quadratic time does not end before that; all of it should take a second */
	depth();
	count();
	size();
	names();
	long_names();
	width();
	return done_testing();
}
