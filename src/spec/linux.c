/* SPDX-License-Identifier: ISC */
/* linux (runtime-spec, config-linux.md), all but resources and seccomp. */
#include <string.h>
#include "spec/linux.h"
#include "spec/rules.h"
#include "spec/table.h"

const struct words namespace_words = WORDS("pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time");

/* An empty path is no path: so Go writes an unset one. */
static int check_path_or_empty(const void *member, struct place *p, struct report *r)
{
	return **(const char *const *)member == '\0' ? 0 : check_absolute(member, p, r);
}

static const struct field namespace_fields[] = {
	F_ENUM(namespace_spec, "type", type, REQUIRED, namespace_words),
	F(namespace_spec, path, OPTIONAL, CHECKED(check_path_or_empty)),
};
static const struct object namespace_object = TABLE("linux.namespaces", "config-linux.md, Namespaces", namespace_spec, namespace_fields, 0);

static const struct words device_types = WORDS("c", "b", "u", "p");

static int check_device(const void *object, struct place *p, struct report *r)
{
	const struct device_node *d = object;
	bool numbered = d->type == 0 || strcmp(d->type, "p") != 0;

	return RULE(!numbered || spec_has(&device_node_object, d, "major"), p, r, LEVEL_MUST, "major", "missing")
	     + RULE(!numbered || spec_has(&device_node_object, d, "minor"), p, r, LEVEL_MUST, "minor", "missing");
}

static const struct field device_fields[] = {
	F(device_node, type,     REQUIRED, .words = &device_types),
	F(device_node, path,     REQUIRED, CHECKED(check_absolute)),
	F(device_node, major,    OPTIONAL, .range = &range_u32),
	F(device_node, minor,    OPTIONAL, .range = &range_u32),
	F(device_node, fileMode, OPTIONAL),
	F(device_node, uid,      OPTIONAL),
	F(device_node, gid,      OPTIONAL),
};
const struct object device_node_object = TABLE("linux.devices", "config-linux.md, Devices", device_node, device_fields, check_device);

static const struct range nanoseconds = { 0, 999999999 };
static const struct field time_offset_fields[] = {
	F(time_offset, secs,     OPTIONAL),
	F(time_offset, nanosecs, OPTIONAL, .range = &nanoseconds),
};
const struct object time_offset_object = TABLE("linux.timeOffsets", "config-linux.md, Offset for Time Namespace", time_offset, time_offset_fields, 0);

static const struct field net_device_fields[] = { F(net_device, name, OPTIONAL) };
static const struct object net_device_object = TABLE("linux.netDevices", "config-linux.md, Network Devices", net_device, net_device_fields, 0);

/* One directory of resctrl, or "/" for its root. */
static int check_clos(const void *member, struct place *p, struct report *r)
{
	const char *id = *(const char *const *)member;

	return strcmp(id, "/") == 0 || (strchr(id, '/') == 0 && strcmp(id, ".") != 0 && strcmp(id, "..") != 0) ? 0
	     : report_add(r, LEVEL_MUST, p, intel_rdt_object.section, "\"%.200s\" is no name of a directory", id);
}

static int rule_one_line(const char *text, enum level level, struct place *p, struct report *r)
{
	return strchr(text, '\n') == 0 ? 0 : report_add(r, level, p, intel_rdt_object.section, "must be one line");
}

static int check_l3(const void *member, struct place *p, struct report *r)
{
	const char *schema = *(const char *const *)member;

	if (strncmp(schema, "L3:", 3) != 0)
		report_add(r, LEVEL_SHOULD, p, intel_rdt_object.section, "does not begin with L3:");
	return rule_one_line(schema, LEVEL_SHOULD, p, r);
}

static int check_bandwidth(const void *member, struct place *p, struct report *r)
{
	const char *schema = *(const char *const *)member;

	if (*schema != '\0' && strncmp(schema, "MB:", 3) != 0)
		return report_add(r, LEVEL_MUST, p, intel_rdt_object.section, "must begin with MB:");
	return rule_one_line(schema, LEVEL_MUST, p, r);
}

