/* SPDX-License-Identifier: ISC */
/* An image layout directory: its three parts, its blobs by digest (image-spec, image-layout.md). Everything is opened inside the directory: a symlink
 * in it may lead to another place in it, never out. */
#ifndef IMAGE_LAYOUT_H
#define IMAGE_LAYOUT_H

#include "base/err.h"
#include "image/source.h"
#include "spec/document.h"
#include "spec/image.h"

struct layout {
	const char *name;          /* as the user gave it; the caller's */
	int fd;
};

/* layout_open: name must be a directory with oci-layout (of a version we know), index.json and blobs. 0, or -1: "image layout must contain …". */
int layout_open(struct layout *l, const char *name, struct err *e);
void layout_close(struct layout *l);
/* layout_documents: the process's three static documents, each with regions of its own. */
enum layout_document { DOCUMENT_INDEX, DOCUMENT_MANIFEST, DOCUMENT_CONFIG, DOCUMENTS };
struct document *layout_document(enum layout_document which);
/* layout_read_index: index.json into DOCUMENT_INDEX. 0, or -1: "index.json: …". */
int layout_read_index(const struct layout *l, struct image_index *index, struct err *e);
/* layout_load: a JSON blob, its size and digest verified, parsed into d, whose text it becomes. 0 or -1. */
int layout_load(const struct layout *l, const struct descriptor *blob, struct document *d, struct err *e);
/* layout_read: layout_load, and decoded by table into out up to the first error. 0 or -1. */
int layout_read(const struct layout *l, const struct descriptor *blob, struct document *d, const struct object *table, void *out, struct err *e);
/* layout_open_blob: b for a stream of it (compression is the caller's to set); its size is right, its digest can be verified. The caller closes b->fd. 0 or -1. */
int layout_open_blob(const struct layout *l, const struct descriptor *blob, struct source_blob *b, struct err *e);

#endif
