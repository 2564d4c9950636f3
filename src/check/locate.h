/* SPDX-License-Identifier: ISC */
/* From a place in a message ("linux.devices[2].path") back to where it stands in the document, and what the tables say of it. */
#ifndef CHECK_LOCATE_H
#define CHECK_LOCATE_H

#include "json/json.h"
#include "spec/field.h"

struct location {
	uint32_t token;               /* of the value; of the innermost thing around it that is there, unless exact */
	bool exact;
	const struct field *field;    /* its row; 0 where no table knows it */
	const struct object *table;   /* the object around it */
};

/* locate: j is over the document's own bytes (no string unescaped yet), table its top one. place: as spec/report.h writes it. */
struct location locate(const struct json *j, const struct object *table, const char *place);

#endif
