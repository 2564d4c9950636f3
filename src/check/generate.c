/* SPDX-License-Identifier: ISC */
/* What a row of generate_flags.c does to the config, through the field tables alone. */
#include "check/generate.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/str.h"
#include "kernel/caps.h"
#include "spec/decode.h"
#include "spec/rules.h"

struct any_list { char *items; uint32_t count; };   /* LIST_OF(T), MAP_OF(T), the structs of strings and numbers: read and written by memcpy */
struct any_pair { const char *key; void *value; };

static const struct field *find_field(const struct object *table, const char *name, size_t length)
{
	for (unsigned i = 0; i < table->count; i++)
		if (strncmp(table->fields[i].name, name, length) == 0 && table->fields[i].name[length] == '\0')
			return &table->fields[i];
	return 0;
}

static void *new_object(struct generate *g, size_t size)
{
	return arena_array(&g->document->arena, 1, size, 8, g->e);
}

void generate_present(const struct slot *s, bool present)
{
	uint64_t bit = 1ull << (s->field - s->table->fields);
	struct node *node = s->holder;
	node->present = present ? node->present | bit : node->present & ~bit;
}

int generate_find(struct generate *g, const char *path, bool create, struct slot *s)
{
	*s = (struct slot){ .table = &config_object, .holder = g ? g->config : 0 };
	for (const char *at = path;; at++) {
		size_t length = strcspn(at, ".");
		s->field = find_field(s->table, at, length);
		if (!s->field)
			return err_set(g->e, "%s: no such member", path);
		s->member = s->holder ? (char *)s->holder + s->field->offset : 0;
		at += length;
		if (!*at)
			return s->holder ? 0 : -1;
		void *inner = 0;
		if (s->holder)
			memcpy(&inner, s->member, sizeof inner);
		if (!inner && create) {
			inner = new_object(g, s->field->of->size);
			if (!inner)
				return -1;
			memcpy(s->member, &inner, sizeof inner);
			generate_present(s, true);
		}
		s->holder = inner;
		s->table = s->field->of;
	}
}

int generate_scalar(struct generate *g, const struct field *f, const char *text, void *member)
{
	static const struct range ranges[] = { [KIND_I64] = { INT64_MIN, INT64_MAX }, [KIND_U64] = { 0, UINT64_MAX }, [KIND_I32] = { INT32_MIN, INT32_MAX }, [KIND_U32] = { 0, UINT32_MAX } };
	bool yes = strcmp(text, "true") == 0 || strcmp(text, "allow") == 0;
	uint64_t u = 0;
	int64_t i = 0;
	int word = 0;
	if (field_words(f) && (f->kind == KIND_STRING || f->kind == KIND_STRINGS || f->kind == KIND_ENUM) && (word = str_word(text, f->words->words, f->words->count)) < 0)
		return err_set(g->e, "%s: unknown value \"%.200s\"", f->name, text);
	switch (f->kind) {
	case KIND_BOOL:
		if (!yes && strcmp(text, "false") != 0 && strcmp(text, "deny") != 0)
			return err_set(g->e, "%s: \"%.200s\" is neither true nor false", f->name, text);
		*(bool *)member = yes;
		return 0;
	case KIND_STRING: case KIND_STRINGS: *(const char **)member = text; return 0;
	case KIND_ENUM: *(int32_t *)member = word; return 0;
	default: break;
	}
	const struct range *r = field_range(f) ? f->range : &ranges[f->kind == KIND_NUMBERS ? KIND_I64 : f->kind];
	if ((*text == '-' ? str_i64(text, &i) : str_u64(text, &u)) < 0)
		return err_set(g->e, "%s: \"%.200s\" is no whole number", f->name, text);
	if (i < 0 ? i < r->min : u > r->max || (r->min > 0 && u < (uint64_t)r->min))
		return err_set(g->e, "%s: %.40s is out of range", f->name, text);
	u = i < 0 ? (uint64_t)i : u;
	if (f->kind == KIND_I32 || f->kind == KIND_U32)
		*(uint32_t *)member = (uint32_t)u;
	else
		*(uint64_t *)member = u;
	return 0;
}

void *generate_grow(struct generate *g, void *list, size_t size)
{
	struct any_list l;
	memcpy(&l, list, sizeof l);
	char *items = arena_array(&g->document->arena, l.count + 2, size, 8, g->e);   /* strings end with a 0 */
	if (!items)
		return 0;
	if (l.count)
		memcpy(items, l.items, size * l.count);
	l.items = items;
	l.count++;
	memcpy(list, &l, sizeof l);
	return items + size * (l.count - 1);
}

