/* SPDX-License-Identifier: ISC */
/* image copy: one image from a layout or an archive to a layout, an archive or a store, verified on the way. */
#ifndef IMAGE_COPY_H
#define IMAGE_COPY_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

/* Strings are the caller's. */
struct copy_request {
	const char *source;                /* as layout_open takes it */
	const char *destination;           /* "store:DIR"; "tar:FILE", "….tar" or "-": an archive of a layout; else a layout directory */
	const char *const *refs;           /* see image/select.h */
	uint32_t ref_count;
	const char *platform, *digest, *spool;   /* 0: not given. digest: of the manifest, or of an index that it stands in. spool: 0: in the destination's directory */
	bool all;                          /* all that index.json has, or that of it which refs and digest say, indexes with all of their platforms */
	bool force;                        /* an archive, or an image of the same name, is replaced; a store's name always goes over */
};
/* image_copy: what is to refer to the rest comes last; nothing half made stays. 0 or -1. */
int image_copy(const struct copy_request *r, struct err *e);

#endif
