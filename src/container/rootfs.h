/* SPDX-License-Identifier: ISC */
/* The container's file system (runtime-spec, config.md "Root", "Mounts"; config-linux.md "Default Filesystems", "Devices", "Masked Paths"). Steps of init. */
#ifndef CONTAINER_ROOTFS_H
#define CONTAINER_ROOTFS_H

#include "container/container.h"
#include "kernel/dev.h"

int rootfs_prepare(struct container *c, struct err *e);   /* c->rootfs_fd: the mount that becomes "/" */
/* mounts[] in their order, in two steps: up to the first that takes the network namespace, if that is made beside init; and the rest. */
int rootfs_mounts(struct container *c, struct err *e);
int rootfs_later_mounts(struct container *c, struct err *e);
int rootfs_mount(struct container *c, uint32_t index, struct err *e);   /* one of them */
/* rootfs_destination: of a mount: absolute, clean, inside the rootfs. 0 or -1. */
int rootfs_destination(const struct container *c, const char *destination, char clean[LIMIT_PATH_BYTES], struct err *e);
struct dev_node rootfs_node(const struct device_node *d);
bool rootfs_has_later_mounts(const struct container *c);
uint32_t rootfs_first_later_mount(const struct container *c);   /* its index, or how many there are */
int rootfs_devices(struct container *c, struct err *e);   /* linux.devices, default ones, links; then /dev read-only if it is to be and no terminal comes there */
int rootfs_protect_dev(struct container *c, struct err *e);   /* that, after the terminal */
/* linux.readonlyPaths, maskedPaths: those in /proc, and the others. */
int rootfs_proc_masks(struct container *c, struct err *e);
int rootfs_other_masks(struct container *c, struct err *e);
/* rootfs_settled: no later mount lies on directory, in it, or on what it is in: steps that concern it need not wait for them. */
bool rootfs_settled(const struct container *c, const char *directory);
int rootfs_cwd(struct container *c, struct err *e);       /* process.cwd is made where it is missing */
int rootfs_pivot(struct container *c, struct err *e);     /* c->rootfs_fd becomes "/" */
int rootfs_finish(struct container *c, struct err *e);    /* root.readonly, linux.rootfsPropagation */
/* rootfs_count: how many mounts lie on rootfs (absolute, without links) itself. 0 or -1. */
int rootfs_count(const char *rootfs, uint32_t *mounts, struct err *e);
/* rootfs_unmount: undo where the mounts were made in the runtime's own namespace (record.hostMounts): all below record.rootfs are detached, and those on it that
 * rootfs_count had not found before (record.rootMounts): the one that root.readonly needs. 0 or -1. */
int rootfs_unmount(struct container *c, struct err *e);

#endif
