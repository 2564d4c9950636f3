/* SPDX-License-Identifier: ISC */
/* The other walk of the tables: structs become JSON (RFC 8259), members in the table's order, unknown ones last and unchanged. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "base/out.h"
#include "json/json.h"
#include "spec/document.h"

#define DEPTH 16   /* as decode.c */

enum within { IN_OBJECT, IN_LIST, IN_MAP };
struct frame {
	const struct object *table;
	const void *from;             /* the struct; the items */
	uint32_t index, count;        /* the next field or item, of so many */
	enum within within;
	bool any;                     /* something has been written in here */
};
struct emit { struct out *out; const char *indent; unsigned depth; struct frame stack[DEPTH]; };
struct any_list { const void *items; uint32_t count; };
struct any_pair { const char *key; const void *value; };

static void line(const struct emit *m, unsigned depth)
{
	if (m->indent == 0)
		return;
	out_bytes(m->out, "\n", 1);
	while (depth-- > 0)
		out_text(m->out, m->indent);
}

static void separate(struct emit *m, bool *any)
{
	if (*any)
		out_bytes(m->out, ",", 1);
	*any = true;
}

static void colon(struct emit *m)
{
	out_text(m->out, m->indent != 0 ? ": " : ":");
}

static void push(struct emit *m, enum within within, const struct object *table, const void *from, uint32_t count)
{
	if (m->depth == DEPTH) {   /* a table that nests deeper than decode can fill it */
		m->out->failed = E2BIG;
		return;
	}
	out_bytes(m->out, within == IN_LIST ? "[" : "{", 1);
	m->stack[m->depth++] = (struct frame){ .table = table, .from = from, .count = count, .within = within };
}

static void pop(struct emit *m)
{
	struct frame *f = &m->stack[--m->depth];

	if (f->any)
		line(m, m->depth);
	out_bytes(m->out, f->within == IN_LIST ? "]" : "}", 1);
}

/* The items of strings, numbers and string maps. */
static void emit_items(struct emit *m, enum kind kind, const void *member)
{
	const struct strings *strings = member;
	const struct numbers *numbers = member;
	const struct string_map *map = member;
	uint32_t count = kind == KIND_STRINGS ? strings->count : kind == KIND_NUMBERS ? numbers->count : map->count;
	bool any = false;

	out_bytes(m->out, kind == KIND_MAP ? "{" : "[", 1);
	for (uint32_t i = 0; i < count; i++) {
		separate(m, &any);
		line(m, m->depth + 1);
		if (kind == KIND_STRINGS) {
			json_quote(m->out, strings->items[i]);
		} else if (kind == KIND_NUMBERS) {
			out_printf(m->out, "%" PRId64, numbers->items[i]);
		} else {
			json_quote(m->out, map->items[i].key);
			colon(m);
			json_quote(m->out, map->items[i].value);
		}
	}
	if (any)
		line(m, m->depth);
	out_bytes(m->out, kind == KIND_MAP ? "}" : "]", 1);
}

static void emit_value(struct emit *m, const struct field *field, const void *member)
{
	struct any_list list = { 0 };

	switch ((enum kind)field->kind) {
	case KIND_BOOL:   out_text(m->out, *(const bool *)member ? "true" : "false"); break;
	case KIND_STRING: json_quote(m->out, *(const char *const *)member); break;
	case KIND_I64:    out_printf(m->out, "%" PRId64, *(const int64_t *)member); break;
	case KIND_U64:    out_printf(m->out, "%" PRIu64, *(const uint64_t *)member); break;
	case KIND_I32:    out_printf(m->out, "%" PRId32, *(const int32_t *)member); break;
	case KIND_U32:    out_printf(m->out, "%" PRIu32, *(const uint32_t *)member); break;
	case KIND_ENUM:   json_quote(m->out, field->words->words[*(const int32_t *)member]); break;
	case KIND_STRINGS: case KIND_NUMBERS: case KIND_MAP:
		emit_items(m, field->kind, member);
		break;
	case KIND_OBJECT:
		memcpy(&list.items, member, sizeof list.items);
		push(m, IN_OBJECT, field->of, list.items, field->of->count);
		break;
	case KIND_LIST: case KIND_OBJECT_MAP:
		memcpy(&list, member, sizeof list);
		push(m, field->kind == KIND_LIST ? IN_LIST : IN_MAP, field->of, list.items, list.count);
		break;
	case KIND_RAW:
		out_bytes(m->out, ((const struct span *)member)->text, ((const struct span *)member)->length);
		break;
	}
}

