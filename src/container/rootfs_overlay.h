/* SPDX-License-Identifier: ISC */
/* A bundle whose root filesystem is mounted from an image store's layers: step "overlay". */
#ifndef CONTAINER_ROOTFS_OVERLAY_H
#define CONTAINER_ROOTFS_OVERLAY_H

#include "container/container.h"

#define ROOTFS_OVERLAY_FILE "runlet-overlay"

/* rootfs_overlay_wanted: whether there is such a file beside config.json. It is a file, not an annotation: those may come from an image, which must not choose what of the
 * host is mounted. Lines NAME=VALUE: store, layer (the lowest first, names in the store's layers/), upper (a directory; else a tmpfs), userxattr. */
bool rootfs_overlay_wanted(const struct container *c);
/* rootfs_overlay_mount (in init, behind "rootfs"): over the rootfs, in the container's own mount namespace: nothing is left on the host. 0 or -1. */
int rootfs_overlay_mount(struct container *c, struct err *e);

#endif
