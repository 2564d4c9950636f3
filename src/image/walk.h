/* SPDX-License-Identifier: ISC */
/* All manifests that a layout's index leads to, nested indexes too (image-spec, image-index.md), one after another and without recursion. */
#ifndef IMAGE_WALK_H
#define IMAGE_WALK_H

#include <stdbool.h>
#include "base/limits.h"
#include "image/layout.h"

#define WALK_TEXT_BYTES 256
struct walk_level {
	char digest[WALK_TEXT_BYTES];      /* of this index; "" is index.json */
	int64_t size;
	uint32_t next, count;              /* the descriptor to look at next */
	char name[WALK_TEXT_BYTES];        /* org.opencontainers.image.ref.name of its descriptor or one above it; "" */
};
struct walk {
	const struct layout *layout;
	struct report *report;             /* where all that is wrong with an index goes (place is the index's then), and the walk goes on with the rest of it; 0: the first is its error */
	struct image_index index;          /* the innermost one that is open, in DOCUMENT_INDEX */
	unsigned depth;                    /* of level */
	unsigned seen;                     /* descriptors so far */
	bool loaded;                       /* index is level[depth]'s */
	struct walk_level level[LIMIT_INDEX_DEPTH];
	/* what was found last; descriptor lives until the next walk_next or reading of DOCUMENT_INDEX */
	const struct descriptor *descriptor;
	const char *name;                  /* its ref.name or that of an index it stands in; "" */
	char place[LIMIT_PLACE_BYTES];     /* "index.json: manifests[0] → sha256:0123456789ab…" */
};

void walk_start(struct walk *w, const struct layout *l);
/* walk_next: 1: the next descriptor that is not an index; 0: no more; -1: an index could not be read, with its place in e; the walk may go on behind it
 * (but not behind a limit: e->number is E2BIG). */
int walk_next(struct walk *w, struct err *e);
/* walk_has_digest: whether digest is that of what was found last, or of an index it stands in. */
bool walk_has_digest(const struct walk *w, const char *digest);
/* walk_is_sound: of a descriptor in a document with complaints, whether there is enough of it to go on with. */
bool walk_is_sound(const struct descriptor *d);
/* walk_short: "sha256:0123456789ab…" for messages, in to. Returns to. */
const char *walk_short(const char *digest, char to[WALK_TEXT_BYTES]);

#endif
