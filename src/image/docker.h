/* SPDX-License-Identifier: ISC */
/* Archives of `docker save` in their older form: manifest.json instead of an index (Docker's image specification 1.2, "Combined Image JSON + Filesystem
 * Changeset Format"). */
#ifndef IMAGE_DOCKER_H
#define IMAGE_DOCKER_H

#include "image/layout.h"

/* docker_index: makes up the index and the manifests that an image layout would have, as entries of image/archive.h; a reference is a RepoTag. Layers that are
 * compressed have no digest in there: it is taken. 0, or -1: "manifest.json: …". */
int docker_index(const struct layout *l, struct err *e);

#endif
