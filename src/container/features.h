/* SPDX-License-Identifier: ISC */
/* What this runtime can do, gathered from the tables that make it do it (runtime-spec, features.md). */
#ifndef CONTAINER_FEATURES_H
#define CONTAINER_FEATURES_H

#include "spec/features.h"

/* features_get: the document, over static parts: of the process's life, the same at every call but for the texts given. Nothing of the host is asked. */
const struct features *features_get(const char *version, const char *commit);

#endif
