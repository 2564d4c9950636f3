/* SPDX-License-Identifier: ISC */
/* Where in a document we are, and what collects complaints about it. */
#ifndef SPEC_REPORT_H
#define SPEC_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/limits.h"

struct place { char text[LIMIT_PLACE_BYTES]; size_t length; };   /* "linux.devices[2].path"; cut with "…" when too long */
/* place_member, place_index, place_key: append ".name" (without the dot at the start), "[i]", "[\"key\"]"; each returns the length before, to give to place_back. */
size_t place_member(struct place *p, const char *name);
size_t place_index(struct place *p, size_t index);
size_t place_key(struct place *p, const char *key);
void place_back(struct place *p, size_t length);

enum level { LEVEL_MAY, LEVEL_SHOULD, LEVEL_MUST };               /* RFC 2119, as validate's --compliance-level */
struct report {
	/* add: one complaint; section may be 0. Nonzero asks the walker to stop. */
	int (*add)(struct report *, enum level, const char *place, const char *section, const char *text);
	unsigned errors, warnings;                                    /* MUSTs; the rest */
	bool strict;                                                  /* nulls, and members of other versions and platforms, are complaints too */
	uint8_t since, platform;                                      /* where strict: enum since; enum platform, 0xFF for any */
	struct err *first;                                            /* report_first: where the first MUST goes */
	bool stopped;                                                 /* add has asked to stop, or there is no memory to go on: nothing more is added */
};
/* report_first: a report that keeps the first MUST as "PLACE: text" in e and stops there; the rest go to the debug log. */
void report_first(struct report *r, struct err *e);
/* report_add: formats and counts one complaint; returns 1, so that a check can sum its complaints. Control characters become '?'. */
int report_add(struct report *r, enum level level, const struct place *p, const char *section, const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