static int check_schemata(const void *member, struct place *p, struct report *r)
{
	const struct strings *lines = member;
	int broken = 0;

	for (uint32_t i = 0; i < lines->count; i++) {
		size_t before = place_index(p, i);

		broken += rule_one_line(lines->items[i], LEVEL_MUST, p, r);
		place_back(p, before);
	}
	return broken;
}

static const struct field intel_rdt_fields[] = {
	F(intel_rdt, closID,           OPTIONAL, CHECKED(check_clos)),
	F(intel_rdt, schemata,         OPTIONAL, .since = SPEC_1_3, CHECKED(check_schemata)),
	F(intel_rdt, l3CacheSchema,    OPTIONAL, CHECKED(check_l3)),
	F(intel_rdt, memBwSchema,      OPTIONAL, CHECKED(check_bandwidth)),
	F(intel_rdt, enableMonitoring, OPTIONAL, .since = SPEC_1_3),
	F(intel_rdt, enableCMT,        OPTIONAL, .since = SPEC_1_1),   /* 1.1 and 1.2 only */
	F(intel_rdt, enableMBM,        OPTIONAL, .since = SPEC_1_1),
};
const struct object intel_rdt_object = TABLE("linux.intelRdt", "config-linux.md, IntelRdt", intel_rdt, intel_rdt_fields, 0);

static const struct words policy_modes = WORDS_OF("memory policy mode", "MPOL_DEFAULT", "MPOL_BIND", "MPOL_INTERLEAVE", "MPOL_WEIGHTED_INTERLEAVE", "MPOL_PREFERRED",
	"MPOL_PREFERRED_MANY", "MPOL_LOCAL");

static const struct words policy_flags = WORDS_OF("memory policy flag", "MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES");

static const struct field memory_policy_fields[] = {
	F(memory_policy, mode,  REQUIRED, .words = &policy_modes),
	F(memory_policy, nodes, OPTIONAL),
	F(memory_policy, flags, OPTIONAL, .words = &policy_flags),
};
static const struct object memory_policy_object = TABLE("linux.memoryPolicy", "config-linux.md, Memory policy", memory_policy, memory_policy_fields, 0);

static const struct words domains = WORDS("LINUX", "LINUX32");

static int check_no_flags(const void *member, struct place *p, struct report *r)
{
	return ((const struct strings *)member)->count == 0 ? 0 : report_add(r, LEVEL_MUST, p, "config-linux.md, Personality", "no flags are supported");
}

static const struct field personality_fields[] = {
	F(personality_spec, domain, REQUIRED, .words = &domains),
	F(personality_spec, flags,  OPTIONAL, CHECKED(check_no_flags)),
};
static const struct object personality_object = TABLE("linux.personality", "config-linux.md, Personality", personality_spec, personality_fields, 0);

static const struct words propagations = WORDS("shared", "slave", "private", "unbindable", "rshared", "rslave", "rprivate", "runbindable", "");

static bool has_namespace(const struct linux_config *l, enum namespace_type type)
{
	for (uint32_t i = 0; i < l->namespaces.count; i++)
		if (l->namespaces.items[i].type == (int32_t)type)
			return true;
	return false;
}

static int check_namespaces(const struct linux_config *l, struct place *p, struct report *r)
{
	unsigned seen = 0;
	int broken = 0;

	for (uint32_t i = 0; i < l->namespaces.count; i++) {
		unsigned bit = 1u << l->namespaces.items[i].type;

		if ((l->namespaces.items[i].node.present & 1) != 0 && (seen & bit) != 0)
			broken += rule_broken(p, r, LEVEL_MUST, "namespaces", "\"%s\" is there twice", namespace_words.words[l->namespaces.items[i].type]);
		seen |= bit;
	}
	return broken;
}

