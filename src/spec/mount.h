/* SPDX-License-Identifier: ISC */
/* mounts[] (runtime-spec, config.md, "Mounts") and ID mappings, which mounts and linux share. */
#ifndef SPEC_MOUNT_H
#define SPEC_MOUNT_H

#include "spec/field.h"

struct id_mapping { struct node node; uint32_t containerID, hostID, size; };
struct mount {
	struct node node;
	const char *destination, *source, *type;
	struct strings options;
	LIST_OF(struct id_mapping) uidMappings, gidMappings;
};
struct mount_list { struct node node; LIST_OF(struct mount) mounts; };   /* a document of mounts alone */
extern const struct object mount_list_object, mount_object, id_mapping_object;

#endif
