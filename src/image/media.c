/* SPDX-License-Identifier: ISC */
/* Media types of images. */
#include "image/media.h"

#include <string.h>

#define OCI "application/vnd.oci.image."
#define DOCKER "application/vnd.docker."

static const struct { const char *type; enum media media; enum compression compression; } types[] = {
	{ OCI "index.v1+json", MEDIA_INDEX, 0 },
	{ OCI "manifest.v1+json", MEDIA_MANIFEST, 0 },
	{ OCI "config.v1+json", MEDIA_CONFIG, 0 },
	{ OCI "layer.v1.tar", MEDIA_LAYER, COMPRESSION_NONE },
	{ OCI "layer.v1.tar+gzip", MEDIA_LAYER, COMPRESSION_GZIP },
	{ OCI "layer.v1.tar+zstd", MEDIA_LAYER, COMPRESSION_ZSTD },
	{ OCI "layer.nondistributable.v1.tar", MEDIA_LAYER, COMPRESSION_NONE },
	{ OCI "layer.nondistributable.v1.tar+gzip", MEDIA_LAYER, COMPRESSION_GZIP },
	{ OCI "layer.nondistributable.v1.tar+zstd", MEDIA_LAYER, COMPRESSION_ZSTD },
	{ DOCKER "distribution.manifest.list.v2+json", MEDIA_INDEX, 0 },
	{ DOCKER "distribution.manifest.v2+json", MEDIA_MANIFEST, 0 },
	{ DOCKER "container.image.v1+json", MEDIA_CONFIG, 0 },
	{ DOCKER "image.rootfs.diff.tar", MEDIA_LAYER, COMPRESSION_NONE },
	{ DOCKER "image.rootfs.diff.tar.gzip", MEDIA_LAYER, COMPRESSION_GZIP },
	{ DOCKER "image.rootfs.diff.tar.zstd", MEDIA_LAYER, COMPRESSION_ZSTD },
	{ DOCKER "image.rootfs.foreign.diff.tar.gzip", MEDIA_LAYER, COMPRESSION_GZIP },
};

bool media_is_elsewhere(const char *type)
{
	return strstr(type, ".nondistributable.") || strstr(type, ".foreign.");
}

enum media media_of(const char *type, enum compression *compression)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i].type, type) == 0) {
			if (compression)
				*compression = types[i].compression;
			return types[i].media;
		}
	return MEDIA_OTHER;
}
