/* SPDX-License-Identifier: ISC */
/* The change of root: pivot_root(2), chroot(2), the initramfs; runtime-spec, config.md, "Root", config-linux.md, "Rootfs Mount Propagation". */
#ifndef KERNEL_ROOT_H
#define KERNEL_ROOT_H

#include <stdbool.h>
#include "base/err.h"

/* root_prepare: in a new mount namespace: gives "/" its propagation (0: MS_SLAVE|MS_REC; else as mount_propagation() of linux.rootfsPropagation),
 * makes the mount that holds rootfs private where "/" stays shared, binds rootfs on itself (recursively), and opens it. When "/" is the initramfs, or no mount point (a
 * chroot), a bind of it becomes "/" first, so that pivot_root works. Returns an O_PATH fd of the new mount (the caller's), or -1: "rootfs \"PATH\": …". */
int root_prepare(const char *rootfs, unsigned long propagation, struct err *e);
/* root_pivot: makes root_fd "/", detaches the old root; the working directory is "/" after it. propagation: as given to root_prepare; one that leaves the old root shared costs
 * three calls more, so that nothing is unmounted at the host. 0 or -1. */
int root_pivot(int root_fd, unsigned long propagation, struct err *e);
/* root_move: for --no-pivot: unmounts (or covers) every other /proc and /sys, then MS_MOVE over "/" and chroot. 0 or -1. */
int root_move(int root_fd, struct err *e);
/* root_finish: inside the new root: propagation of "/" where the config asks for other than private (0: nothing), then read-only if readonly. 0 or -1. */
int root_finish(unsigned long propagation, bool readonly, struct err *e);

#endif
