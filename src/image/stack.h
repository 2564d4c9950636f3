/* SPDX-License-Identifier: ISC */
/* An image's layers onto one root filesystem: each is verified while it is unpacked alone, and then merged into those below it. */
#ifndef IMAGE_STACK_H
#define IMAGE_STACK_H

#include "image/overlay.h"
#include "image/select.h"
#include "image/tar.h"

/* stack_layers: into rootfd, an empty directory; workfd is another one of the same filesystem, for what is being made. 0, or -1: "layers[0]: …". */
int stack_layers(const struct image *image, int workfd, int rootfd, bool no_xattrs, struct err *e);
/* stack_alone: layer number into rootfd, an empty directory of the filesystem that lowers, the layers below it, are on: in overlay form (image/overlay.h). 0 or -1: "layers[0]: …". */
int stack_alone(const struct image *image, uint32_t number, int workfd, int rootfd, struct overlay *lowers, struct err *e);
/* stack_check: one layer alone, not unpacked: size, digest, diff_id, and that it is a tar archive. 0 or -1. */
int stack_check(const struct layout *l, const struct descriptor *layer, const char *diff_id, struct err *e);
/* stack_try: the same of an open stream, which it closes. 0 or -1. */
int stack_try(struct stream *s, struct err *e);

#endif
