/* SPDX-License-Identifier: ISC */
/* Places are text, made only when there is a complaint; so the way back is text, too. Names with dots in them: the longest member that fits is taken. */
#include "check/locate.h"

#include <string.h>

#include "json/utf8.h"

/* Length of the part of text that says the same as the string token, as spec/report.c writes it (control characters as '?'); or -1. */
static int same(const struct json *j, uint32_t token, const char *text)
{
	uint32_t length;
	const char *at = json_span(j, token, &length) + 1, *end = at + length - 2;
	int used = 0;
	while (at < end) {
		char bytes[4];
		unsigned count = 1;
		bytes[0] = *at;
		at += *at == '\\' ? utf8_unescape(at, bytes, &count) : 1;
		for (unsigned i = 0; i < count; i++, used++) {
			char c = (unsigned char)bytes[i] < 0x20 || bytes[i] == 0x7F ? '?' : bytes[i];
			if (text[used] != c || c == '\0')
				return -1;
		}
	}
	return used;
}

/* The member that text names: its key's token, and the length of its name in *used; 0: none. */
static uint32_t find_member(const struct json *j, uint32_t object, const char *text, bool quoted, int *used)
{
	uint32_t key = json_count(j, object) ? json_first(j, object) : 0, found = 0;
	*used = -1;
	for (uint32_t left = json_count(j, object); left; left--, key = json_next(j, key + 1)) {
		int length = same(j, key, text);
		if (length > *used && (quoted ? strncmp(text + length, "\"]", 2) == 0 : strchr(".[", text[length]) != 0)) {
			*used = length;
			found = key;
		}
	}
	return found;
}

static const struct field *find_field(const struct json *j, uint32_t key, const struct object *table)
{
	for (unsigned i = 0; table && i < table->count; i++)
		if (json_is(j, key, table->fields[i].name))
			return &table->fields[i];
	return 0;
}

/* items[index]; false: there is none */
static bool step_index(const struct json *j, struct location *l, const char **at)
{
	uint32_t index = 0, token;
	for ((*at)++; **at >= '0' && **at <= '9' && index < LIMIT_TOKENS; (*at)++)
		index = index * 10 + (uint32_t)(**at - '0');
	if (**at != ']' || json_type(j, l->token) != JSON_ARRAY || index >= json_count(j, l->token))
		return false;
	for (token = json_first(j, l->token); index; index--)
		token = json_next(j, token);
	l->token = token;
	(*at)++;
	return true;
}

struct location locate(const struct json *j, const struct object *table, const char *place)
{
	struct location l = { .table = table };
	const char *at = place;
	while (*at) {
		bool quoted = strncmp(at, "[\"", 2) == 0;
		int used;
		if (*at == '[' && !quoted) {
			if (!step_index(j, &l, &at))
				return l;
			continue;
		}
		at += quoted ? 2 : *at == '.';
		uint32_t key = json_type(j, l.token) == JSON_OBJECT ? find_member(j, l.token, at, quoted, &used) : 0;
		if (l.field && l.field->kind != KIND_OBJECT_MAP)
			l.table = l.field->kind == KIND_OBJECT || l.field->kind == KIND_LIST ? l.field->of : 0;
		else if (l.field && !quoted)
			l.table = l.field->of;
		if (!key)
			return l;
		if (!quoted)
			l.field = find_field(j, key, l.table);
		else if (l.field && l.field->kind != KIND_OBJECT_MAP)
			l.field = 0;
		l.token = key + 1;
		at += used + 2 * quoted;
	}
	l.exact = true;
	return l;
}
