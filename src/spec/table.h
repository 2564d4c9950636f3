/* SPDX-License-Identifier: ISC */
/* How the tables of spec/ are written. A field's C type says its kind, so that the two cannot disagree; in an EXPECTED or REQUIRED way. */
#ifndef SPEC_TABLE_H
#define SPEC_TABLE_H

#include "spec/field.h"
#include "spec/report.h"

#define KIND_OF(T, member) _Generic(((struct T *)0)->member, \
	bool: KIND_BOOL, const char *: KIND_STRING, int64_t: KIND_I64, uint64_t: KIND_U64, int32_t: KIND_I32, uint32_t: KIND_U32, \
	struct strings: KIND_STRINGS, struct numbers: KIND_NUMBERS, struct string_map: KIND_MAP, struct span: KIND_RAW)
/* 0; does not compile where sizeof(x) is not that of `struct E` */
#define SAME_SIZE(x, E) (0 * sizeof(char[sizeof(x) == sizeof(struct E) ? 1 : -1]))

/* NAMED: a member whose JSON key is no C name; F: all others. More of struct field may follow, as designated initializers. */
#define NAMED(T, key, member, NEED, ...) { .name = key, .offset = offsetof(struct T, member), .kind = KIND_OF(T, member), .need = NEED, __VA_ARGS__ }
#define F(T, member, NEED, ...) NAMED(T, #member, member, NEED, __VA_ARGS__)
#define F_ENUM(T, key, member, NEED, WORDS, ...) \
	{ .name = key, .offset = offsetof(struct T, member) + SAME_SIZE(((struct T *)0)->member, { int32_t i; }), .kind = KIND_ENUM, .need = NEED, .words = &(WORDS), __VA_ARGS__ }
/* OF: the element's table; E: its struct */
#define F_OBJECT(T, key, member, NEED, E, OF, ...) \
	{ .name = key, .offset = offsetof(struct T, member) + SAME_SIZE(*((struct T *)0)->member, E), .kind = KIND_OBJECT, .need = NEED, .of = &(OF), __VA_ARGS__ }
#define F_LIST(T, key, member, NEED, E, OF, ...) \
	{ .name = key, .offset = offsetof(struct T, member) + SAME_SIZE(*((struct T *)0)->member.items, E), .kind = KIND_LIST, .need = NEED, .of = &(OF), __VA_ARGS__ }
#define F_MAP(T, key, member, NEED, E, OF, ...) \
	{ .name = key, .offset = offsetof(struct T, member) + SAME_SIZE(*((struct T *)0)->member.items->value, E), .kind = KIND_OBJECT_MAP, .need = NEED, .of = &(OF), __VA_ARGS__ }

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define TABLE(NAME, SECTION, T, FIELDS, CHECK) { \
	.name = NAME, .section = SECTION, .size = sizeof(struct T), \
	.count = COUNT_OF(FIELDS) + 0 * sizeof(char[COUNT_OF(FIELDS) <= LIMIT_FIELDS ? 1 : -1]), .fields = FIELDS, .check = CHECK }
#define WORDS_OF(WHAT, ...) { sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *), (const char *const[]){ __VA_ARGS__ }, WHAT }
#define WORDS(...) WORDS_OF(0, __VA_ARGS__)

#endif
