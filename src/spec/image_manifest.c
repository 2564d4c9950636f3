/* SPDX-License-Identifier: ISC */
/* image-spec, manifest.md; Docker's image manifest, schema 2, is the same. */
#include "spec/image.h"
#include "spec/image_rules.h"
#include "spec/table.h"

static const struct words types = WORDS("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json");

static int check_manifest(const void *object, struct place *p, struct report *r)
{
	const struct image_manifest *m = object;

	return RULE(!has_unknown(&m->node, "\"manifests\""), p, r, LEVEL_MUST, "manifests", "has no place in a manifest: that is an index") +
	       RULE(m->layers.count <= LIMIT_LAYERS, p, r, LEVEL_MUST, "layers", "more than %d (LIMIT_LAYERS in base/limits.h)", LIMIT_LAYERS);
}

static const struct field manifest_fields[] = {
	F(image_manifest, schemaVersion, REQUIRED, CHECKED(check_schema_version)),
	F(image_manifest, mediaType,     OPTIONAL, .words = &types),
	F(image_manifest, artifactType,  OPTIONAL, CHECKED(check_media_type_grammar)),
	F_OBJECT(image_manifest, "config", config, REQUIRED, descriptor, descriptor_object),
	F_LIST(image_manifest, "layers", layers, REQUIRED, descriptor, descriptor_object),
	F_OBJECT(image_manifest, "subject", subject, OPTIONAL, descriptor, descriptor_object),
	F(image_manifest, annotations,   OPTIONAL, CHECKED(check_keys)),
};
const struct object image_manifest_object = TABLE("imageManifest", "manifest.md", image_manifest, manifest_fields, check_manifest);
