/* SPDX-License-Identifier: ISC */
/* generate: config.json edited by flags, each of which is a row of one table over the field tables. */
#ifndef CHECK_GENERATE_H
#define CHECK_GENERATE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "spec/config.h"
#include "spec/document.h"

struct generate {
	struct document *document;     /* its arena takes what is made */
	struct config *config;
	struct err *e;
};
/* A row: what a flag of this name does to which member. */
struct generate_row {
	char name[56];                 /* "linux-mem-limit" */
	char path[64];                 /* "linux.resources.memory.limit" */
	char form[48];                 /* how a value is cut into members ("*type:hard:soft"); "" */
	char op;                       /* '=' set, '+' add, '-' remove, '0' clear, 'j' JSON, 'p' privileged, 'f' a file of env, 's' seccomp */
	int flag;                      /* rows of one flag have one number */
	const char *at, *prefix, *group;   /* where the table goes on; of the group */
};

/* generate_next: the row behind the one in *r (all 0: the first). False behind the last. */
bool generate_next(struct generate_row *r);
/* generate_takes_value: false for those that are only given or not. */
bool generate_takes_value(const struct generate_row *r);
/* generate_apply: does what the row says with one value (0: none). first: of its flag: what '=' sets to lists replaces what was there. 0 or -1: "linux.x.y: reason". */
int generate_apply(struct generate *g, const struct generate_row *r, const char *value, bool first);
/* generate_flag: the same by name, all rows of it: for profiles. generate_clear: the member at path is made absent. */
int generate_flag(struct generate *g, const char *name, const char *value);
int generate_clear(struct generate *g, const char *path);

/* Parts. generate_seccomp: actions, architectures, defaults of linux.seccomp; what: the row's form. */
int generate_seccomp(struct generate *g, const char *what, const char *value);
/* A place in the config: the member of a struct; objects on the way to it are made where create is. */
struct slot { const struct object *table; void *holder; const struct field *field; void *member; };
/* generate_find: 0, or -1: no such member, or (without create) an object is missing: then holder is 0. */
int generate_find(struct generate *g, const char *path, bool create, struct slot *s);
void generate_present(const struct slot *s, bool present);
/* generate_grow: room for one more item of `size` at the end of a list, zeroed; 0: no memory (g->e). */
void *generate_grow(struct generate *g, void *list, size_t size);
/* generate_form: cuts value by form into the members of one object of the table. drop: the last one asks to be removed, and is absent now. */
int generate_form(struct generate *g, const struct object *table, void *object, const char *form, const char *value, bool *drop);
/* generate_scalar: text to the member of a field of one value. */
int generate_scalar(struct generate *g, const struct field *field, const char *text, void *member);

#endif
