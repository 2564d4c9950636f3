/* SPDX-License-Identifier: ISC */
/* `mounts add|remove` (crun(1)): the mounts of a container that lives. A process joins all its namespaces, as one of exec does, by a list of steps of its own (live_steps);
 * sources of bind mounts are cloned by the runtime, at the host (container/sources.h). */
#ifndef CONTAINER_LIVE_H
#define CONTAINER_LIVE_H

#include "container/container.h"

/* live_apply: step "mounts", inside: all of config.mounts, which is what was asked for; does not return but for an error. Where one can't be added, those before it are
 * removed again. The container's own /proc is not trusted. */
int live_apply(struct container *c, struct err *e);

#endif
