/* SPDX-License-Identifier: ISC */
/* A blob that comes by once: all that can be said of it before it is known what it is for. */
#ifndef IMAGE_EXAMINE_H
#define IMAGE_EXAMINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "image/source.h"

struct examination {
	bool bad_blob;                     /* its digest is not the one in its path: problem tells */
	struct err problem;                /* why it is no layer; empty: it is one */
	struct digest diff_id;             /* then: the archive's digest, of the algorithm that its blob's name has, or else sha256 */
};

/* examine_is_document: whether bytes may begin a JSON document. */
bool examine_is_document(const uint8_t *bytes, size_t length);
/* examine_blob: takes all of blob from its pipe; path tells its digest where it is blobs/ALGORITHM/ENCODED. 0, or -1 when the pipe itself failed. */
int examine_blob(const char *path, struct source_blob *blob, struct examination *found, struct err *e);

#endif