static void drop_item(void *list, size_t size, uint32_t index)
{
	struct any_list l;
	memcpy(&l, list, sizeof l);
	memmove(l.items + size * index, l.items + size * (index + 1), size * (l.count - index - 1));
	l.count--;
	memcpy(list, &l, sizeof l);
}

static char *copy(struct generate *g, const char *text, size_t length)
{
	return arena_string(&g->document->arena, text, length, g->e);
}

/* *drop: whether -1 asks to remove; set to whether it did. */
static int put_part(struct generate *g, const struct object *table, void *object, const struct field *f, const char *text, bool *drop)
{
	struct slot s = { .table = table, .holder = object, .field = f };
	*drop &= strcmp(text, "-1") == 0;
	if (generate_scalar(g, f, *drop ? "0" : text, (char *)object + f->offset) < 0)
		return -1;
	generate_present(&s, !*drop);
	return 0;
}

int generate_form(struct generate *g, const struct object *table, void *object, const char *form, const char *value, bool *drop)
{
	char separator[2] = ":";
	if (*form == ',')
		separator[0] = *form++;
	for (const char *at = value;;) {
		bool optional = false, rest = false, unlimited = false, more = *form != '\0';
		*drop = false;
		for (; *form && strchr("*?$!%", *form); form++) {
			optional |= *form == '?';
			rest |= *form == '$';
			*drop |= *form == '!';
			unlimited |= *form == '%';
		}
		size_t name = strcspn(form, ":"), length = rest ? strlen(at) : strcspn(at, separator);
		const char *member = form;
		if (!more) {
			at += strspn(at, " ");   /* "allow, type=c," */
			if (!*at && *separator == ',')
				break;
			length = strcspn(at, separator);
			member = at;
			name = strcspn(at, "=");
			if (name >= length)
				return err_set(g->e, "\"%.200s\" is more than is wanted", at);
			at += name + 1;
			length -= name + 1;
		}
		const struct field *f = find_field(table, member, name);
		char *text = copy(g, at, length);
		if (!f || !text)
			return f ? -1 : err_set(g->e, "%.*s: no such member", (int)name, member);
		if (unlimited && strcmp(text, "-1") == 0)
			text = (char *)"18446744073709551615";
		if (!(optional && !length) && put_part(g, table, object, f, text, drop) < 0)
			return -1;
		form += more ? name + (form[name] == ':') : 0;
		if (!at[length])
			break;
		at += length + 1;
	}
	return *form && *form != '?' ? err_set(g->e, "\"%.200s\" lacks %s", value, form + strspn(form, "*$!%")) : 0;
}

/* The rules of an object that flags have made. */
static int judge(struct generate *g, const struct object *table, const void *object)
{
	struct report report;
	struct place place = { .length = 0 };
	report_first(&report, g->e);
	for (unsigned i = 0; i < table->count; i++) {
		const struct field *f = &table->fields[i];
		size_t before = place_member(&place, f->name);
		if (f->checked && (((const struct node *)object)->present >> i & 1))
			f->check((const char *)object + f->offset, &place, &report);
		place_back(&place, before);
	}
	if (table->check)
		table->check(object, &place, &report);
	return report.errors ? -1 : 0;
}

static bool same_member(const struct field *f, const void *a, const void *b)
{
	const char *x, *y;
	const void *left = (const char *)a + f->offset, *right = (const char *)b + f->offset;
	switch (f->kind) {
	case KIND_STRING:
		memcpy(&x, left, sizeof x);
		memcpy(&y, right, sizeof y);
		return x && y ? strcmp(x, y) == 0 : x == y;
	case KIND_BOOL: return *(const bool *)left == *(const bool *)right;
	case KIND_I64: case KIND_U64: return *(const uint64_t *)left == *(const uint64_t *)right;
	default: return *(const uint32_t *)left == *(const uint32_t *)right;
	}
}

/* Whether two objects have the same key: the members with a '*' in the form; those behind a key alone (",*allow"), all of them. */
static bool same_key(const struct object *table, const char *form, const void *a, const void *b)
{
	bool same = strchr(form, '*') != 0, all = *form == ',';
	for (unsigned i = 0; same && all && i < table->count; i++)
		same = same_member(&table->fields[i], a, b);
	for (const char *star = strchr(form, '*'); same && !all && star; star = strchr(star + 1, '*'))
		same = same_member(find_field(table, star + 1, strcspn(star + 1, ":")), a, b);
	return same;
}