static int check_time_offsets(const struct linux_config *l, struct place *p, struct report *r)
{
	size_t before = place_member(p, "timeOffsets"), inner;
	int broken = 0;

	for (uint32_t i = 0; i < l->timeOffsets.count; i++) {
		const char *clock = l->timeOffsets.items[i].key;

		if (strcmp(clock, "monotonic") == 0 || strcmp(clock, "boottime") == 0)
			continue;
		inner = place_key(p, clock);
		broken += report_add(r, LEVEL_MUST, p, time_offset_object.section, "unknown clock");
		place_back(p, inner);
	}
	if (l->timeOffsets.count > 0 && !has_namespace(l, NS_TIME))
		broken += report_add(r, LEVEL_MUST, p, 0, "needs a \"time\" entry in linux.namespaces");
	place_back(p, before);
	return broken;
}

static int check_linux(const void *object, struct place *p, struct report *r)
{
	const struct linux_config *l = object;
	bool mapped = l->uidMappings.count > 0 || l->gidMappings.count > 0;
	const char *which = l->uidMappings.count > 0 ? "uidMappings" : "gidMappings";

	return check_namespaces(l, p, r)
	     + check_time_offsets(l, p, r)
	     + RULE(!mapped || has_namespace(l, NS_USER), p, r, LEVEL_MUST, which, "needs a \"user\" entry in linux.namespaces")
	     + RULE(l->uidMappings.count <= LIMIT_ID_MAPPINGS && l->gidMappings.count <= LIMIT_ID_MAPPINGS, p, r, LEVEL_MUST,
	            l->uidMappings.count > LIMIT_ID_MAPPINGS ? "uidMappings" : "gidMappings", "more than %d (LIMIT_ID_MAPPINGS in base/limits.h)", LIMIT_ID_MAPPINGS);
}

static const struct field linux_fields[] = {
	F_LIST(linux_config, "uidMappings", uidMappings, OPTIONAL, id_mapping, id_mapping_object),
	F_LIST(linux_config, "gidMappings", gidMappings, OPTIONAL, id_mapping, id_mapping_object),
	F(linux_config, sysctl, OPTIONAL, CHECKED(check_keys)),
	F_OBJECT(linux_config, "resources", resources, OPTIONAL, resources, resources_object),
	F(linux_config, cgroupsPath, OPTIONAL),
	F_LIST(linux_config, "namespaces", namespaces, OPTIONAL, namespace_spec, namespace_object),
	F_LIST(linux_config, "devices", devices, OPTIONAL, device_node, device_node_object),
	F_MAP(linux_config, "netDevices", netDevices, OPTIONAL, net_device, net_device_object, .since = SPEC_1_3),
	F_OBJECT(linux_config, "seccomp", seccomp, OPTIONAL, seccomp_spec, seccomp_object),
	F(linux_config, rootfsPropagation, OPTIONAL, .words = &propagations),
	F(linux_config, maskedPaths,   OPTIONAL, CHECKED(check_absolute_each)),
	F(linux_config, readonlyPaths, OPTIONAL, CHECKED(check_absolute_each)),
	F(linux_config, mountLabel,    OPTIONAL),
	F_OBJECT(linux_config, "intelRdt", intelRdt, OPTIONAL, intel_rdt, intel_rdt_object),
	F_OBJECT(linux_config, "memoryPolicy", memoryPolicy, OPTIONAL, memory_policy, memory_policy_object, .since = SPEC_1_3),
	F_OBJECT(linux_config, "personality", personality, OPTIONAL, personality_spec, personality_object),
	F_MAP(linux_config, "timeOffsets", timeOffsets, OPTIONAL, time_offset, time_offset_object, .since = SPEC_1_1),
};
const struct object linux_object = TABLE("linux", "config-linux.md", linux_config, linux_fields, check_linux);
