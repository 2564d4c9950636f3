/* SPDX-License-Identifier: ISC */
/* An unpacked layer, whiteout marks and all, merged by rename into the layers below it (image-spec, layer.md, "Applying Changesets"). */
#ifndef IMAGE_MERGE_H
#define IMAGE_MERGE_H

#include <stdbool.h>
#include "base/err.h"

/* merge_layer: moves all of upperfd into lowerfd, both readable directories of one filesystem; upper is empty afterwards. Whiteouts remove what was
 * below before anything moves in their directory. A directory marked as implied follows what lies below it, a symlink inside the root too; another one
 * replaces it, or gives it its attributes when it is a directory. Directories below keep their times unless the layer has an entry of theirs.
 * marked: there are marks below upperfd itself; without, whole subtrees move at once. 0, or -1: ""PATH": …". */
int merge_layer(int upperfd, int lowerfd, bool marked, bool privileged, struct err *e);

#endif
