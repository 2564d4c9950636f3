/* SPDX-License-Identifier: ISC */
/* One walk of the tables: tokens become structs (runtime-spec and image-spec, all objects). The open objects, lists and maps are an explicit stack, no
 * deeper than the tables nest. */
#include <string.h>
#include "spec/decode.h"

#define DEPTH 16   /* linux.seccomp.syscalls[].args[] needs 7 */

enum within { IN_OBJECT, IN_LIST, IN_MAP };
struct frame {
	const struct object *table;    /* of the object; of the elements */
	void *to;                      /* the struct; the items */
	struct unknown *last_unknown;
	uint64_t seen;                 /* fields whose key was there, with whatever value */
	uint32_t token, left, index;   /* the next key or element; how many are to come; of the list's next item */
	enum within within;
	size_t place;                  /* to go back to at the end */
};
struct walk {
	struct json *j;
	struct arena *arena;
	struct report *report;
	struct place place;
	unsigned depth;
	struct frame stack[DEPTH];
};
struct any_list { void *items; uint32_t count; };     /* LIST_OF(T) and MAP_OF(T), stored with memcpy: the pointer types differ */
struct any_pair { const char *key; void *value; };

static int complain(struct walk *w, const char *text)
{
	report_add(w->report, LEVEL_MUST, &w->place, 0, "%s", text);
	return -1;
}

static int expected(struct walk *w, const char *what, uint32_t token)
{
	static const char *const found[] = {
		[JSON_OBJECT] = "an object", [JSON_ARRAY] = "an array", [JSON_STRING] = "a string", [JSON_NUMBER] = "a number",
		[JSON_TRUE] = "a boolean", [JSON_FALSE] = "a boolean", [JSON_NULL] = "null",
	};

	report_add(w->report, LEVEL_MUST, &w->place, 0, "expected %s, found %s", what, found[json_type(w->j, token)]);
	return -1;
}

static void *take(struct walk *w, size_t count, size_t size)
{
	struct err e;
	void *got = arena_array(w->arena, count, size, 8, &e);

	if (got == 0) {
		complain(w, e.text);
		w->report->stopped = true;   /* all that follows would fail too */
	}
	return got;
}

static int push(struct walk *w, enum within within, const struct object *table, void *to, uint32_t token, size_t place)
{
	if (w->depth == DEPTH)
		return complain(w, "nested deeper than its tables");
	w->stack[w->depth++] = (struct frame){
		.table = table, .to = to, .token = json_first(w->j, token), .left = json_count(w->j, token), .within = within, .place = place,
	};
	return 1;
}

static int find_word(struct walk *w, const char *text, const struct words *words)
{
	for (uint32_t i = 0; i < words->count; i++)
		if (strcmp(words->words[i], text) == 0)
			return (int)i;
	report_add(w->report, LEVEL_MUST, &w->place, 0, "%s %s \"%.200s\"", words->what ? "invalid" : "unknown", words->what ? words->what : "value", text);
	return -1;
}

static int decode_string(struct walk *w, uint32_t token, const struct words *words, const char **to)
{
	const char *text;
	uint32_t length;

	if (json_type(w->j, token) != JSON_STRING)
		return expected(w, "a string", token);
	text = json_string(w->j, token, &length);
	if (text == 0)
		return complain(w, "a string must not contain U+0000");
	if (words != 0 && find_word(w, text, words) < 0)
		return -1;
	*to = text;
	return 0;
}

static int decode_enum(struct walk *w, uint32_t token, const struct words *words, int32_t *to)
{
	const char *text;
	int word;

	if (decode_string(w, token, 0, &text) < 0 || (word = find_word(w, text, words)) < 0)
		return -1;
	*to = word;
	return 0;
}

static void store(void *to, enum kind kind, uint64_t value)
{
	switch (kind) {
	case KIND_I64: *(int64_t *)to = (int64_t)value; break;
	case KIND_U64: *(uint64_t *)to = value; break;
	case KIND_I32: *(int32_t *)to = (int32_t)value; break;
	default:       *(uint32_t *)to = (uint32_t)value; break;
	}
}

