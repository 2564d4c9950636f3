/* SPDX-License-Identifier: ISC */
/* mounts[] (runtime-spec, config.md, "Mounts") and ID mappings (config-linux.md, "User namespace mappings"). */
#include "spec/mount.h"
#include "spec/rules.h"
#include "spec/table.h"

static const struct field id_mapping_fields[] = {
	F(id_mapping, containerID, REQUIRED),
	F(id_mapping, hostID,      REQUIRED),
	F(id_mapping, size,        REQUIRED),
};
const struct object id_mapping_object = TABLE("idMapping", "config-linux.md, User namespace mappings", id_mapping, id_mapping_fields, 0);

/* A path that is relative to "/" is deprecated, not wrong. */
static int check_destination(const void *member, struct place *p, struct report *r)
{
	const char *destination = *(const char *const *)member;

	if (*destination == '\0')
		return check_not_empty(member, p, r);
	return *destination == '/' || r->platform == WINDOWS ? 0 : report_add(r, LEVEL_SHOULD, p, mount_object.section, "a relative path is deprecated");
}

static int check_mount(const void *object, struct place *p, struct report *r)
{
	const struct mount *m = object;

	return RULE((m->uidMappings.count == 0) == (m->gidMappings.count == 0), p, r, LEVEL_MUST, m->uidMappings.count != 0 ? "uidMappings" : "gidMappings",
	            "uidMappings and gidMappings must be set together")
	     + RULE(m->uidMappings.count <= LIMIT_ID_MAPPINGS && m->gidMappings.count <= LIMIT_ID_MAPPINGS, p, r, LEVEL_MUST,
	            m->uidMappings.count > LIMIT_ID_MAPPINGS ? "uidMappings" : "gidMappings", "more than %d (LIMIT_ID_MAPPINGS in base/limits.h)", LIMIT_ID_MAPPINGS);
}

static const struct field mount_fields[] = {
	F(mount, destination, REQUIRED, CHECKED(check_destination)),
	F(mount, type,        OPTIONAL),
	F(mount, source,      OPTIONAL),
	F(mount, options,     OPTIONAL),
	F_LIST(mount, "uidMappings", uidMappings, OPTIONAL, id_mapping, id_mapping_object, .since = SPEC_1_1, .platform = LINUX),
	F_LIST(mount, "gidMappings", gidMappings, OPTIONAL, id_mapping, id_mapping_object, .since = SPEC_1_1, .platform = LINUX),
};
const struct object mount_object = TABLE("mounts", "config.md, Mounts", mount, mount_fields, check_mount);

static const struct field mount_list_fields[] = {
	F_LIST(mount_list, "mounts", mounts, REQUIRED, mount, mount_object),
};
const struct object mount_list_object = TABLE("mounts", "config.md, Mounts", mount_list, mount_list_fields, 0);
