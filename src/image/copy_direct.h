/* SPDX-License-Identifier: ISC */
/* image copy from a pipe into a store: a layer that comes by when those below it are there is unpacked as it comes, without a copy of its blob. What comes in another order
 * is kept. */
#ifndef IMAGE_COPY_DIRECT_H
#define IMAGE_COPY_DIRECT_H

#include "image/archive.h"
#include "image/image_store.h"

struct copy_direct {
	struct archive_taker taker;        /* first */
	/* the caller's */
	struct image *image;               /* its layout is being opened */
	const struct selection *selection;
	const char *store;                 /* the directory, opened when there is something to put in it */
	/* ours */
	struct image_store s;
	struct overlay layers;             /* those that are there */
	char chain[DIGEST_TEXT_MAX];
	bool opened, chosen;
};

/* copy_direct_take: taker's. */
int copy_direct_take(struct archive_taker *taker, const char *path, struct err *e);
/* copy_direct_close: the store's layers stay, for image_store_add to find. */
void copy_direct_close(struct copy_direct *d);

#endif