static int decode_number(struct walk *w, uint32_t token, enum kind kind, const struct range *range, void *to)
{
	static const struct range ranges[] = {
		[KIND_I64] = { INT64_MIN, INT64_MAX }, [KIND_U64] = { 0, UINT64_MAX }, [KIND_I32] = { INT32_MIN, INT32_MAX }, [KIND_U32] = { 0, UINT32_MAX },
	};
	uint64_t u = 0;
	int64_t i = 0;
	uint32_t length;
	const char *text = json_span(w->j, token, &length);
	int result, shown = length > 40 ? 40 : (int)length;

	if (json_type(w->j, token) != JSON_NUMBER)
		return expected(w, "an integer", token);
	if (range == 0)
		range = &ranges[kind];
	result = *text == '-' ? json_i64(w->j, token, &i) : json_u64(w->j, token, &u);
	if (result == -1) {
		report_add(w->report, LEVEL_MUST, &w->place, 0, "expected an integer, found %.*s", shown, text);
		return -1;
	}
	if (result < 0 || (i < 0 ? i < range->min : u > range->max || (range->min > 0 && u < (uint64_t)range->min))) {
		report_add(w->report, LEVEL_MUST, &w->place, 0, "%.*s is out of range (%lld to %llu)", shown, text, (long long)range->min, (unsigned long long)range->max);
		return -1;
	}
	store(to, kind, i < 0 ? (uint64_t)i : u);
	return 0;
}

/* An array of strings or of numbers. */
static int decode_array(struct walk *w, uint32_t token, const struct field *field, void *to)
{
	bool alone = field->alone && json_type(w->j, token) == JSON_STRING;
	uint32_t count = alone ? 1 : json_count(w->j, token), next = alone ? token : json_first(w->j, token);
	const char **strings = 0;
	int64_t *numbers = 0;
	int result = 0;

	if (!alone && json_type(w->j, token) != JSON_ARRAY)
		return expected(w, "an array", token);
	if (field->kind == KIND_STRINGS)
		strings = take(w, (size_t)count + 1, sizeof *strings);
	else
		numbers = take(w, count, sizeof *numbers);
	if (strings == 0 && numbers == 0)
		return -1;
	for (uint32_t i = 0; i < count && !w->report->stopped; i++, next = json_next(w->j, next)) {
		size_t before = place_index(&w->place, i);

		result |= strings != 0 ? decode_string(w, next, field_words(field), &strings[i]) : decode_number(w, next, KIND_I64, field_range(field), &numbers[i]);
		place_back(&w->place, before);
	}
	if (result < 0)
		return -1;
	if (strings != 0)
		*(struct strings *)to = (struct strings){ strings, count };
	else
		*(struct numbers *)to = (struct numbers){ numbers, count };
	return 0;
}

static int decode_map(struct walk *w, uint32_t token, struct string_map *to)
{
	uint32_t count = json_count(w->j, token), key = json_first(w->j, token);
	struct pair *pairs;
	int result = 0;

	if (json_type(w->j, token) != JSON_OBJECT)
		return expected(w, "an object", token);
	pairs = take(w, count, sizeof *pairs);
	if (pairs == 0)
		return -1;
	for (uint32_t i = 0; i < count && !w->report->stopped; i++, key = json_next(w->j, key + 1)) {
		size_t before;

		if (decode_string(w, key, 0, &pairs[i].key) < 0)
			return -1;
		before = place_key(&w->place, pairs[i].key);
		result |= decode_string(w, key + 1, 0, &pairs[i].value);
		place_back(&w->place, before);
	}
	if (result == 0)
		*to = (struct string_map){ pairs, count };
	return result;
}

/* An object, or a list or map of objects: room for it, and a frame that fills it. */
static int open_value(struct walk *w, uint32_t token, const struct field *field, void *member, size_t place)
{
	bool object = field->kind == KIND_OBJECT, list = field->kind == KIND_LIST;
	enum json_type type = json_type(w->j, token);
	struct any_list items = { .count = object ? 1 : json_count(w->j, token) };

	if (type != (list ? JSON_ARRAY : JSON_OBJECT))
		return expected(w, list ? "an array" : "an object", token);
	items.items = take(w, items.count, field->kind == KIND_OBJECT_MAP ? sizeof(struct any_pair) : field->of->size);
	if (items.items == 0)
		return -1;
	memcpy(member, &items, object ? sizeof items.items : sizeof items);
	return push(w, object ? IN_OBJECT : list ? IN_LIST : IN_MAP, field->of, items.items, token, place);
}

