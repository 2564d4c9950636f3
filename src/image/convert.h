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
	const char *template_file; /* a config.json to begin with instead of the default; 0: none */
};

/* convert_config: writes config.json to o. Users are looked up inside rootfd. What the image does not say is as in spec/default.h, but that its root can be
 * written, and that process.terminal is the caller's; or as in the template, with all that is unknown in it: variables, annotations and volumes come to those
 * that it has, and a volume that it has a mount for is that mount. Uses DOCUMENT_INDEX (image/layout.h). 0 or -1. */
int convert_config(const struct image_config *image, int rootfd, const struct convert_options *options, struct out *o, struct err *e);
/* convert_check_template: whether file can be a template. 0 or -1: "--template: FILE: …". */
int convert_check_template(const char *file, struct err *e);

#endif
