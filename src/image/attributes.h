/* SPDX-License-Identifier: ISC */
/* Owners, modes, xattrs and times of what was unpacked, in the order that keeps them: an owner clears setuid and capabilities, so it comes first. */
#ifndef IMAGE_ATTRIBUTES_H
#define IMAGE_ATTRIBUTES_H

#include <sys/stat.h>
#include "image/unpack.h"

/* attributes_set_fd: of a file or directory whose content is complete. With times false the times are left for later. 0 or -1. */
int attributes_set_fd(struct unpack *u, int fd, const struct tar_entry *x, bool times, ino_t *inode, struct err *e);
/* attributes_set_at: of a symlink or node. 0 or -1. */
int attributes_set_at(struct unpack *u, int parent, const char *name, const struct tar_entry *x, struct err *e);
/* attributes_clear_xattrs: removes all of a directory that its new entry does not know of. 0 or -1. */
int attributes_clear_xattrs(int fd, struct err *e);
/* attributes_copy: owner, mode and xattrs of one file or directory to another; attributes_copy_as: with st's owner and mode. 0 or -1. */
int attributes_copy(int from, int to, bool privileged, struct err *e);
int attributes_copy_as(int from, int to, bool privileged, const struct stat *st, struct err *e);
/* attributes_copy_at: the xattrs of a symlink or node from one directory to another. 0 or -1. */
int attributes_copy_at(int from, int to, const char *name, struct err *e);

#endif
