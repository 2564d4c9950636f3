/* SPDX-License-Identifier: ISC */
/* The container's file system (runtime-spec, config.md "Root", "Mounts"; config-linux.md "Default Filesystems", "Devices", "Masked Paths"). Steps of init. */
#ifndef CONTAINER_ROOTFS_H
#define CONTAINER_ROOTFS_H

#include "container/container.h"

int rootfs_prepare(struct container *c, struct err *e);   /* c->rootfs_fd: the mount that becomes "/" */
int rootfs_mounts(struct container *c, struct err *e);    /* mounts[] */
int rootfs_devices(struct container *c, struct err *e);   /* linux.devices, default ones, links; then /dev read-only if it is to be */
int rootfs_cwd(struct container *c, struct err *e);       /* process.cwd is made where it is missing */
int rootfs_masks(struct container *c, struct err *e);     /* linux.readonlyPaths, maskedPaths */
int rootfs_pivot(struct container *c, struct err *e);     /* c->rootfs_fd becomes "/" */
int rootfs_finish(struct container *c, struct err *e);    /* root.readonly, linux.rootfsPropagation */
/* rootfs_unmount: undo where the mounts were made in the runtime's own namespace (record.hostMounts): all below record.rootfs are detached. 0 or -1. */
int rootfs_unmount(struct container *c, struct err *e);

#endif
