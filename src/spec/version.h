/* SPDX-License-Identifier: ISC */
/* ociVersion (runtime-spec, config.md, "Specification version"): SemVer 2.0.0. */
#ifndef SPEC_VERSION_H
#define SPEC_VERSION_H

#include <stdbool.h>
#include <stdint.h>
#include "spec/report.h"

#define SPEC_VERSION_MAJOR 1   /* what runlet implements */
#define SPEC_VERSION_MINOR 3
#define SPEC_VERSION "1.3.0"

/* version_parse: whether text is a SemVer; its first two numbers (each cut at 4294967295) are stored. */
bool version_parse(const char *text, uint32_t *major, uint32_t *minor);
/* check_version: for a field of type const char *: any 1.x; a note above 1.3. */
int check_version(const void *member, struct place *, struct report *);

#endif
