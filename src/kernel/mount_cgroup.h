/* SPDX-License-Identifier: ISC */
/* Mounts of type "cgroup": the host's layout as the container may see it; runtime-spec, config-linux.md, "Default Filesystems"; cgroups(7). */
#ifndef KERNEL_MOUNT_CGROUP_H
#define KERNEL_MOUNT_CGROUP_H

#include <stdbool.h>
#include "base/err.h"
#include "kernel/cgroup.h"
#include "kernel/mount.h"

/* mount_cgroup: v2 host: cgroup2 (in a cgroup namespace), or a bind of the container's own cgroup; v1 or hybrid: a tmpfs with each hierarchy mounted
 * (in a cgroup namespace) or its own cgroup bound, and links for co-mounted controllers; r->options' ro applies to all. own: where the container is;
 * namespace: whether this process is in a cgroup namespace of the container. 0 or -1. */
int mount_cgroup(const struct mount_request *r, const struct cgroup *own, bool cgroup_namespace, struct err *e);

#endif
