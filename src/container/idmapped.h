/* SPDX-License-Identifier: ISC */
/* Mounts with an ID mapping of their own (runtime-spec, config.md, "Mounts", uidMappings, gidMappings, idmap, ridmap). Who maps a mount must rule over its filesystem: where
 * the container has a user namespace, its init does not, and the runtime prepares such mounts before it makes init. */
#ifndef CONTAINER_IDMAPPED_H
#define CONTAINER_IDMAPPED_H

#include "container/container.h"
#include "kernel/mount.h"

/* idmapped_wanted: whether the runtime has something to prepare. idmapped_prepare: its step: c->idmapped[] holds a detached mount for each. 0 or -1. */
bool idmapped_wanted(const struct container *c);
int idmapped_prepare(struct container *c, struct err *e);
/* idmapped_source: fills r for the mount m: with what was prepared, or with the mapping for init to apply; nothing where it has none. idmapped_done: closes what is the
 * mount's own. 0 or -1. */
int idmapped_source(struct container *c, const struct mount *m, struct mount_request *r, struct err *e);
void idmapped_done(struct container *c, const struct mount_request *r);

#endif
