/* SPDX-License-Identifier: ISC */
/* The component walk behind base/path.h: what openat2(2) does inside a root, one component at a time, and the making of missing directories. */
#ifndef BASE_PATH_WALK_H
#define BASE_PATH_WALK_H

#include <sys/types.h>

/* open the last component with flags; make what is missing (directories) and open O_PATH; make all but the last (directories, 0755) and open that with flags */
enum path_walk { PATH_WALK_OPEN, PATH_WALK_MAKE, PATH_WALK_PARENTS };

/* path_walk: path inside rootfd. Keeps the stack of fds of the directories it went down, so ".." needs no lookup and cannot leave the root.
 * Returns an fd or -1 with errno: ELOOP after 40 symlinks, ENAMETOOLONG, E2BIG below LIMIT_WALK_DEPTH directories. */
int path_walk(int rootfd, const char *path, int flags, mode_t mode, enum path_walk how);

#endif
