/* SPDX-License-Identifier: ISC */
/* process.apparmorProfile, process.selinuxLabel, linux.mountLabel (runtime-spec, config.md, "Linux Process", config-linux.md, "Mount Label") in the words of kernel/lsm.h.
 * linux.mountLabel itself acts in mounts (container/rootfs.c). */
#ifndef CONTAINER_LABELS_H
#define CONTAINER_LABELS_H

#include "container/container.h"

bool labels_wanted(const struct container *c);
/* labels_check: before anything is made: what the config asks for, the kernel has. 0, or -1 with the kernel option. */
int labels_check(const struct container *c, struct err *e);
/* labels_apply: step "labels", in init: of the next program that it executes. 0 or -1. */
int labels_apply(struct container *c, struct err *e);
/* labels_key: the session keyring that is made next has the program's SELinux label; not set: others no longer. 0 or -1. */
int labels_key(const struct container *c, bool set, struct err *e);

#endif
