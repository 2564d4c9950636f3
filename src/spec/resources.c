/* SPDX-License-Identifier: ISC */
/* linux.resources (runtime-spec, config-linux.md, "Control groups"). */
#include <string.h>
#include "spec/resources.h"
#include "spec/rules.h"
#include "spec/table.h"

static const struct words rule_types = WORDS("a", "b", "c", "");   /* "" as Go writes an unset one */
static const struct range rule_numbers = { -1, UINT32_MAX };                    /* -1 is how engines write "any" */
static const struct range percents = { 0, 100 }, idle_values = { 0, 1 };

static int check_access(const void *member, struct place *p, struct report *r)
{
	const char *access = *(const char *const *)member;

	/* "a" has no meaning here, but engines write it, and runc passes over it */
	return access[strspn(access, "rwma")] == '\0' ? 0 : report_add(r, LEVEL_MUST, p, device_rule_object.section, "\"%.200s\" has more than r, w and m", access);
}

static const struct field device_rule_fields[] = {
	F(device_rule, allow,  REQUIRED),
	F(device_rule, type,   OPTIONAL, .words = &rule_types),
	F(device_rule, major,  OPTIONAL, .range = &rule_numbers),
	F(device_rule, minor,  OPTIONAL, .range = &rule_numbers),
	F(device_rule, access, OPTIONAL, CHECKED(check_access)),
};
const struct object device_rule_object = TABLE("linux.resources.devices", "config-linux.md, Allowed Device list", device_rule, device_rule_fields, 0);

static const struct field memory_fields[] = {
	F(memory_resources, limit,             OPTIONAL, .range = &range_bytes),
	F(memory_resources, reservation,       OPTIONAL, .range = &range_bytes),
	F(memory_resources, swap,              OPTIONAL, .range = &range_bytes),
	F(memory_resources, kernel,            OPTIONAL, .range = &range_bytes),
	F(memory_resources, kernelTCP,         OPTIONAL, .range = &range_bytes),
	F(memory_resources, swappiness,        OPTIONAL, .range = &percents),
	F(memory_resources, disableOOMKiller,  OPTIONAL),
	F(memory_resources, useHierarchy,      OPTIONAL),
	F(memory_resources, checkBeforeUpdate, OPTIONAL, .since = SPEC_1_1),
};
const struct object memory_object = TABLE("linux.resources.memory", "config-linux.md, Memory", memory_resources, memory_fields, 0);

static int check_cpu(const void *object, struct place *p, struct report *r)
{
	const struct cpu_resources *c = object;

	return RULE(c->quota <= 0 || c->burst <= (uint64_t)c->quota, p, r, LEVEL_MUST, "burst", "%llu is larger than quota, %lld",
	            (unsigned long long)c->burst, (long long)c->quota);
}

static const struct field cpu_fields[] = {
	F(cpu_resources, shares,          OPTIONAL),
	F(cpu_resources, quota,           OPTIONAL),
	F(cpu_resources, burst,           OPTIONAL, .since = SPEC_1_1),
	F(cpu_resources, period,          OPTIONAL),
	F(cpu_resources, realtimeRuntime, OPTIONAL),
	F(cpu_resources, realtimePeriod,  OPTIONAL),
	F(cpu_resources, cpus,            OPTIONAL),
	F(cpu_resources, mems,            OPTIONAL),
	F(cpu_resources, idle,            OPTIONAL, .since = SPEC_1_1, .range = &idle_values),
};
const struct object cpu_object = TABLE("linux.resources.cpu", "config-linux.md, CPU", cpu_resources, cpu_fields, check_cpu);

static int check_weight_device(const void *object, struct place *p, struct report *r)
{
	return spec_has(&weight_device_object, object, "weight") || spec_has(&weight_device_object, object, "leafWeight") ? 0
	     : report_add(r, LEVEL_MUST, p, weight_device_object.section, "needs weight or leafWeight");
}

static const struct field weight_device_fields[] = {
	F(weight_device, major,      REQUIRED),
	F(weight_device, minor,      REQUIRED),
	F(weight_device, weight,     OPTIONAL, .range = &range_u16),
	F(weight_device, leafWeight, OPTIONAL, .range = &range_u16),
};
const struct object weight_device_object = TABLE("linux.resources.blockIO.weightDevice", "config-linux.md, Block IO", weight_device, weight_device_fields, check_weight_device);

static const struct field throttle_fields[] = {
	F(throttle_device, major, REQUIRED),
	F(throttle_device, minor, REQUIRED),
	F(throttle_device, rate,  REQUIRED),
};
static const struct object throttle_object = TABLE("linux.resources.blockIO.throttle", "config-linux.md, Block IO", throttle_device, throttle_fields, 0);

