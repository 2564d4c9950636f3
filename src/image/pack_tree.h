/* SPDX-License-Identifier: ISC */
/* A directory tree as a tar archive, the same bytes for the same tree: names sorted by their bytes, times cut to seconds and not later than asked. */
#ifndef IMAGE_PACK_TREE_H
#define IMAGE_PACK_TREE_H

#include "image/tar_write.h"

/* pack_tree: all of rootfd, a readable directory, through w. workfd: an empty directory for the first names of files that have several. latest: of mtimes, seconds; or -1.
 * Sockets, and what is mounted in it, are left out with a warning. 0, or -1: ""PATH": …". */
int pack_tree(int rootfd, int workfd, int64_t latest, const struct tar_writer *w, struct err *e);

#endif
