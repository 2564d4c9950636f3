/* SPDX-License-Identifier: ISC */
/* Where an image's documents and blobs come from (image-spec, image-layout.md). One of
 *   - a layout directory. Everything is opened inside it: a symlink may lead to another place in it, never out;
 *   - a plain tar archive of one, or one of `docker save` (manifest.json; where it has both forms it is taken for a layout): in a file, in place;
 *   - the same compressed, or from a pipe: through an unlinked file (spool), or once, for validation alone.
 * Whoever has a layout need not know which it is:
 *     layout_open(&l, name, spool, e)                    opens it
 *     layout_read_index(&l, &index, e)                   or walk_start and walk_next (image/walk.h): lists its manifests
 *     layout_read(&l, &descriptor, document, table, &to, e)    a document of it, verified
 *     layout_open_blob(&l, &descriptor, &blob, e)        then source_start and source_fill (image/source.h): its bytes, verified at their end; io_close(blob.fd)
 *     layout_close(&l)
 * One archive a process is open at a time, beside any number of directories. */
#ifndef IMAGE_LAYOUT_H
#define IMAGE_LAYOUT_H

#include <stdbool.h>
#include "base/err.h"
#include "image/source.h"
#include "spec/document.h"
#include "spec/image.h"

struct layout {
	const char *name;          /* as the user gave it; the caller's */
	int fd;                    /* the directory, or the archive's file; -1: it came by once */
	bool archive;              /* blobs are found by image/archive.h */
};

/* LAYOUT_ONCE: in spool's place: a pipe is examined as it comes by. Its documents can be read then, its other blobs are "gone": layout_open_blob says that
 * they need --spool, and layout_examined what was found. */
#define LAYOUT_ONCE ""

/* layout_open: name is a directory, a file, or "-" (standard input). A directory must have oci-layout (of a version we know), index.json and blobs. spool: a
 * directory for a temporary file, LAYOUT_ONCE, or 0: what would need one is an error that says so. 0, or -1: "image layout must contain …", "tar: …". */
int layout_open(struct layout *l, const char *name, const char *spool, struct err *e);
/* layout_open_passing: layout_open, but what comes through a pipe is offered to taker (see image/archive.h), and only what that does not take is kept in spool. */
struct archive_taker;
int layout_open_passing(struct layout *l, const char *name, const char *spool, struct archive_taker *taker, struct err *e);
void layout_close(struct layout *l);
/* layout_documents: the process's three static documents, each with regions of its own. */
enum layout_document { DOCUMENT_INDEX, DOCUMENT_MANIFEST, DOCUMENT_CONFIG, DOCUMENTS };
struct document *layout_document(enum layout_document which);
/* layout_load_index: index.json, parsed, into d; layout_read_index: into DOCUMENT_INDEX, and decoded up to the first error. 0, or -1: "index.json: …". */
int layout_load_index(const struct layout *l, struct document *d, struct err *e);
int layout_read_index(const struct layout *l, struct image_index *index, struct err *e);
/* layout_load: a JSON blob, its size and digest verified, parsed into d, whose text it becomes. 0 or -1. */
int layout_load(const struct layout *l, const struct descriptor *blob, struct document *d, struct err *e);
/* layout_read: layout_load, and decoded by table into out up to the first error. 0 or -1. */
int layout_read(const struct layout *l, const struct descriptor *blob, struct document *d, const struct object *table, void *out, struct err *e);
/* layout_open_blob: b for a stream of it (compression is the caller's to set); its size is right, its digest can be verified. The caller closes b->fd. 0 or -1. */
int layout_open_blob(const struct layout *l, const struct descriptor *blob, struct source_blob *b, struct err *e);
/* layout_is_gone: whether the blob came by once and was examined then. */
bool layout_is_gone(const struct layout *l, const struct descriptor *blob);
/* layout_examined: what was found of such a blob: of its size and digest, and with a diff_id also whether it is a layer of that one. 0 or -1. */
int layout_examined(const struct layout *l, const struct descriptor *blob, const char *diff_id, struct err *e);
/* layout_name_of: the reference of a descriptor, its annotation; "" without one. */
#define REF_NAME "org.opencontainers.image.ref.name"
const char *layout_name_of(const struct descriptor *d);

#endif