/* Whether a member is to be written: it was in the document, or is not zero, or must be there and can be zero. */
static bool is_there(const struct field *field, uint64_t bit, const void *object)
{
	const void *member = (const char *)object + field->offset;
	bool wanted = (((const struct node *)object)->present & bit) != 0 || field->need >= WRITTEN;
	struct any_list list;

	switch ((enum kind)field->kind) {
	case KIND_STRING: case KIND_RAW: case KIND_OBJECT:   /* cannot be written without a pointer */
		memcpy(&list.items, member, sizeof list.items);
		return list.items != 0;
	case KIND_STRINGS: case KIND_NUMBERS: case KIND_LIST: case KIND_MAP: case KIND_OBJECT_MAP:
		memcpy(&list, member, sizeof list);
		return wanted || list.count > 0;
	case KIND_BOOL: return wanted || *(const bool *)member;
	case KIND_I64: case KIND_U64: return wanted || *(const uint64_t *)member != 0;
	case KIND_I32: case KIND_U32: case KIND_ENUM: return wanted || *(const uint32_t *)member != 0;
	}
	return false;
}

static void emit_unknown(struct emit *m, struct frame *f)
{
	for (const struct unknown *u = ((const struct node *)f->from)->unknown; u != 0; u = u->next) {
		separate(m, &f->any);
		line(m, m->depth);
		out_bytes(m->out, u->key.text, u->key.length);
		colon(m);
		out_bytes(m->out, u->value.text, u->value.length);
	}
}

static void emit_field(struct emit *m, struct frame *f)
{
	uint32_t i = f->index++;
	const struct field *field = &f->table->fields[i];

	if (!is_there(field, 1ull << i, f->from))
		return;
	separate(m, &f->any);
	line(m, m->depth);
	json_quote(m->out, field->name);
	colon(m);
	emit_value(m, field, (const char *)f->from + field->offset);
}

static void emit_element(struct emit *m, struct frame *f)
{
	uint32_t i = f->index++;
	const void *element = (const char *)f->from + (size_t)f->table->size * i;
	struct any_pair pair;

	separate(m, &f->any);
	line(m, m->depth);
	if (f->within == IN_MAP) {
		memcpy(&pair, (const char *)f->from + sizeof pair * i, sizeof pair);
		json_quote(m->out, pair.key);
		colon(m);
		element = pair.value;
	}
	push(m, IN_OBJECT, f->table, element, f->table->count);
}

void document_emit_indented(struct out *o, const struct object *table, const void *object, const char *indent)
{
	struct emit m = { .out = o, .indent = indent };

	push(&m, IN_OBJECT, table, object, table->count);
	while (m.depth > 0 && o->failed == 0) {
		struct frame *f = &m.stack[m.depth - 1];

		if (f->index < f->count) {
			if (f->within == IN_OBJECT)
				emit_field(&m, f);
			else
				emit_element(&m, f);
			continue;
		}
		if (f->within == IN_OBJECT)
			emit_unknown(&m, f);
		pop(&m);
	}
	if (indent != 0)
		out_bytes(o, "\n", 1);
}

void document_emit(struct out *o, const struct object *table, const void *object, bool pretty)
{
	document_emit_indented(o, table, object, pretty ? "\t" : 0);
}
