/* SPDX-License-Identifier: ISC */
/* Layers in overlay form copied onto one root filesystem: for kernels that cannot mount them. */
#ifndef IMAGE_OVERLAY_COPY_H
#define IMAGE_OVERLAY_COPY_H

#include "image/overlay.h"

/* overlay_copy: all of o into rootfd, an empty directory; workfd is another one of the same filesystem, for what is being made. Hard links stay, also across layers; holes stay.
 * 0, or -1: ""PATH": …". */
int overlay_copy(const struct overlay *o, int workfd, int rootfd, bool privileged, struct err *e);

#endif
