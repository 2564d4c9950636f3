/* SPDX-License-Identifier: ISC */
/* For the tests of spec/: documents from C strings, in which ' stands for ". */
#ifndef TEST_DOCUMENTS_H
#define TEST_DOCUMENTS_H

#include <string.h>

#include "base/out.h"
#include "spec/document.h"
#include "tap.h"

static _Alignas(DOCUMENT_ALIGNMENT) char region[65537 + 8192 * sizeof(struct json_token) + 65536 + 2 * DOCUMENT_ALIGNMENT];
static const struct document_sizes region_sizes = { 65537, 8192, 65536, "LIMIT_DOCUMENT_BYTES", "LIMIT_TOKENS", "LIMIT_ARENA_BYTES" };
static struct document d;
static struct err e;
static char emitted[65536];

/* Parses and decodes; what went wrong, or "ok". */
__attribute__((unused))
static const char *decode(const struct object *table, void *out, const char *text)
{
	size_t length = strlen(text);

	DOCUMENT_INIT(&d, "F", region);
	for (size_t i = 0; i < length; i++)
		d.text[i] = text[i] == '\'' ? '"' : text[i];
	e.text[0] = '\0';
	e.number = 0;
	return document_parse(&d, length, &e) < 0 || document_decode_first(&d, table, out, &e) < 0 ? e.text : "ok";
}

/* The object as JSON, in `emitted`. */
__attribute__((unused))
static const char *emit(const struct object *table, const void *object, const char *indent)
{
	struct out o;

	out_init(&o, -1, emitted, sizeof emitted);
	document_emit_indented(&o, table, object, indent);
	return o.failed == 0 ? emitted : "failed";
}

#endif
