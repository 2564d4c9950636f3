/* SPDX-License-Identifier: ISC */
/* maskedPaths and readonlyPaths; runtime-spec, config-linux.md, "Masked Paths", "Readonly Paths". Before pivot_root: /proc of the host is used. */
#ifndef KERNEL_MASK_H
#define KERNEL_MASK_H

#include <stddef.h>
#include "base/err.h"

/* Paths, and what a listing of /proc says of each; seen is 0 where nothing was listed. */
struct mask_list {
	const char *const *paths;
	unsigned char *seen;   /* count of them, 0 at first (mask.c's business); or 0 */
	size_t count;
};

/* mask_look: where the container's procfs is one that was mounted here and that nobody else can reach (mount_own_proc), it is listed once, and what is missing from it, a directory or a file there
 * need not be opened to be known. Fills seen of all lists, and makes that procfs the working directory, in which the two below must find themselves then; elsewhere it leaves both. */
void mask_look(int root_fd, struct mask_list *lists, size_t count);
/* mask_readonly: each of the paths becomes a read-only bind of itself with its other mount flags kept; a missing one is skipped. 0 or -1. */
int mask_readonly(int root_fd, const struct mask_list *l, struct err *e);
/* mask_paths: each of the paths, resolved inside root_fd: a missing one is skipped, a directory is covered by an empty read-only tmpfs (one filesystem
 * for all of them), anything else by a null device: that which dev_populate made, or the host's /dev/null, which is checked to be the device 1:3. 0 or -1: "\"/proc/kcore\": cannot mask: …". */
int mask_paths(int root_fd, const struct mask_list *l, struct err *e);

#endif
