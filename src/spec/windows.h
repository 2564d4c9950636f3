/* SPDX-License-Identifier: ISC */
/* windows (runtime-spec, config-windows.md). Parsed and checked; no such container is created. */
#ifndef SPEC_WINDOWS_H
#define SPEC_WINDOWS_H

#include "spec/field.h"

struct windows_device { struct node node; const char *id, *idType; };
struct windows_memory { struct node node; uint64_t limit; };
struct windows_affinity { struct node node; uint64_t mask; uint32_t group; };
struct windows_cpu { struct node node; uint64_t count; uint32_t shares, maximum; LIST_OF(struct windows_affinity) affinity; };
struct windows_storage { struct node node; uint64_t iops, bps, sandboxSize; };
struct windows_resources { struct node node; const struct windows_memory *memory; const struct windows_cpu *cpu; const struct windows_storage *storage; };
struct windows_network {
	struct node node;
	struct strings endpointList, DNSSearchList;
	bool allowUnqualifiedDNSQuery;
	const char *networkSharedContainerName, *networkNamespace;
};
struct windows_hyperv { struct node node; const char *utilityVMPath; };
struct windows {
	struct node node;
	struct strings layerFolders;
	LIST_OF(struct windows_device) devices;
	const struct windows_resources *resources;
	struct span credentialSpec;
	bool servicing, ignoreFlushesDuringBoot;
	const struct windows_hyperv *hyperv;
	const struct windows_network *network;
};
extern const struct object windows_object;

#endif