static int edit_list(struct generate *g, const struct slot *s, const struct generate_row *r, const char *value)
{
	const struct object *of = s->field->of;
	struct any_list l;
	bool drop = false;
	void *made = new_object(g, of->size);
	if (!made || generate_form(g, of, made, r->form, value, &drop) < 0 || (r->op == '+' && !drop && judge(g, of, made) < 0))
		return -1;
	memcpy(&l, s->member, sizeof l);
	for (uint32_t i = l.count; i-- > 0;) {
		char *item = l.items + (size_t)of->size * i;
		if (!same_key(of, r->form, item, made))
			continue;
		if (str_ends(r->path, "weightDevice") && (generate_form(g, of, item, r->form, value, &drop) < 0 || !drop || judge(g, of, item) == 0))
			return 0;   /* weight and leafWeight are of one item */
		if (r->op == '+' && !drop) {
			memcpy(item, made, of->size);
			return 0;
		}
		drop_item(s->member, of->size, i);
	}
	if (r->op == '-' || drop)
		return 0;
	void *to = generate_grow(g, s->member, of->size);
	if (!to)
		return -1;
	memcpy(to, made, of->size);
	return 0;
}

/* KEY:…: an entry of a map of objects */
static int edit_object_map(struct generate *g, const struct slot *s, const struct generate_row *r, const char *value)
{
	size_t key = strcspn(value, ":");
	bool drop = false;
	struct any_list l;
	struct any_pair *pair = 0;
	memcpy(&l, s->member, sizeof l);
	for (uint32_t i = 0; i < l.count; i++) {
		struct any_pair *is = (struct any_pair *)(void *)l.items + i;
		if (strncmp(is->key, value, key) == 0 && is->key[key] == '\0')
			pair = is;
	}
	if ((!pair && !(pair = generate_grow(g, s->member, sizeof *pair))) || !(pair->key = copy(g, value, key)) || !(pair->value = new_object(g, s->field->of->size)))
		return -1;
	if (value[key] && generate_form(g, s->field->of, pair->value, r->form + 1 + (r->form[1] == ':'), value + key + 1, &drop) < 0)
		return -1;
	return judge(g, s->field->of, pair->value);
}

/* KEY=VALUE in a map, or among strings (env) */
static int edit_pairs(struct generate *g, const struct slot *s, const char *value)
{
	size_t key = strcspn(value, "=");
	if (!key || !value[key])
		return err_set(g->e, "\"%.200s\" is not NAME=VALUE", value);
	if (s->field->kind == KIND_STRINGS) {
		struct strings *list = s->member;
		const char **to = 0;
		for (uint32_t i = 0; i < list->count; i++)
			if (strncmp(list->items[i], value, key + 1) == 0)
				to = &list->items[i];
		if (!to && !(to = generate_grow(g, list, sizeof *to)))
			return -1;
		*to = value;
		return 0;
	}
	struct string_map *map = s->member;
	char *name = copy(g, value, key);
	struct pair *to = 0;
	for (uint32_t i = 0; name && i < map->count; i++)
		if (strcmp(map->items[i].key, name) == 0)
			to = &map->items[i];
	if (!name || (!to && !(to = generate_grow(g, map, sizeof *to))))
		return -1;
	*to = (struct pair){ name, value + key + 1 };
	return 0;
}

static int edit_item(struct generate *g, const struct slot *s, char op, const char *text)
{
	bool numbers = s->field->kind == KIND_NUMBERS;
	union { const char *text; int64_t number; } item = { 0 };
	size_t size = numbers ? sizeof item.number : sizeof item.text;
	struct any_list l;
	if (generate_scalar(g, s->field, text, &item) < 0)
		return -1;
	memcpy(&l, s->member, sizeof l);
	for (uint32_t i = op == '=' ? 0 : l.count; i-- > 0;) {
		const char *was = numbers ? 0 : ((const char **)(void *)l.items)[i];
		if (numbers ? ((int64_t *)(void *)l.items)[i] != item.number : strcmp(was, text) != 0)
			continue;
		if (op == '+')
			return 0;
		drop_item(s->member, size, i);
	}
	void *to = op != '-' ? generate_grow(g, s->member, size) : s->member;
	if (to && op != '-')
		memcpy(to, &item, size);
	return to ? 0 : -1;
}

