/* SPDX-License-Identifier: ISC */
/* linux.resources (runtime-spec, config-linux.md, "Control groups"). */
#ifndef SPEC_RESOURCES_H
#define SPEC_RESOURCES_H

#include "spec/field.h"

struct device_rule { struct node node; bool allow; const char *type, *access; int64_t major, minor; };   /* absent major, minor: any */
struct memory_resources { struct node node; int64_t limit, reservation, swap, kernel, kernelTCP; uint64_t swappiness; bool disableOOMKiller, useHierarchy, checkBeforeUpdate; };
struct cpu_resources { struct node node; uint64_t shares, burst, period, realtimePeriod; int64_t quota, realtimeRuntime, idle; const char *cpus, *mems; };
struct weight_device   { struct node node; int64_t major, minor; uint32_t weight, leafWeight; };
struct throttle_device { struct node node; int64_t major, minor; uint64_t rate; };
typedef LIST_OF(struct throttle_device) throttle_list;
struct block_io { struct node node; uint32_t weight, leafWeight; LIST_OF(struct weight_device) weightDevice;
                  throttle_list throttleReadBpsDevice, throttleWriteBpsDevice, throttleReadIOPSDevice, throttleWriteIOPSDevice; };
struct hugepage_limit { struct node node; const char *pageSize; uint64_t limit; };
struct interface_priority { struct node node; const char *name; uint32_t priority; };
struct network_resources { struct node node; uint32_t classID; LIST_OF(struct interface_priority) priorities; };
struct pids_resources { struct node node; int64_t limit; };
struct rdma_limit { struct node node; uint32_t hcaHandles, hcaObjects; };

struct resources {
	struct node node;
	LIST_OF(struct device_rule) devices;
	const struct memory_resources *memory;
	const struct cpu_resources *cpu;
	const struct block_io *blockIO;
	LIST_OF(struct hugepage_limit) hugepageLimits;
	const struct network_resources *network;
	const struct pids_resources *pids;
	MAP_OF(struct rdma_limit) rdma;
	struct string_map unified;
};
extern const struct object resources_object, memory_object, cpu_object, pids_object, device_rule_object, block_io_object, weight_device_object, network_resources_object, rdma_limit_object;

#endif
