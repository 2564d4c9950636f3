/* SPDX-License-Identifier: ISC */
/* linux (runtime-spec, config-linux.md), all but resources and seccomp. */
#ifndef SPEC_LINUX_H
#define SPEC_LINUX_H

#include "spec/field.h"
#include "spec/mount.h"
#include "spec/resources.h"
#include "spec/seccomp.h"

enum namespace_type { NS_PID, NS_NETWORK, NS_MOUNT, NS_IPC, NS_UTS, NS_USER, NS_CGROUP, NS_TIME, NS_TYPES };
extern const struct words namespace_words;      /* "pid" "network" … in that order */

struct namespace_spec { struct node node; int32_t type; const char *path; };
struct device_node { struct node node; const char *type, *path; int64_t major, minor; uint32_t fileMode, uid, gid; };  /* type: one of "c" "b" "u" "p" */
struct time_offset { struct node node; int64_t secs; uint32_t nanosecs; };
struct net_device  { struct node node; const char *name; };
struct intel_rdt   { struct node node; const char *closID, *l3CacheSchema, *memBwSchema; struct strings schemata; bool enableMonitoring, enableCMT, enableMBM; };
struct memory_policy { struct node node; const char *mode, *nodes; struct strings flags; };
struct personality_spec { struct node node; const char *domain; struct strings flags; };

struct linux_config {
	struct node node;
	LIST_OF(struct namespace_spec) namespaces;
	LIST_OF(struct id_mapping) uidMappings, gidMappings;
	MAP_OF(struct time_offset) timeOffsets;
	LIST_OF(struct device_node) devices;
	MAP_OF(struct net_device) netDevices;
	const char *cgroupsPath, *rootfsPropagation, *mountLabel;
	const struct resources *resources;
	const struct intel_rdt *intelRdt;
	const struct memory_policy *memoryPolicy;
	struct string_map sysctl;
	const struct seccomp_spec *seccomp;
	struct strings maskedPaths, readonlyPaths;
	const struct personality_spec *personality;
};
extern const struct object linux_object, device_node_object, time_offset_object, intel_rdt_object;

#endif
