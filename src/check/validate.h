/* SPDX-License-Identifier: ISC */
/* validate: all that is wrong with a bundle, or with one document of the specifications, without asking anybody else. */
#ifndef CHECK_VALIDATE_H
#define CHECK_VALIDATE_H

#include "base/err.h"
#include "json/json.h"
#include "spec/document.h"
#include "spec/field.h"
#include "spec/report.h"

struct complaint {
	enum level level;
	const char *place, *text, *section;   /* place: "" is the document; section: "config.md, Root" */
	size_t line, column;                  /* from 1, in bytes; 0: nowhere in the file */
	struct span found;                    /* what stands there, as it stands there; text 0: nothing, or too much to show */
	const struct field *field;            /* what the tables allow there; 0: nothing to say */
};
struct validation {
	enum platform platform;
	bool host_specific;                   /* asks this kernel, too */
	void (*complain)(const struct complaint *);   /* as they are found: about in the order of the file */
};
#define VALIDATE_FOUND_BYTES 80           /* longer values are not shown */

/* validate_bundle: config.json in the directory `path` and what it says of its bundle. 0, or -1: the bundle itself can't be opened. */
int validate_bundle(const struct validation *v, const char *path, struct err *e);
/* validate_document: the one document in `file`, by its table. 0, or -1 as above. */
int validate_document(const struct validation *v, const char *file, const struct object *table, struct err *e);

/* validate_table: the table of what is called so on the command line, or 0. validate_nullable: whether null counts as absent in such documents: in those of images,
 * where Go's and Docker's writers leave it; elsewhere it is a complaint. */
const struct object *validate_table(const char *name);
bool validate_nullable(const struct object *table);

#endif