static int edit_items(struct generate *g, const struct slot *s, const struct generate_row *r, const char *value)
{
	if (*r->form != ',')
		return edit_item(g, s, r->op, value);
	for (const char *at = value;; at++) {
		size_t length = strcspn(at, ",");
		char *text = copy(g, at, length);
		int known = text && r->form[1] ? caps_find(text) : 0;
		if (!text || known < 0)
			return text ? err_set(g->e, "unknown capability \"%.100s\"", text) : -1;
		if (edit_item(g, s, r->op, r->form[1] ? caps_name((unsigned)known) : text) < 0)
			return -1;
		at += length;
		if (!*at)
			return 0;
	}
}

/* A value that is JSON itself: an object, or one more item of a list. */
static int edit_json(struct generate *g, const struct slot *s, const char *value)
{
	static LARGE struct json_token tokens[LIMIT_VALUE_TOKENS];
	struct json j = { .token_limit = "LIMIT_VALUE_TOKENS" };
	struct report report;
	const struct object *of = s->field->of;
	char *text = copy(g, value, strlen(value));
	if (!text || json_parse(&j, text, strlen(text), tokens, LIMIT_VALUE_TOKENS, g->e) < 0)
		return -1;
	void *to = s->field->kind == KIND_LIST ? generate_grow(g, s->member, of->size) : new_object(g, of->size);
	if (!to)
		return -1;
	report_first(&report, g->e);
	spec_decode(&j, 0, &g->document->arena, of, to, &report);
	if (s->field->kind != KIND_LIST)
		memcpy(s->member, &to, sizeof to);
	return report.errors ? -1 : 0;
}

int generate_clear(struct generate *g, const char *path)
{
	struct slot s;
	if (generate_find(g, path, false, &s) < 0)
		return 0;
	memset(s.member, 0, s.field->kind == KIND_BOOL ? sizeof(bool) : s.field->kind == KIND_OBJECT || s.field->kind == KIND_STRING ? sizeof(void *) : sizeof(struct any_list));
	generate_present(&s, false);
	return 0;
}

/* No capabilities are five empty sets: an absent set is not said to be empty. */
static int clear(struct generate *g, const char *path)
{
	struct slot s;
	generate_clear(g, path);
	if (strcmp(path, capabilities_object.name) != 0)
		return 0;
	if (generate_find(g, "process.capabilities.ambient", true, &s) < 0)
		return -1;
	((struct node *)s.holder)->present = (1u << capabilities_object.count) - 1;
	return 0;
}

/* All capabilities, no filter, no labels. */
static int privileged(struct generate *g)
{
	static const char *const cleared[] = { "process.capabilities", "linux.seccomp", "process.apparmorProfile", "process.selinuxLabel" };
	for (unsigned i = 0; i < sizeof cleared / sizeof *cleared; i++)
		if (clear(g, cleared[i]) < 0)
			return -1;
	for (unsigned i = 0; i < CAPS_COUNT; i++)
		if (generate_flag(g, "process-cap-add", caps_name(i)) < 0)
			return -1;
	return 0;
}

/* A line of an env file: NAME=VALUE, or NAME alone, whose value is our own. */
static int env_line(struct generate *g, const struct slot *s, const char *line, size_t length)
{
	char *pair = copy(g, line, length);
	size_t name = pair ? strcspn(pair, "=") : 0;
	if (!pair || !*pair || *pair == '#')
		return pair ? 0 : -1;
	if (strcspn(pair, " \t") < name)
		return err_set(g->e, "\"%.200s\" has white space in its name", pair);
	if (!pair[name]) {
		const char *own = getenv(pair);
		own = own ? own : "";
		char *whole = arena_array(&g->document->arena, name + strlen(own) + 2, 1, 1, g->e);
		if (!whole)
			return -1;
		memcpy(whole, pair, name);
		whole[name] = '=';
		strcpy(whole + name + 1, own);
		pair = whole;
	}
	return edit_pairs(g, s, pair);
}

static int env_file(struct generate *g, const struct slot *s, const char *file)
{
	static LARGE char text[LIMIT_ENV_FILE_BYTES];
	if (io_read_file(AT_FDCWD, file, text, sizeof text, g->e) < 0)
		return -1;
	for (char *line = text + (str_starts(text, "\xEF\xBB\xBF") ? 3 : 0); *line;) {
		line += strspn(line, " \t");
		size_t length = strcspn(line, "\n");
		if (env_line(g, s, line, length - (length && line[length - 1] == '\r')) < 0)
			return -1;
		line += length + (line[length] == '\n');
	}
	return 0;
}

