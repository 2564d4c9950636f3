/* SPDX-License-Identifier: ISC */
/* A JSON document and what is decoded from it. A document owns (text, tokens, arena): decoded structs point into text and arena; all is
 * forgotten as a whole. Strings are unescaped in place in text, so text is no longer the file's bytes once decoded. */
#ifndef SPEC_DOCUMENT_H
#define SPEC_DOCUMENT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "json/json.h"
#include "spec/field.h"
#include "spec/report.h"

struct document {
	const char *file;              /* the name in messages; the caller's */
	char *text;                    /* the file's bytes; NUL after them */
	uint32_t text_size, length;    /* of the region; of the document */
	struct json json;              /* tokens over text */
	struct arena arena;
	const struct document_sizes *sizes;
};
/* DOCUMENT_REGIONS: the static region of one document, and document_init over it. Sizes come from limits.h. The text stands at its beginning, the tokens behind what there
 * is of text, the arena behind those: a small document touches few pages of it. */
#define DOCUMENT_REGIONS(name, text_bytes, tokens, arena_bytes) \
	static LARGE _Alignas(16) char name[(text_bytes) + 1 + (tokens) * sizeof(struct json_token) + (arena_bytes) + 2 * DOCUMENT_ALIGNMENT]; \
	static const struct document_sizes name##_sizes = { (text_bytes) + 1, (tokens), (arena_bytes), #text_bytes, #tokens, #arena_bytes }
#define DOCUMENT_INIT(d, file, name) document_init((d), (file), name, &name##_sizes)
#define DOCUMENT_ALIGNMENT 16
/* Bytes with the NUL; tokens; bytes; and the limits that each is in messages. What document_init gets stays the caller's for as long as the document. */
struct document_sizes { uint32_t text, tokens, arena; const char *text_limit, *token_limit, *arena_limit; };
void document_init(struct document *d, const char *file, char *region, const struct document_sizes *sizes);
/* document_read: reads dirfd/path whole and parses it. 0, or -1: "FILE: cannot open: …", a limit by name, or "FILE:LINE:COLUMN: JSON: reason". */
int document_read(struct document *d, int dirfd, const char *path, struct err *e);
/* document_parse: as document_read for the length bytes that the caller has put into d->text. 0 or -1 as above. */
int document_parse(struct document *d, size_t length, struct err *e);
/* document_decode: zeroes and fills *out (of table's size) from the whole document. Every complaint goes to report; unknown members are kept. 0, or -1 if one was an
 * error (with report_first: e = "FILE: linux.resources.pids.limit: …"). */
int document_decode(struct document *d, const struct object *table, void *out, struct report *report);
/* document_decode_first: document_decode that stops at the first error and puts it in e: what runtime commands use. */
int document_decode_first(struct document *d, const struct object *table, void *out, struct err *e);

struct out;
/* document_emit: writes object as JSON by its table, members in the table's order, unknown members last, indented by a tab a level if pretty. Failures are sticky in out. */
void document_emit(struct out *o, const struct object *table, const void *object, bool pretty);
/* document_emit_indented: document_emit with another indent a level ("  " is what runc's state uses); 0: all on one line. */
void document_emit_indented(struct out *o, const struct object *table, const void *object, const char *indent);

#endif
