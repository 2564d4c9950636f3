/* SPDX-License-Identifier: ISC */
/* A user namespace made only to carry a mapping for idmapped mounts, mount_setattr(2); runtime-spec, config.md, mounts' uidMappings and gidMappings. */
#ifndef KERNEL_IDMAP_H
#define KERNEL_IDMAP_H

#include <stddef.h>
#include "base/err.h"
#include "kernel/ids.h"

/* idmap_userns: returns an fd of a new user namespace with these maps (the caller's, close-on-exec), or -1. Its short-lived child is waited for. */
int idmap_userns(const struct idmap *uids, size_t uid_count, const struct idmap *gids, size_t gid_count, struct err *e);

#endif
