/* SPDX-License-Identifier: ISC */
/* `exec`: one more process inside a running container (runc(8), exec). It is made like a container's init, by its own list of steps (exec_steps), with every namespace joined
 * and nothing recorded. */
#ifndef CONTAINER_ENTER_H
#define CONTAINER_ENTER_H

#include "container/container.h"

/* enter_affinity_initial, enter_affinity_final: process.execCPUAffinity, by the runtime, before and after the process is in the container's cgroups. */
int enter_affinity_initial(struct container *c, struct err *e);
int enter_affinity_final(struct container *c, struct err *e);
/* enter_cgroup: as launch_enter, but where the container's own cgroup takes no processes any more (its init has made cgroups below, or has left it, and it is gone), into its init's v2 one, if --cgroup names none. */
int enter_cgroup(struct container *c, struct err *e);
int enter_pidfd(struct container *c, struct err *e);   /* step "pidfd": of the process, to --pidfd-socket */
/* enter_all: the config becomes one that joins all namespaces of init that differ from the caller's; c->rootfs_fd is init's root. 0, or -1: init is gone. */
int enter_all(struct container *c, struct err *e);
/* enter_root (step "root", inside all namespaces): the container's root is "/", c->rootfs_fd a descriptor of it. */
int enter_root(struct container *c, struct err *e);
/* enter_terminal (step "terminal"): a pty of the container's devpts; its master goes to the console socket or to the runtime. */
int enter_terminal(struct container *c, struct err *e);

#endif
