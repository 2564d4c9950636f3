/* SPDX-License-Identifier: ISC */
/* What starting by `run` and by `start` have in common. */
#ifndef CONTAINER_START_H
#define CONTAINER_START_H

#include "container/container.h"

/* start_poststart: poststart hooks, the config being read. 0, or -1 where one failed and the config's ociVersion is 1.3 or later: the container is to be
 * stopped and deleted (runtime-spec 1.3, "Lifecycle", 10); before 1.3 a failure is a warning. */
int start_poststart(struct container *c, struct err *e);

#endif
