/* SPDX-License-Identifier: ISC */
/* An image's config made into a bundle's config.json (image-spec, conversion.md). */
#ifndef IMAGE_CONVERT_H
#define IMAGE_CONVERT_H

#include <stdbool.h>
#include "base/out.h"
#include "spec/image.h"

struct convert_options {
	const char *rootfs;        /* root.path */
	bool terminal, rootless;
	bool cgroup_namespace;     /* the host has cgroup v2 alone */
};

/* convert_config: writes config.json to o. Users are looked up inside rootfd. What the image does not say is as in spec/default.h, but that its root can be
 * written, and that process.terminal is the caller's. 0 or -1. */
int convert_config(const struct image_config *image, int rootfd, const struct convert_options *options, struct out *o, struct err *e);

#endif
