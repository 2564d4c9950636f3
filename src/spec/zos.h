/* SPDX-License-Identifier: ISC */
/* zos (runtime-spec, config-zos.md). Parsed and checked; no such container is created. */
#ifndef SPEC_ZOS_H
#define SPEC_ZOS_H

#include "spec/field.h"

struct zos_namespace { struct node node; const char *type, *path; };
struct zos { struct node node; LIST_OF(struct zos_namespace) namespaces; };
extern const struct object zos_object;

#endif
