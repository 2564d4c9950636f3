/* SPDX-License-Identifier: ISC */
/* "tmpcopyup": a tmpfs that starts with what the rootfs has there; runtime-spec, config.md, "Linux mount options". For kernel/mount.c. */
#ifndef KERNEL_MOUNT_COPYUP_H
#define KERNEL_MOUNT_COPYUP_H

#include "kernel/mount.h"

/* mount_copyup: mounts r's tmpfs on the open destination fd and copies the directory that was there into it: directories, files, symlinks and nodes with owner,
 * mode and times (no extended attributes, no sockets; hard links become files). 0 or -1. */
int mount_copyup(const struct mount_request *r, int fd, const char *clean, unsigned long flags, const char *data, struct err *e);

#endif