static const struct field block_io_fields[] = {
	F(block_io, weight,     OPTIONAL, .range = &range_u16),
	F(block_io, leafWeight, OPTIONAL, .range = &range_u16),
	F_LIST(block_io, "weightDevice", weightDevice, OPTIONAL, weight_device, weight_device_object),
	F_LIST(block_io, "throttleReadBpsDevice", throttleReadBpsDevice, OPTIONAL, throttle_device, throttle_object),
	F_LIST(block_io, "throttleWriteBpsDevice", throttleWriteBpsDevice, OPTIONAL, throttle_device, throttle_object),
	F_LIST(block_io, "throttleReadIOPSDevice", throttleReadIOPSDevice, OPTIONAL, throttle_device, throttle_object),
	F_LIST(block_io, "throttleWriteIOPSDevice", throttleWriteIOPSDevice, OPTIONAL, throttle_device, throttle_object),
};
const struct object block_io_object = TABLE("linux.resources.blockIO", "config-linux.md, Block IO", block_io, block_io_fields, 0);

static int check_page_size(const void *member, struct place *p, struct report *r)
{
	const char *text = *(const char *const *)member;
	size_t digits = strspn(text, "0123456789");

	return digits > 0 && text[0] != '0' && text[digits] != '\0' && strchr("KMG", text[digits]) != 0 && strcmp(text + digits + 1, "B") == 0 ? 0
	     : report_add(r, LEVEL_MUST, p, resources_object.section, "\"%.200s\" is no page size like 64KB, 2MB or 1GB", text);
}

static const struct field hugepage_fields[] = {
	F(hugepage_limit, pageSize, REQUIRED, CHECKED(check_page_size)),
	F(hugepage_limit, limit,    REQUIRED),
};
static const struct object hugepage_object = TABLE("linux.resources.hugepageLimits", "config-linux.md, Huge page limits", hugepage_limit, hugepage_fields, 0);

static const struct field priority_fields[] = {
	F(interface_priority, name,     REQUIRED, CHECKED(check_not_empty)),
	F(interface_priority, priority, REQUIRED),
};
static const struct object priority_object = TABLE("linux.resources.network.priorities", "config-linux.md, Network", interface_priority, priority_fields, 0);

static const struct field network_fields[] = {
	F(network_resources, classID, OPTIONAL),
	F_LIST(network_resources, "priorities", priorities, OPTIONAL, interface_priority, priority_object),
};
const struct object network_resources_object = TABLE("linux.resources.network", "config-linux.md, Network", network_resources, network_fields, 0);

static const struct field pids_fields[] = { F(pids_resources, limit, OPTIONAL) };
const struct object pids_object = TABLE("linux.resources.pids", "config-linux.md, PIDs", pids_resources, pids_fields, 0);

static int check_rdma(const void *object, struct place *p, struct report *r)
{
	return spec_has(&rdma_limit_object, object, "hcaHandles") || spec_has(&rdma_limit_object, object, "hcaObjects") ? 0
	     : report_add(r, LEVEL_MUST, p, rdma_limit_object.section, "needs hcaHandles or hcaObjects");
}

static const struct field rdma_fields[] = {
	F(rdma_limit, hcaHandles, OPTIONAL),
	F(rdma_limit, hcaObjects, OPTIONAL),
};
const struct object rdma_limit_object = TABLE("linux.resources.rdma", "config-linux.md, RDMA", rdma_limit, rdma_fields, check_rdma);

/* Each key is a file of the container's own cgroup. */
static int check_unified(const void *member, struct place *p, struct report *r)
{
	const struct string_map *map = member;
	int broken = 0;

	for (uint32_t i = 0; i < map->count; i++) {
		const char *key = map->items[i].key;
		size_t before = place_key(p, key);

		if (*key == '\0' || strchr(key, '/') != 0 || strchr(key, '.') == 0 || *key == '.')
			broken += report_add(r, LEVEL_MUST, p, resources_object.section, "the specified key has not the form CONTROLLER.VALUE `%.200s`", key);
		place_back(p, before);
	}
	return broken;
}

static const struct field resources_fields[] = {
	F_LIST(resources, "devices", devices, OPTIONAL, device_rule, device_rule_object),
	F_OBJECT(resources, "memory", memory, OPTIONAL, memory_resources, memory_object),
	F_OBJECT(resources, "cpu", cpu, OPTIONAL, cpu_resources, cpu_object),
	F_OBJECT(resources, "pids", pids, OPTIONAL, pids_resources, pids_object),
	F_OBJECT(resources, "blockIO", blockIO, OPTIONAL, block_io, block_io_object),
	F_LIST(resources, "hugepageLimits", hugepageLimits, OPTIONAL, hugepage_limit, hugepage_object),
	F_OBJECT(resources, "network", network, OPTIONAL, network_resources, network_resources_object),
	F_MAP(resources, "rdma", rdma, OPTIONAL, rdma_limit, rdma_limit_object),
	F(resources, unified, OPTIONAL, .since = SPEC_1_1, CHECKED(check_unified)),
};
const struct object resources_object = TABLE("linux.resources", "config-linux.md, Control groups", resources, resources_fields, 0);