/* 0: decoded; 1: a frame was opened, which goes back to `place` at its end; -1: complained. */
static int decode_value(struct walk *w, uint32_t token, const struct field *field, void *member, size_t place)
{
	enum json_type type = json_type(w->j, token);
	struct span *raw = member;

	switch ((enum kind)field->kind) {
	case KIND_BOOL:
		if (type != JSON_TRUE && type != JSON_FALSE)
			return expected(w, "a boolean", token);
		*(bool *)member = type == JSON_TRUE;
		return 0;
	case KIND_STRING:
		return decode_string(w, token, field_words(field), member);
	case KIND_I64: case KIND_U64: case KIND_I32: case KIND_U32:
		return decode_number(w, token, field->kind, field_range(field), member);
	case KIND_ENUM:
		return decode_enum(w, token, field->words, member);
	case KIND_STRINGS: case KIND_NUMBERS:
		return decode_array(w, token, field, member);
	case KIND_MAP:
		return decode_map(w, token, member);
	case KIND_OBJECT: case KIND_LIST: case KIND_OBJECT_MAP:
		return open_value(w, token, field, member, place);
	case KIND_RAW:
		raw->text = json_span(w->j, token, &raw->length);
		return 0;
	}
	return -1;
}

static void keep_unknown(struct walk *w, struct frame *f, uint32_t key)
{
	struct unknown *u = take(w, 1, sizeof *u);
	struct node *node = f->to;
	char name[64];
	size_t before;

	if (u == 0)
		return;
	u->key.text = json_span(w->j, key, &u->key.length);
	u->value.text = json_span(w->j, key + 1, &u->value.length);
	if (f->last_unknown != 0)
		f->last_unknown->next = u;
	else
		node->unknown = u;
	f->last_unknown = u;
	before = u->key.length - 2 < sizeof name ? u->key.length - 2 : sizeof name - 1;
	memcpy(name, u->key.text + 1, before);
	name[before] = '\0';
	before = place_member(&w->place, name);
	report_add(w->report, LEVEL_MAY, &w->place, 0, "unknown member, ignored");
	place_back(&w->place, before);
}

static bool is_elsewhere(const struct report *r, const struct field *field)
{
	return r->strict && field->platform != 0 && (field->platform & r->platform) == 0;
}

/* What a runtime need not care about, but a validator does. */
static void judge_member(struct walk *w, const struct object *table, const struct field *field, uint32_t value)
{
	const struct report *r = w->report;

	if (json_type(w->j, value) == JSON_NULL)
		report_add(w->report, LEVEL_MUST, &w->place, table->section, "null is no value: leave it out");
	if (field->since > r->since)
		report_add(w->report, LEVEL_MAY, &w->place, table->section, "came with 1.%u: ociVersion says 1.%u", field->since, r->since);
	if (is_elsewhere(r, field) && field->need != EXPECTED)   /* a user's uid, which writers add wherever they are */
		report_add(w->report, LEVEL_MAY, &w->place, table->section, "is for another platform");
}

static void decode_member(struct walk *w, struct frame *f)
{
	uint32_t key = f->token, value = key + 1;
	struct node *node = f->to;
	unsigned i = 0;
	size_t before;
	int result;

	f->token = json_next(w->j, value);
	while (i < f->table->count && !json_is(w->j, key, f->table->fields[i].name))
		i++;
	/* what programs written in Go read in any case, some write so */
	if (i == f->table->count && !w->report->strict)
		for (i = 0; i < f->table->count && !json_resembles(w->j, key, f->table->fields[i].name); )
			i++;
	if (i == f->table->count) {
		keep_unknown(w, f, key);
		return;
	}
	before = place_member(&w->place, f->table->fields[i].name);
	if (w->report->strict)
		judge_member(w, f->table, &f->table->fields[i], value);
	if (json_type(w->j, value) == JSON_NULL) {
		place_back(&w->place, before);
		return;
	}
	f->seen |= 1ull << i;
	result = decode_value(w, value, &f->table->fields[i], (char *)f->to + f->table->fields[i].offset, before);
	if (result >= 0)
		node->present |= 1ull << i;
	if (result != 1)
		place_back(&w->place, before);
}

