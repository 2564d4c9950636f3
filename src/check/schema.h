/* SPDX-License-Identifier: ISC */
/* JSON Schema (2020-12) from the field tables: one more walk of them. */
#ifndef CHECK_SCHEMA_H
#define CHECK_SCHEMA_H

#include <stdbool.h>
#include "base/out.h"
#include "spec/field.h"

/* schema_print: the schema of a table's documents, called `name`. nullable: null counts as absent where a member may be missing, as it does in image documents. */
void schema_print(struct out *o, const struct object *table, const char *name, bool nullable);

#endif
