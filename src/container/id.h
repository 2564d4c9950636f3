/* SPDX-License-Identifier: ISC */
/* Container IDs: the grammar that runc and crun share, so that an ID is always one safe file name. */
#ifndef CONTAINER_ID_H
#define CONTAINER_ID_H

#include "base/err.h"

/* id_check: [A-Za-z0-9_+.-]+, no leading ".", at most LIMIT_ID_BYTES and what a directory's name may have (255). 0, or -1: `container ID "…": reason`. */
int id_check(const char *id, struct err *e);

#endif
