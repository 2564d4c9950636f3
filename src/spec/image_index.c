/* SPDX-License-Identifier: ISC */
/* image-spec, image-index.md; Docker's manifest list is the same. */
#include "spec/image.h"
#include "spec/image_rules.h"
#include "spec/table.h"

static const struct words types = WORDS("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json");

static int check_index(const void *object, struct place *p, struct report *r)
{
	const struct image_index *i = object;

	return RULE(!has_unknown(&i->node, "\"layers\""), p, r, LEVEL_MUST, "layers", "has no place in an index: that is a manifest");
}

static const struct field index_fields[] = {
	F(image_index, schemaVersion, REQUIRED, CHECKED(check_schema_version)),
	F(image_index, mediaType,     OPTIONAL, .words = &types),
	F(image_index, artifactType,  OPTIONAL, CHECKED(check_media_type_grammar)),
	F_LIST(image_index, "manifests", manifests, REQUIRED, descriptor, descriptor_object),
	F_OBJECT(image_index, "subject", subject, OPTIONAL, descriptor, descriptor_object),
	F(image_index, annotations,   OPTIONAL, CHECKED(check_keys)),
};
const struct object image_index_object = TABLE("imageIndex", "image-index.md", image_index, index_fields, check_index);
