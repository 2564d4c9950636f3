/* SPDX-License-Identifier: ISC */
/* Media types of images, OCI's and Docker's schema 2 (image-spec, media-types.md). */
#ifndef IMAGE_MEDIA_H
#define IMAGE_MEDIA_H

#include <stdbool.h>
#include "image/decode.h"

enum media { MEDIA_OTHER, MEDIA_INDEX, MEDIA_MANIFEST, MEDIA_CONFIG, MEDIA_LAYER };

/* media_of: what a media type is; of a layer, *compression too (it may be 0). */
enum media media_of(const char *type, enum compression *compression);
/* media_is_elsewhere: layers that are not distributed with their image: a layout need not hold them. */
bool media_is_elsewhere(const char *type);

#endif
