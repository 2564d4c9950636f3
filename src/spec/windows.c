/* SPDX-License-Identifier: ISC */
/* windows (runtime-spec, config-windows.md). */
#include "spec/rules.h"
#include "spec/table.h"
#include "spec/windows.h"

static const struct words types = WORDS("class");

static const struct field device_fields[] = {
	F(windows_device, id,     REQUIRED),
	F(windows_device, idType, REQUIRED, .words = &types),
};
static const struct object device_object = TABLE("windows.devices", "config-windows.md, Devices", windows_device, device_fields, 0);

static const struct field windows_memory_fields[] = { F(windows_memory, limit, OPTIONAL) };
static const struct object windows_memory_object = TABLE("windows.resources.memory", "config-windows.md, Memory", windows_memory, windows_memory_fields, 0);

static const struct field affinity_fields[] = {
	F(windows_affinity, mask,  REQUIRED),
	F(windows_affinity, group, REQUIRED),
};
static const struct object affinity_object = TABLE("windows.resources.cpu.affinity", "config-windows.md, CPU", windows_affinity, affinity_fields, 0);

static const struct field windows_cpu_fields[] = {
	F(windows_cpu, count,   OPTIONAL),
	F(windows_cpu, shares,  OPTIONAL, .range = &range_u16),
	F(windows_cpu, maximum, OPTIONAL, .range = &range_u16),
	F_LIST(windows_cpu, "affinity", affinity, OPTIONAL, windows_affinity, affinity_object),
};
static const struct object windows_cpu_object = TABLE("windows.resources.cpu", "config-windows.md, CPU", windows_cpu, windows_cpu_fields, 0);

static const struct field storage_fields[] = {
	F(windows_storage, iops,        OPTIONAL),
	F(windows_storage, bps,         OPTIONAL),
	F(windows_storage, sandboxSize, OPTIONAL),
};
static const struct object storage_object = TABLE("windows.resources.storage", "config-windows.md, Storage", windows_storage, storage_fields, 0);

static const struct field windows_resources_fields[] = {
	F_OBJECT(windows_resources, "memory", memory, OPTIONAL, windows_memory, windows_memory_object),
	F_OBJECT(windows_resources, "cpu", cpu, OPTIONAL, windows_cpu, windows_cpu_object),
	F_OBJECT(windows_resources, "storage", storage, OPTIONAL, windows_storage, storage_object),
};
static const struct object windows_resources_object = TABLE("windows.resources", "config-windows.md, Resources", windows_resources, windows_resources_fields, 0);

static const struct field network_fields[] = {
	F(windows_network, endpointList,               OPTIONAL),
	F(windows_network, allowUnqualifiedDNSQuery,   OPTIONAL),
	F(windows_network, DNSSearchList,              OPTIONAL),
	F(windows_network, networkSharedContainerName, OPTIONAL),
	F(windows_network, networkNamespace,           OPTIONAL),
};
static const struct object network_object = TABLE("windows.network", "config-windows.md, Network", windows_network, network_fields, 0);

static const struct field hyperv_fields[] = { F(windows_hyperv, utilityVMPath, OPTIONAL) };
static const struct object hyperv_object = TABLE("windows.hyperv", "config-windows.md, HyperV", windows_hyperv, hyperv_fields, 0);

static int check_layers(const void *member, struct place *p, struct report *r)
{
	return ((const struct strings *)member)->count > 0 ? 0 : report_add(r, LEVEL_MUST, p, windows_object.section, "at least one entry is required");
}

static int check_credentials(const void *member, struct place *p, struct report *r)
{
	return *((const struct span *)member)->text == '{' ? 0 : report_add(r, LEVEL_MUST, p, windows_object.section, "expected an object");
}

static const struct field windows_fields[] = {
	F(windows, layerFolders, REQUIRED, CHECKED(check_layers)),
	F_LIST(windows, "devices", devices, OPTIONAL, windows_device, device_object),
	F_OBJECT(windows, "resources", resources, OPTIONAL, windows_resources, windows_resources_object),
	F(windows, credentialSpec,          OPTIONAL, CHECKED(check_credentials)),
	F(windows, servicing,               OPTIONAL),
	F(windows, ignoreFlushesDuringBoot, OPTIONAL),
	F_OBJECT(windows, "hyperv", hyperv, OPTIONAL, windows_hyperv, hyperv_object),
	F_OBJECT(windows, "network", network, OPTIONAL, windows_network, network_object),
};
const struct object windows_object = TABLE("windows", "config-windows.md", windows, windows_fields, 0);
