/* SPDX-License-Identifier: ISC */
/* image pack: a root filesystem made into an image of one layer, in a layout. */
#ifndef IMAGE_PACK_H
#define IMAGE_PACK_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/out.h"

/* Strings are the caller's. */
struct pack_words { const char *const *items; uint32_t count; };
struct pack_request {
	const char *rootfs, *layout;       /* layout is made where it is missing */
	const char *name;                  /* the reference */
	const char *config;                /* a file: an image config (image-spec, config.md) to begin with; 0: none */
	const char *workdir, *user, *platform;   /* 0: not given */
	struct pack_words entrypoint, cmd, env, labels;   /* labels: NAME=VALUE */
	bool gzip, force;                  /* force: an image of that name is replaced */
	int64_t epoch;                     /* SOURCE_DATE_EPOCH: the image's time, no file's is later; -1: not given: no time, files keep theirs */
	struct out *out;                   /* gets the manifest's digest */
};
/* image_pack: layer, config and manifest, then the reference: nothing refers to what is not whole. 0 or -1. */
int image_pack(const struct pack_request *r, struct err *e);

#endif
