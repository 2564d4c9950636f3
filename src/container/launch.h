/* SPDX-License-Identifier: ISC */
/* How init comes into being, and how it is made to go. container/README.md tells what a killed runtime leaves. */
#ifndef CONTAINER_LAUNCH_H
#define CONTAINER_LAUNCH_H

#include "container/container.h"

/* launch_init (step "init"): one clone3(2) with all new namespaces, into the cgroup where that is v2; or through a joiner. In the child it walks init's part
 * of the plan and does not return. */
int launch_init(struct container *c, struct err *e);
/* launch_kill: its undo: kills init, and with it or after it every process of the container, and waits until they are gone, 10 s at most; UNDO_HELD: init is not. */
int launch_kill(struct container *c, struct err *e);
/* launch_enter (step "enter"): puts init into the v1 cgroups, and into the v2 one where clone could not. In init itself or, where that would lack the right, by the runtime. */
int launch_enter(struct container *c, struct err *e);

#endif
