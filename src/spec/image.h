/* SPDX-License-Identifier: ISC */
/* The documents of an image (image-spec: descriptor.md, image-index.md, manifest.md, config.md, image-layout.md). Docker's schema 2 equivalents decode
 * with the same tables. */
#ifndef SPEC_IMAGE_H
#define SPEC_IMAGE_H

#include "spec/field.h"

struct image_platform { struct node node; const char *architecture, *os, *os_version, *variant; struct strings os_features; };
struct descriptor {
	struct node node;
	const char *mediaType, *digest, *artifactType, *data;   /* data: base64 */
	int64_t size;                                           /* bytes */
	struct strings urls;
	struct string_map annotations;
	const struct image_platform *platform;
};
struct image_index {
	struct node node;
	int64_t schemaVersion;
	const char *mediaType, *artifactType;
	LIST_OF(struct descriptor) manifests;
	const struct descriptor *subject;
	struct string_map annotations;
};
struct image_manifest {
	struct node node;
	int64_t schemaVersion;
	const char *mediaType, *artifactType;
	const struct descriptor *config, *subject;
	LIST_OF(struct descriptor) layers;
	struct string_map annotations;
};
struct image_rootfs  { struct node node; const char *type; struct strings diff_ids; };
struct image_history { struct node node; const char *created, *author, *created_by, *comment; bool empty_layer; };
struct image_execution {                                    /* "config" of the image config */
	struct node node;
	const char *User, *WorkingDir, *StopSignal;
	struct strings Env, Entrypoint, Cmd;
	struct string_map Labels;
	MAP_OF(struct empty_object) ExposedPorts, Volumes;
	bool ArgsEscaped;
};
struct empty_object { struct node node; };
struct image_config {
	struct node node;
	const char *created, *author, *architecture, *os, *os_version, *variant;
	struct strings os_features;
	const struct image_execution *config;
	const struct image_rootfs *rootfs;
	LIST_OF(struct image_history) history;
};
struct image_layout { struct node node; const char *imageLayoutVersion; };
/* manifest.json of `docker save`: paths in the archive */
struct docker_image { struct node node; const char *Config; struct strings RepoTags, Layers; };
struct docker_archive { struct node node; LIST_OF(struct docker_image) images; };
extern const struct object docker_archive_object;
extern const struct object descriptor_object, image_index_object, image_manifest_object, image_config_object, image_layout_object;

#endif
