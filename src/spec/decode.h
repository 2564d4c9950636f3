/* SPDX-License-Identifier: ISC */
/* From a parsed JSON text to the struct of a table. */
#ifndef SPEC_DECODE_H
#define SPEC_DECODE_H

#include "base/arena.h"
#include "json/json.h"
#include "spec/field.h"
#include "spec/report.h"

/* spec_decode: zeroes *out (of table's size) and fills it from the value at `token`: an object; where all that table knows is a list, that list alone will do. Strings are unescaped in place in j->text; lists, maps and nested
 * objects come from arena. null counts as absent. Each complaint goes to report with its place, counted from this value. */
void spec_decode(struct json *j, uint32_t token, struct arena *arena, const struct object *table, void *out, struct report *report);

#endif
