/* SPDX-License-Identifier: ISC */
/* A layer as image/unpack.h leaves it, with marks, made into overlay form: what the marks mean is looked up in the layers below it. */
#ifndef IMAGE_OVERLAY_SETTLE_H
#define IMAGE_OVERLAY_SETTLE_H

#include "image/overlay.h"

/* overlay_settle: layerfd, a readable directory of the filesystem that lowers are on. Whiteouts of what is there below become devices, opaque directories get
 * their xattr, implied directories the attributes of those below them. marked: there are marks below layerfd itself. 0, or -1: ""PATH": …". */
int overlay_settle(int layerfd, const struct overlay *lowers, bool marked, bool privileged, struct err *e);

#endif
