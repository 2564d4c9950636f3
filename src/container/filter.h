/* SPDX-License-Identifier: ISC */
/* linux.seccomp (runtime-spec, config-linux.md, "Seccomp") in the words of kernel/seccomp.h. */
#ifndef CONTAINER_FILTER_H
#define CONTAINER_FILTER_H

#include "container/container.h"

/* filter_find (step "filter", beside init): opens c->filter_fd, and knows of c->filter what is not the filter itself. filter_load: the filter, in init once it has the file from the runtime.
 * filter_compile: both at once, for a process that is yet to be made. 0 or -1. */
int filter_find(struct container *c, struct err *e);
int filter_load(struct container *c, struct err *e);
int filter_compile(struct container *c, struct err *e);

#endif
