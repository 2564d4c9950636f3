/* SPDX-License-Identifier: ISC */
/* Duplicate member names: the keys of each object are sorted by a merge sort over a linked list. While an object is being walked, its keys'
 * idle members hold the links (size, put right when it closes) and the hashes (parent, of no use afterwards). */
#include <string.h>
#include "base/limits.h"
#include "json/keys.h"
#include "json/utf8.h"

#define NONE (-1)
#define RUNS 32              /* sorted runs of 1, 2, 4 … keys */

/* A string token read character by character, escapes resolved. */
struct reader { const char *at, *end; char bytes[4]; unsigned used, count; };

static struct reader read_token(const struct json *j, uint32_t token)
{
	const struct json_token *t = &j->tokens[token];

	return (struct reader){ .at = j->text + t->start, .end = j->text + t->end };
}

static int next_byte(struct reader *r)
{
	if (r->used < r->count)
		return (unsigned char)r->bytes[r->used++];
	if (r->at == r->end)
		return -1;
	if (*r->at != '\\')
		return (unsigned char)*r->at++;
	r->at += utf8_unescape(r->at, r->bytes, &r->count);
	r->used = 1;
	return (unsigned char)r->bytes[0];
}

int json_compare(const struct json *j, uint32_t a, uint32_t b)
{
	struct reader left = read_token(j, a), right = read_token(j, b);

	for (;;) {
		int l = next_byte(&left), r = next_byte(&right);

		if (l != r)
			return l < r ? -1 : 1;
		if (l < 0)
			return 0;
	}
}

static bool says(const struct json *j, uint32_t token, const char *text, int fold)
{
	struct reader r = read_token(j, token);
	int c;

	while ((c = next_byte(&r)) >= 0) {
		int other = (unsigned char)*text++;
		bool same = c == other || ((c ^ other) == fold && (c | fold) >= 'a' && (c | fold) <= 'z');

		if (c == 0 || !same)
			return false;
	}
	return *text == '\0';
}

bool json_is(const struct json *j, uint32_t token, const char *text)
{
	const struct json_token *t = &j->tokens[token];
	const char *first = j->text + t->start;   /* most names differ in it already */

	return (t->start == t->end || *first == '\\' || *first == *text) && says(j, token, text, 0);
}

bool json_resembles(const struct json *j, uint32_t token, const char *text)
{
	return says(j, token, text, 'a' - 'A');
}

static int32_t hash(const struct json *j, uint32_t token)
{
	struct reader r = read_token(j, token);
	uint32_t h = 2166136261u;   /* FNV-1a */
	int c;

	while ((c = next_byte(&r)) >= 0)
		h = (h ^ (uint32_t)c) * 16777619u;
	return (int32_t)(h >> 1);
}

struct sort { struct json *j; uint32_t duplicate; };

static int note_equal(struct sort *s, int32_t a, int32_t b)
{
	int result = json_compare(s->j, (uint32_t)a, (uint32_t)b);
	uint32_t later = (uint32_t)(a > b ? a : b);

	if (result == 0 && (s->duplicate == 0 || later < s->duplicate))
		s->duplicate = later;
	return result;
}

static int order(struct sort *s, int32_t a, int32_t b)
{
	const struct json_token *t = s->j->tokens;

	if (t[a].parent != t[b].parent)
		return t[a].parent < t[b].parent ? -1 : 1;
	return note_equal(s, a, b);
}

static int32_t merge(struct sort *s, int32_t a, int32_t b)
{
	struct json_token *t = s->j->tokens;
	int32_t head = NONE, *tail = &head;

	while (a != NONE && b != NONE) {
		int32_t *from = order(s, a, b) <= 0 ? &a : &b;

		*tail = *from;
		tail = &t[*from].size;
		*from = *tail;
	}
	*tail = a != NONE ? a : b;
	return head;
}

static void sort_keys(struct sort *s, int32_t list)
{
	struct json_token *t = s->j->tokens;
	int32_t runs[RUNS], i;

	for (i = 0; i < RUNS; i++)
		runs[i] = NONE;
	while (list != NONE) {
		int32_t run = list;

		list = t[run].size;
		t[run].size = NONE;
		for (i = 0; i < RUNS - 1 && runs[i] != NONE; i++) {
			run = merge(s, runs[i], run);
			runs[i] = NONE;
		}
		runs[i] = run;   /* the last is never taken: 2^31 keys */
	}
	for (i = 1; i < RUNS; i++)
		if (runs[i - 1] != NONE)
			runs[i] = runs[i] == NONE ? runs[i - 1] : merge(s, runs[i], runs[i - 1]);
	for (i = runs[RUNS - 1]; i != NONE; ) {
		int32_t next = t[i].size;

		t[i].size = 1;
		i = next;
	}
}

/* The number of bytes where no escape hides another spelling of the same name, or -1. */
static int32_t plain_length(const struct json *j, int32_t token)
{
	const struct json_token *t = &j->tokens[token];
	size_t length = (size_t)(t->end - t->start);

	return memchr(j->text + t->start, '\\', length) == 0 ? (int32_t)length : -1;
}

/* Few keys, as most objects have, are compared each with each: cheaper than a hash of each. What is in parent here is that length. */
static void compare_keys(struct sort *s, int32_t list)
{
	struct json_token *t = s->j->tokens;

	for (int32_t a = list; a != NONE; a = t[a].size)
		t[a].parent = plain_length(s->j, a);
	while (list != NONE) {
		int32_t a = list;

		for (int32_t b = t[a].size; b != NONE; b = t[b].size)
			if (t[a].parent == t[b].parent || t[a].parent < 0 || t[b].parent < 0)
				note_equal(s, a, b);
		list = t[a].size;
		t[a].size = 1;
	}
}

static void check_object(struct sort *s, int32_t list, uint32_t count)
{
	struct json_token *t = s->j->tokens;

	if (count < 2) {
		if (list != NONE)
			t[list].size = 1;
	} else if (count <= 8) {
		compare_keys(s, list);
	} else {
		for (int32_t i = list; i != NONE; i = t[i].size)
			t[i].parent = hash(s->j, (uint32_t)i);
		sort_keys(s, list);
	}
}

uint32_t json_keys(struct json *j)
{
	struct { int32_t container, keys; } open[LIMIT_JSON_DEPTH];
	struct sort s = { .j = j };
	struct json_token *t = j->tokens;
	unsigned depth = 0;

	for (uint32_t i = 0; ; i++) {
		while (depth > 0 && (i == j->count || t[i].start >= t[open[depth - 1].container].end)) {
			struct json_token *c = &t[open[--depth].container];

			if (c->type == TOKEN_OBJECT)
				check_object(&s, open[depth].keys, (uint32_t)c->size);
			c->behind = (int32_t)i;
		}
		if (i == j->count)
			return s.duplicate;
		if (depth > 0 && t[i].parent == open[depth - 1].container && t[t[i].parent].type == TOKEN_OBJECT) {
			t[i].size = open[depth - 1].keys;
			open[depth - 1].keys = (int32_t)i;
		} else if (t[i].type == TOKEN_OBJECT || t[i].type == TOKEN_ARRAY) {
			open[depth].container = (int32_t)i;
			open[depth++].keys = NONE;
		}
	}
}