/* Numbers may be octal (022) or hexadecimal (0x10). */
static int set(struct generate *g, const struct slot *s, const char *value)
{
	char decimal[24];
	bool number = s->field->kind == KIND_I32 || s->field->kind == KIND_U32 || s->field->kind == KIND_I64 || s->field->kind == KIND_U64;
	uint64_t n = 0;
	if (number && value[0] == '0' && value[1]) {
		unsigned base = (value[1] | 32) == 'x' ? 16 : 8;
		const char *at = value + (base == 16 && value[2] ? 2 : 1);
		for (; *at; at++) {
			unsigned digit = *at <= '9' ? (unsigned)*at - '0' : ((unsigned)*at | 32) - 'a' + 10;
			if (digit >= base || n >> 60)
				return err_set(g->e, "\"%.200s\" is no whole number", value);
			n = n * base + digit;
		}
		value = decimal;
		if (str_format(decimal, sizeof decimal, g->e, "%llu", (unsigned long long)n) < 0)
			return -1;
	}
	return generate_scalar(g, s->field, value, s->member);
}

/* One capability in all sets, or out of them. */
static int all_sets(struct generate *g, const struct generate_row *r, const char *value)
{
	struct slot s;
	if (generate_find(g, "process.capabilities.ambient", true, &s) < 0)
		return -1;
	for (s.field = s.table->fields; s.field < s.table->fields + s.table->count; s.field++) {
		s.member = (char *)s.holder + s.field->offset;
		generate_present(&s, true);
		if (edit_items(g, &s, r, value) < 0)
			return -1;
	}
	return 0;
}

static int edit(struct generate *g, const struct slot *s, const struct generate_row *r, const char *value)
{
	bool drop = false;
	void *object;
	if (s->field->of == &capabilities_object)
		return all_sets(g, r, value);
	if (r->op == 'f')
		return env_file(g, s, value);
	if (strcmp(r->form, "k=v") == 0)
		return edit_pairs(g, s, value);
	switch (s->field->kind) {
	case KIND_STRINGS: case KIND_NUMBERS: return edit_items(g, s, r, value);
	case KIND_LIST: return edit_list(g, s, r, value);
	case KIND_OBJECT_MAP: return edit_object_map(g, s, r, value);
	case KIND_OBJECT:
		object = new_object(g, s->field->of->size);
		if (!object)
			return -1;
		memcpy(s->member, &object, sizeof object);
		return generate_form(g, s->field->of, object, r->form, value, &drop);
	default: return set(g, s, value);
	}
}

int generate_apply(struct generate *g, const struct generate_row *r, const char *value, bool first)
{
	struct slot s;
	struct report report;
	struct place place = { .length = 0 };
	struct any_list l;
	const char *text = "-";
	if (r->op == '0')
		return clear(g, r->path);
	if (r->op == 'p')
		return privileged(g);
	if (r->op == 's')
		return generate_seccomp(g, r->form, value);
	if (generate_find(g, r->path, r->op != '-', &s) < 0)
		return s.holder || r->op != '-' ? -1 : 0;
	if (r->op == '=' && first && s.field->kind == KIND_STRINGS)
		*(struct strings *)s.member = (struct strings){ 0 };
	if ((r->op == 'j' ? edit_json(g, &s, value) : edit(g, &s, r, value)) < 0)
		return err_at(g->e, "%s", r->path);
	if (s.field->kind == KIND_LIST)
		memcpy(&l, s.member, sizeof l);
	else if (s.field->kind == KIND_STRING && s.field->need == OPTIONAL)
		memcpy(&text, s.member, sizeof text);
	generate_present(&s, s.field->kind != KIND_LIST || l.count > 0);
	if (!*text)
		return generate_clear(g, r->path);   /* "" takes away what may be missing */
	report_first(&report, g->e);
	place_member(&place, r->path);
	if (s.field->checked && s.field->check(s.member, &place, &report) && report.errors)
		return -1;
	if (r->op == '+' && (strcmp(r->path, "linux.uidMappings") == 0 || strcmp(r->path, "linux.gidMappings") == 0))
		return generate_flag(g, "linux-namespace-add", "user");   /* they are that namespace's */
	return str_starts(r->path, "linux.seccomp.") && !g->config->linux_->seccomp->defaultAction ? generate_seccomp(g, "force", "allow") : 0;
}

bool generate_takes_value(const struct generate_row *r)
{
	struct slot s = { 0 };
	generate_find(0, r->path, false, &s);
	return r->op != '0' && r->op != 'p' && !(r->op == 's' && strcmp(r->form, "remove-all") == 0) && !(r->op == '=' && s.field->kind == KIND_BOOL);
}
