/* SPDX-License-Identifier: ISC */
/* Blobs and the index of a layout that is written: each file appears whole or not at all, also after power loss. */
#ifndef IMAGE_BLOB_H
#define IMAGE_BLOB_H

#include "image/layout.h"

/* layout_make: oci-layout, index.json (no images) and blobs in dirfd, where they are missing. 0 or -1. */
int layout_make(int dirfd, struct err *e);
/* blob_make_place: the directories of a digest's blob; path gets its path. 1: it is there already, with that size; 0: it is not; -1. */
int blob_make_place(int dirfd, const char *digest, int64_t size, char path[320], struct err *e);
/* blob_sync_place: after a rename to path, which is cut: the directory on disk. 0 or -1. */
int blob_sync_place(int dirfd, char *path, struct err *e);
/* layout_check_target: layout_make in a directory that is a layout or empty. 0, or -1: "is not an image layout". */
int layout_check_target(int dirfd, struct err *e);
/* blob_copy_bytes: a blob's bytes to a file or pipe, verified. 0 or -1. */
int blob_copy_bytes(const struct source_blob *blob, int to, struct err *e);
/* blob_copy: one blob of from into the layout dirfd, verified on the way; nothing to do where it is there. 0 or -1. */
int blob_copy(const struct layout *from, const struct descriptor *blob, int dirfd, struct err *e);

/* What is to be done where the index has another image of that name. */
enum refs_existing { REFS_REFUSE, REFS_REPLACE };
/* refs_put: d into dirfd's index.json as name ("": none); annotations of d but the name stay. Waits for other writers. 0, or -1: "reference NAME is there already". */
int refs_put(int dirfd, const struct descriptor *d, const char *name, enum refs_existing existing, struct err *e);
/* refs_has: whether there is an image of that name, other than the one of that digest (0: any), or the index cannot be read; with the error. */
bool refs_has(int dirfd, const char *name, const char *digest, struct err *e);
/* refs_remove: all with that name, or that digest. Returns how many, or -1. */
int refs_remove(int dirfd, const char *name, struct err *e);

#endif
