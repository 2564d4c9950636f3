/* SPDX-License-Identifier: ISC */
/* zos (runtime-spec, config-zos.md, "Namespaces"). */
#include "spec/rules.h"
#include "spec/table.h"
#include "spec/zos.h"

static const struct words types = WORDS("pid", "mount", "ipc", "uts");

static const struct field namespace_fields[] = {
	F(zos_namespace, type, REQUIRED, .words = &types),
	F(zos_namespace, path, OPTIONAL, CHECKED(check_absolute)),
};
static const struct object namespace_object = TABLE("zos.namespaces", "config-zos.md, Namespaces", zos_namespace, namespace_fields, 0);

static const struct field zos_fields[] = {
	F_LIST(zos, "namespaces", namespaces, OPTIONAL, zos_namespace, namespace_object),
};
const struct object zos_object = TABLE("zos", "config-zos.md", zos, zos_fields, 0);
