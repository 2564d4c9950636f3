/* SPDX-License-Identifier: ISC */
/* Notices that a cgroup ran out of memory: v1's memory.oom_control through eventfd(2) and cgroup.event_control (the kernel's cgroup-v1/memory document, 9, 10), v2's
 * memory.events through inotify(7). */
#ifndef KERNEL_CGROUP_OOM_H
#define KERNEL_CGROUP_OOM_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "kernel/cgroup.h"

struct cgroup_oom { int fd; bool v2; uint64_t kills; };

/* cgroup_oom_open: *o->fd becomes readable when something happened; -1 where the container has no memory controller. The caller closes it. 0 or -1. */
int cgroup_oom_open(const struct cgroup *g, struct cgroup_oom *o, struct err *e);
/* cgroup_oom_take: takes what there is to read and says whether memory ran out since the last call. Never blocks. */
bool cgroup_oom_take(const struct cgroup *g, struct cgroup_oom *o);

#endif
