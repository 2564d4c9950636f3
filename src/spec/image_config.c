/* SPDX-License-Identifier: ISC */
/* The config of an image (image-spec, config.md, "Properties"). Docker's has more members: unknown ones are kept. */
#include "spec/image.h"
#include "spec/image_rules.h"
#include "spec/table.h"

static const struct field empty_fields[] = { { 0 } };
static const struct object empty_object = { .name = "empty", .section = "config.md", .size = sizeof(struct empty_object), .fields = empty_fields };

static const struct field execution_fields[] = {
	F(image_execution, User,         OPTIONAL),
	F_MAP(image_execution, "ExposedPorts", ExposedPorts, OPTIONAL, empty_object, empty_object),
	F(image_execution, Env,          OPTIONAL, CHECKED(check_env)),
	F(image_execution, Entrypoint,   OPTIONAL),
	F(image_execution, Cmd,          OPTIONAL),
	F_MAP(image_execution, "Volumes", Volumes, OPTIONAL, empty_object, empty_object),
	F(image_execution, WorkingDir,   OPTIONAL),
	F(image_execution, Labels,       OPTIONAL),
	F(image_execution, StopSignal,   OPTIONAL),
	F(image_execution, ArgsEscaped,  OPTIONAL),
};
static const struct object execution_object = TABLE("imageConfig.config", "config.md", image_execution, execution_fields, 0);

static int check_diff_ids(const void *member, struct place *p, struct report *r)
{
	const struct strings *list = member;
	int broken = 0;

	for (uint32_t i = 0; i < list->count; i++) {
		size_t before = place_index(p, i);

		broken += rule_digest(list->items[i], p, r);
		place_back(p, before);
	}
	return broken;
}

static const struct words rootfs_types = WORDS("layers");
static const struct field rootfs_fields[] = {
	F(image_rootfs, type,     REQUIRED, .words = &rootfs_types),
	F(image_rootfs, diff_ids, REQUIRED, CHECKED(check_diff_ids)),
};
static const struct object rootfs_object = TABLE("rootfs", "config.md", image_rootfs, rootfs_fields, 0);

static const struct field history_fields[] = {
	F(image_history, created,     OPTIONAL),
	F(image_history, created_by,  OPTIONAL),
	F(image_history, author,      OPTIONAL),
	F(image_history, comment,     OPTIONAL),
	F(image_history, empty_layer, OPTIONAL),
};
static const struct object history_object = TABLE("history", "config.md", image_history, history_fields, 0);

static const struct field config_fields[] = {
	F(image_config, created,      OPTIONAL),
	F(image_config, author,       OPTIONAL),
	F(image_config, architecture, REQUIRED),
	F(image_config, os,           REQUIRED),
	NAMED(image_config, "os.version",  os_version,  OPTIONAL),
	NAMED(image_config, "os.features", os_features, OPTIONAL),
	F(image_config, variant,      OPTIONAL),
	F_OBJECT(image_config, "config", config, OPTIONAL, image_execution, execution_object),
	F_OBJECT(image_config, "rootfs", rootfs, REQUIRED, image_rootfs, rootfs_object),
	F_LIST(image_config, "history", history, OPTIONAL, image_history, history_object),
};
const struct object image_config_object = TABLE("imageConfig", "config.md", image_config, config_fields, 0);
