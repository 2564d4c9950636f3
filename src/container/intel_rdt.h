/* SPDX-License-Identifier: ISC */
/* linux.intelRdt (runtime-spec, config-linux.md, "IntelRdt") in the words of kernel/rdt.h. */
#ifndef CONTAINER_INTEL_RDT_H
#define CONTAINER_INTEL_RDT_H

#include "container/container.h"

bool intel_rdt_wanted(const struct container *c);
/* intel_rdt_plan: before anything is made: resctrl is mounted (c->resctrl) and has what is asked for; c->resctrl_leftover for the record. 0 or -1. */
int intel_rdt_plan(struct container *c, struct err *e);
int intel_rdt_find(struct container *c, struct err *e);    /* for exec: where the group that was made is */
int intel_rdt_make(struct container *c, struct err *e);     /* step "resctrl" */
int intel_rdt_enter(struct container *c, struct err *e);    /* step "enter resctrl": c->pid */
int intel_rdt_remove(struct container *c, struct err *e);   /* undo, from the record */

#endif
