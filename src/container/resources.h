/* SPDX-License-Identifier: ISC */
/* linux.resources and linux.cgroupsPath (runtime-spec, config-linux.md, "Control groups") in the words of kernel/cgroup.h. */
#ifndef CONTAINER_RESOURCES_H
#define CONTAINER_RESOURCES_H

#include "container/container.h"

/* resources_plan: fills c->limits from the config and decides the cgroups: c->cgroup, c->cgroups (its text). Makes nothing. 0 or -1. */
int resources_plan(struct container *c, struct err *e);
/* resources_change: fills c->limits for an update: what change says, and of whole (what the container has from now on) what the kernel looks at together with it: memory
 * and swap, quota and period. c->cgroup is left alone. 0 or -1. */
int resources_change(struct container *c, const struct resources *whole, const struct resources *change, struct err *e);
/* The step "cgroup": made and limited before anything is inside; its undo empties and removes. */
int resources_make(struct container *c, struct err *e);
bool resources_devices_beside(const struct container *c);    /* whether its device rules are one program, and not v1's files, which resources_make writes */
int resources_devices(struct container *c, struct err *e);   /* step "device rules": they hold for who is inside already, so that init need not wait */
int resources_remove(struct container *c, struct err *e);

#endif
