/* SPDX-License-Identifier: ISC */
/* The file oci-layout (image-spec, image-layout.md, "oci-layout file"). */
#include <string.h>
#include "spec/image.h"
#include "spec/rules.h"
#include "spec/table.h"

static int check_layout_version(const void *member, struct place *p, struct report *r)
{
	const char *version = *(const char *const *)member;

	return strcmp(version, "1.0.0") == 0 ? 0
	     : report_add(r, LEVEL_MUST, p, image_layout_object.section, "version \"%.100s\" is not supported: only 1.0.0 is", version);
}

static const struct field layout_fields[] = {
	F(image_layout, imageLayoutVersion, REQUIRED, CHECKED(check_layout_version)),
};
const struct object image_layout_object = TABLE("imageLayout", "image-layout.md", image_layout, layout_fields, 0);
