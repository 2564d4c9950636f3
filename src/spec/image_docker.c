/* SPDX-License-Identifier: ISC */
/* manifest.json of `docker save` archives: an array, read as the member "images" of an object around it. */
#include "spec/image.h"
#include "spec/table.h"

static const struct field image_fields[] = {
	F(docker_image, Config,   REQUIRED),
	F(docker_image, RepoTags, OPTIONAL),
	F(docker_image, Layers,   REQUIRED),
};
static const struct object image_object = TABLE("image", 0, docker_image, image_fields, 0);

static const struct field archive_fields[] = {
	F_LIST(docker_archive, "images", images, REQUIRED, docker_image, image_object),
};
const struct object docker_archive_object = TABLE("dockerArchive", 0, docker_archive, archive_fields, 0);