static void decode_element(struct walk *w, struct frame *f)
{
	uint32_t token = f->token;
	size_t before = place_index(&w->place, f->index);
	void *to = (char *)f->to + (size_t)f->table->size * f->index;

	f->token = json_next(w->j, token);
	f->index++;
	if (json_type(w->j, token) == JSON_OBJECT && push(w, IN_OBJECT, f->table, to, token, before) == 1)
		return;
	if (json_type(w->j, token) != JSON_OBJECT)
		expected(w, "an object", token);
	place_back(&w->place, before);
}

/* A null value of a map is an empty object: {"Volumes": {"/data": null}}. */
static void decode_entry(struct walk *w, struct frame *f)
{
	uint32_t key = f->token, value = key + 1;
	struct any_pair pair = { 0 };
	size_t before;
	int result = -1;

	f->token = json_next(w->j, value);
	if (decode_string(w, key, 0, &pair.key) < 0)
		pair.key = "";   /* rules look at all keys */
	before = place_key(&w->place, pair.key);
	pair.value = take(w, 1, f->table->size);
	memcpy((char *)f->to + sizeof pair * f->index, &pair, sizeof pair);
	f->index++;
	if (pair.value == 0)
		return;
	if (json_type(w->j, value) == JSON_OBJECT || (json_type(w->j, value) == JSON_NULL && !w->report->strict))
		result = push(w, IN_OBJECT, f->table, pair.value, value, before);
	else
		expected(w, "an object", value);
	if (result != 1)
		place_back(&w->place, before);
}

static void report_missing(struct walk *w, const struct field *field, const char *section)
{
	const char *what = (field->kind == KIND_ENUM || field->kind == KIND_STRING) && field_words(field) ? field->words->what : 0;
	report_add(w->report, field->need == REQUIRED ? LEVEL_MUST : LEVEL_SHOULD, &w->place, section, "missing%s%s", what ? ": invalid " : "", what ? what : "");
}

/* The object is read: what is missing, each member's own rule, the rules between members. */
static void finish_object(struct walk *w, const struct frame *f)
{
	const struct object *table = f->table;
	const struct node *node = f->to;

	for (unsigned i = 0; i < table->count && !w->report->stopped; i++) {
		const struct field *field = &table->fields[i];
		bool missing = (f->seen >> i & 1) == 0 && field->need >= EXPECTED && !is_elsewhere(w->report, field), check = field->checked && (node->present >> i & 1) != 0;
		size_t before;

		if (!missing && !check)
			continue;
		before = place_member(&w->place, field->name);
		if (missing)
			report_missing(w, field, table->section);
		else
			field->check((const char *)f->to + field->offset, &w->place, w->report);
		place_back(&w->place, before);
	}
	if (table->check != 0 && !w->report->stopped && f->seen == node->present)   /* else it would complain of what could not be decoded */
		table->check(f->to, &w->place, w->report);
}

void spec_decode(struct json *j, uint32_t token, struct arena *arena, const struct object *table, void *out, struct report *report)
{
	struct walk w;

	w.j = j;
	w.arena = arena;
	w.report = report;
	w.depth = 0;
	w.place.length = 0;
	w.place.text[0] = '\0';
	memset(out, 0, table->size);
	bool list = table->count == 1 && table->fields->kind == KIND_LIST;
	if (list && json_type(j, token) == JSON_ARRAY) {
		place_member(&w.place, table->fields->name);
		open_value(&w, token, table->fields, (char *)out + table->fields->offset, 0);
	} else if (json_type(j, token) == JSON_OBJECT) {
		push(&w, IN_OBJECT, table, out, token, 0);
	} else {
		expected(&w, list ? "an array" : "an object", token);
	}
	while (w.depth > 0 && !report->stopped) {
		struct frame *f = &w.stack[w.depth - 1];

		if (f->left > 0) {
			f->left--;
			if (f->within == IN_OBJECT)
				decode_member(&w, f);
			else if (f->within == IN_LIST)
				decode_element(&w, f);
			else
				decode_entry(&w, f);
			continue;
		}
		if (f->within == IN_OBJECT)
			finish_object(&w, f);
		place_back(&w.place, f->place);
		w.depth--;
	}
}
