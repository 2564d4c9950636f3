/* SPDX-License-Identifier: ISC */
/* linux.seccomp (runtime-spec, config-linux.md, "Seccomp") in the words of kernel/seccomp.h. */
#ifndef CONTAINER_FILTER_H
#define CONTAINER_FILTER_H

#include "container/container.h"

/* filter_compile (step "filter", before init exists, which inherits the result): fills c->filter. 0 or -1. */
int filter_compile(struct container *c, struct err *e);

#endif
