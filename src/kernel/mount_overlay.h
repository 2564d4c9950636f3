/* SPDX-License-Identifier: ISC */
/* An overlay of directories over another (Documentation/filesystems/overlayfs.rst). */
#ifndef KERNEL_MOUNT_OVERLAY_H
#define KERNEL_MOUNT_OVERLAY_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

/* mount_overlay: lowers (fds of this mount namespace, the lowest first) over target, with upper and work in upperdir, an absolute path that is there; 0: in a tmpfs of its own, below the
 * overlay. What is missing of upper and work is made; the root looks like the highest lower's. userxattr: the option for layers of an ordinary user. The
 * working directory is "/" afterwards. 0 or -1. */
int mount_overlay(const int *lowers, uint32_t count, const char *upperdir, bool userxattr, const char *target, struct err *e);

#endif
