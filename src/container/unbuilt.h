/* SPDX-License-Identifier: ISC */
/* Properties that have their struct and table but do not act yet: setting one is a clear error, never silence. A row goes when its consumer comes. */
#ifndef CONTAINER_UNBUILT_H
#define CONTAINER_UNBUILT_H

#include <stdbool.h>
#include "base/err.h"
#include "spec/config.h"

/* unbuilt_check: 0, or -1: "linux.intelRdt: not built yet", "windows: a config for another platform". */
int unbuilt_check(const struct config *config, struct err *e);
/* unbuilt_acts: whether the property of that place ("linux.intelRdt") acts: it has no row here. */
bool unbuilt_acts(const char *place);

#endif
