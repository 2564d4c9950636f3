/* SPDX-License-Identifier: ISC */
/* An object of the specification is a struct and one table that says all there is to know of it. Decoding, emitting, validating, error places,
 * the printed schema are walks of these tables, each one small loop. */
#ifndef SPEC_FIELD_H
#define SPEC_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/limits.h"

struct place;    /* where in the document we are: "linux.resources.memory.limit" (spec/report.h) */
struct report;   /* what collects complaints (spec/report.h) */
struct object;

/* How a member stands in its struct. Absent members are zero, and their bit in node.present is clear. */
enum kind {
	KIND_BOOL,      /* bool */
	KIND_STRING,    /* const char *, NUL-terminated, no NUL inside */
	KIND_I64,       /* int64_t */
	KIND_U64,       /* uint64_t */
	KIND_I32,       /* int32_t */
	KIND_U32,       /* uint32_t */
	KIND_ENUM,      /* int32_t: index into `words`; unknown words are errors */
	KIND_OBJECT,    /* const struct T * (0: absent) */
	KIND_STRINGS,   /* struct strings */
	KIND_NUMBERS,   /* struct numbers: array of int64_t (none in most documents) */
	KIND_LIST,      /* LIST_OF(T): array of objects */
	KIND_MAP,       /* struct string_map: string → string (annotations, sysctl, unified) */
	KIND_OBJECT_MAP,/* MAP_OF(T): string → object (rdma, netDevices, timeOffsets) */
	KIND_RAW        /* struct span: the member's JSON text, unchanged */
};
/* WRITTEN: may be missing, but emit writes it whatever it is. EXPECTED: REQUIRED by the specification, but taken as 0 where it is missing, as the other runtimes do; only a note when running. */
enum need  { OPTIONAL, WRITTEN, EXPECTED, REQUIRED };
enum since { SPEC_1_0, SPEC_1_1, SPEC_1_2, SPEC_1_3 };
enum platform { ANY = 0, LINUX = 1, WINDOWS = 2, SOLARIS = 4, VM = 8, FREEBSD = 16, ZOS = 32 };

struct span    { const char *text; uint32_t length; };                     /* not NUL-terminated */
struct strings { const char **items; uint32_t count; };                    /* items[count] is 0: usable as argv */
struct numbers { int64_t *items; uint32_t count; };
struct pair    { const char *key, *value; };
struct string_map { struct pair *items; uint32_t count; };
#define LIST_OF(T) struct { T *items; uint32_t count; }
#define MAP_OF(T)  struct { struct { const char *key; T *value; } *items; uint32_t count; }
struct words { uint32_t count; const char *const *words; const char *what; };   /* what: named in complaints ("memory policy mode"), or 0 */
struct range { int64_t min; uint64_t max; };

/* A member that no table knows: kept so that editing a document loses nothing. */
struct unknown { const struct unknown *next; struct span key, value; };    /* key with its quotes */

/* First member of every struct that has a table. */
struct node {
	uint64_t present;                /* bit i: fields[i] was in the document (or set by a program) */
	const struct unknown *unknown;   /* in document order */
};

struct field {
	const char *name;                /* JSON key */
	uint16_t offset;                 /* of the member */
	uint8_t kind, need, since, platform;
	bool alone;                      /* STRINGS: one word may stand for a list of one */
	bool checked;                    /* it is `check` that stands below: so no field has both; what would is checked by its object */
	union {
		const struct object *of;     /* KIND_OBJECT, LIST, OBJECT_MAP: the element's table */
		const struct words *words;   /* KIND_ENUM; STRING, STRINGS: 0 for any. Read by field_words */
		const struct range *range;   /* the integers, NUMBERS: 0 for all that the C type holds. Read by field_range */
		int (*check)(const void *member, struct place *, struct report *);   /* this value's own rule; returns the number of complaints */
	};
};
#define CHECKED(function) .checked = true, .check = function
struct object {
	const char *name, *section;      /* "linux.resources.memory", where the specification speaks of it */
	uint16_t size, count;            /* of the struct in bytes; of fields */
	const struct field *fields;
	int (*check)(const void *object, struct place *, struct report *);   /* rules between members, or 0 */
};

/* field_words, field_range: of a field of those kinds, or 0. */
static inline const struct words *field_words(const struct field *f)
{
	return f->checked ? 0 : f->words;
}
static inline const struct range *field_range(const struct field *f)
{
	return f->checked ? 0 : f->range;
}

/* spec_has: whether the field called `name` was in the document. The index is found by name in the table: for code that runs once a property. */
bool spec_has(const struct object *table, const void *object, const char *name);
/* spec_value: the value of a map's key (annotations), or 0. */
const char *spec_value(const struct string_map *map, const char *key);
/* spec_set: sets that bit, for a program that fills a struct itself and means a value of zero: emit leaves out zero values without it (but not
 * WRITTEN, EXPECTED and REQUIRED ones). A name that the table lacks is a programmer's error and does nothing. */
void spec_set(const struct object *table, void *object, const char *name);

#endif
