/* SPDX-License-Identifier: ISC */
/* Whiteouts by their names (image-spec, layer.md, "Whiteouts"), and the marks that an unpacked layer keeps until it is stacked. */
#ifndef IMAGE_WHITEOUT_H
#define IMAGE_WHITEOUT_H

#include "base/err.h"

#define WHITEOUT_PREFIX ".wh."
#define WHITEOUT_OPAQUE ".wh..wh..opq"       /* its directory hides all that lies below it */
#define WHITEOUT_IMPLIED ".wh..wh..implied"  /* ours: its directory has no entry of its own in the layer. No layer can bring it: whiteout_of skips its like */

enum whiteout {
	WHITEOUT_NONE,      /* an ordinary name */
	WHITEOUT_FILE,      /* ".wh.NAME": NAME is removed from the layers below */
	WHITEOUT_DIR,       /* opaque */
	WHITEOUT_SKIP,      /* AUFS's own files, ".wh..wh.…": they mean nothing to us */
	WHITEOUT_BAD        /* with the reason in e */
};

/* whiteout_of: what the cleaned path of an entry is. */
enum whiteout whiteout_of(const char *path, struct err *e);

#endif
