/* SPDX-License-Identifier: ISC */
/* Where an entry goes: its path, cleaned, and the directory it stands in, resolved inside the root. */
#ifndef IMAGE_PLACE_H
#define IMAGE_PLACE_H

#include "image/unpack.h"

/* place_clean: path without "", "." and ".." components and leading slashes, "." for the root, in to[LIMIT_TAR_PATH_BYTES]. 0, or -1: empty, too deep, too long. */
int place_clean(const char *path, char *to, struct err *e);
/* place_name: the last component of a cleaned path. */
const char *place_name(const char *path);
/* place_parent: the directory of u->path, made where it is missing. Its fd stays u's. -1: a parent that is not a directory, a symlink loop, … */
int place_parent(struct unpack *u, struct err *e);
/* place_keep: fd, the directory u->path itself, becomes the parent of what follows; it is u's from here on. */
void place_keep(struct unpack *u, int fd);
/* place_clear: removes what stands at name, so that an entry can be made. 0 or -1. */
int place_clear(int parent, const char *name, struct err *e);
/* place_mark: makes an empty file, a mark of whiteout.h, in directory. 0 or -1 with errno. */
int place_mark(int directory, const char *name);
/* place_unmark: removes one. 1, 0: there was none, -1. */
int place_unmark(int directory, const char *name, struct err *e);

#endif
