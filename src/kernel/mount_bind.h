/* SPDX-License-Identifier: ISC */
/* Bind mounts, for kernel/mount.c: open_tree(2), mount_setattr(2), move_mount(2); mount(2) with MS_BIND and MS_REMOUNT where the kernel lacks them. */
#ifndef KERNEL_MOUNT_BIND_H
#define KERNEL_MOUNT_BIND_H

#include "kernel/mount.h"

/* mount_bind: binds r's source on the open destination fd; clean: its name, to find the mount again on old kernels. 0 or -1. */
int mount_bind(const struct mount_request *r, int fd, const char *clean, struct err *e);
/* mount_bind_detached: a clone of r's source (by name; MS_REC: of the tree) with r's mapping, detached; what is mounted there later comes to the source alone.
 * Returns its fd (the caller's) or -1. */
int mount_bind_detached(const struct mount_request *r, struct err *e);
/* mount_bind_finish: propagation and recursive attributes of the mount whose root fd is. 0 or -1. */
int mount_bind_finish(int fd, const struct mount_options *o, struct err *e);
/* mount_bind_copy_symlink: "copy-symlink": a source that is a symlink is made again at the destination. 1: done; 0: the source is no symlink; -1. */
int mount_bind_copy_symlink(const struct mount_request *r, const char *clean, struct err *e);

#endif
