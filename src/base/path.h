/* SPDX-License-Identifier: ISC */
/* Paths inside a root that is not ours, resolved to fds once. openat2(2) RESOLVE_IN_ROOT; a component walk where the kernel lacks it.
 * ".." and absolute names and symlinks stay within the root; magic links are not followed. */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "base/err.h"

/* path_open: opens path inside rootfd with openat(2)'s flags (O_CLOEXEC added; O_NOFOLLOW concerns the last component; O_CREAT allowed with mode).
 * Returns the fd (the caller closes it), or -1 with errno alone: the caller knows what to say. ELOOP after 40 symlinks. */
int path_open(int rootfd, const char *path, int flags, mode_t mode);
/* path_make_dirs: path_open(O_PATH|O_DIRECTORY) that makes missing directories with mode; an existing non-directory on the way is ENOTDIR,
 * a dangling symlink is followed inside the root and its target made. Returns the O_PATH fd or -1 with errno. */
int path_make_dirs(int rootfd, const char *path, mode_t mode);
/* path_make_file: opens (O_RDONLY) the file path, made empty with mode where it is missing, as are directories on the way (0755), symlinks that lead nowhere yet included. */
int path_make_file(int rootfd, const char *path, mode_t mode);
/* path_open_parent: resolves all but the last component (made where missing if make_mode is not 0), stores the last one's place in *name (into path;
 * "." for the root itself). Returns the parent's O_PATH|O_DIRECTORY fd or -1 with errno. A path that ends in ".." is EINVAL. */
int path_open_parent(int rootfd, const char *path, mode_t make_mode, const char **name);
/* path_clean: lexical: writes path to buffer with no empty, "." or ".." components (".." stops at the root), absolute if path is. buffer may
 * be path itself. 0, -1 ENAMETOOLONG. */
int path_clean(const char *path, char *buffer, size_t size);
/* path_reopen: a new open file description of fd (often O_PATH) with flags, through /proc/self/fd. -1 with errno. */
int path_reopen(int fd, int flags);
/* path_proc: writes "/proc/self/fd/N" for system calls that take only paths. Returns buffer. */
#define PATH_PROC_BYTES 32
const char *path_proc(int fd, char buffer[PATH_PROC_BYTES]);
/* path_proc_here: from now on that is relative to the working directory, which must be a procfs: where /proc is somebody else's. */
void path_proc_here(void);

#endif
