/* SPDX-License-Identifier: ISC */
/* What a container has used, as JSON in the members of `runc events`, runc-events(8). */
#ifndef CONTAINER_STATS_H
#define CONTAINER_STATS_H

#include "base/out.h"
#include "kernel/cgroup_stats.h"

/* stats_emit: the object that is called data there. */
void stats_emit(const struct cgroup_stats *s, struct out *o);

#endif
