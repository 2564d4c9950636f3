/* SPDX-License-Identifier: ISC */
/* Configs for platforms that are not this one: read and checked like any other, and refused when they are to be run. */
#ifndef CONTAINER_FOREIGN_H
#define CONTAINER_FOREIGN_H

#include "base/err.h"
#include "spec/config.h"

/* foreign_check: 0, or -1: "windows: a config for another platform than Linux can't be run here". */
int foreign_check(const struct config *config, struct err *e);

#endif
