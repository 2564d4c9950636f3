/* SPDX-License-Identifier: ISC */
/* The one way to write below /proc: through a procfs that is known to be one, and in which nothing that is mounted or linked is followed. What a config mounts can then not lead a
 * write to another file, or into the void (CVE-2019-16884, CVE-2025-31133, CVE-2025-52881). proc(5), openat2(2). */
#ifndef KERNEL_PROCFS_H
#define KERNEL_PROCFS_H

#include "base/err.h"

/* procfs_fd: an O_PATH fd of the whole procfs at /proc (close-on-exec), opened and verified at the first call, and kept for the process's life and by its later children: one that is to
 * enter mounts of somebody else's calls it before. "self" in it is whoever asks. -1: /proc is none. */
int procfs_fd(struct err *e);
/* procfs_verify: the same of the procfs that is at path now; the fd is the caller's. */
int procfs_verify(const char *path, struct err *e);
/* procfs_openat: path below the procfs with that root. The fd, or -1 with errno: EXDEV, ELOOP where something stands in the way. */
int procfs_openat(int proc_fd, const char *path, int flags);
/* procfs_write: text to path ("self/oom_score_adj") in one write(2). 0, or -1: "cannot open|write … /proc/PATH". */
int procfs_write(const char *path, const char *text, struct err *e);

#endif
