/* SPDX-License-Identifier: ISC */
/* maskedPaths and readonlyPaths; runtime-spec, config-linux.md, "Masked Paths", "Readonly Paths". Before pivot_root: /proc of the host is used. */
#ifndef KERNEL_MASK_H
#define KERNEL_MASK_H

#include <stddef.h>
#include "base/err.h"

/* mask_paths: each of paths[count], resolved inside root_fd: a missing one is skipped, a directory is covered by an empty read-only tmpfs (one filesystem
 * for all of them), anything else by the host's /dev/null, which is checked to be the device 1:3. 0 or -1: "\"/proc/kcore\": cannot mask: …". */
int mask_paths(int root_fd, const char *const *paths, size_t count, const char *label, struct err *e);
/* mask_readonly: each of paths[count] becomes a read-only bind of itself with its other mount flags kept; a missing one is skipped. 0 or -1. */
int mask_readonly(int root_fd, const char *const *paths, size_t count, struct err *e);

#endif
