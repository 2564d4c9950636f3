/* SPDX-License-Identifier: ISC */
/* vm (runtime-spec, config-vm.md). Parsed and checked; no such container is created. */
#ifndef SPEC_VM_H
#define SPEC_VM_H

#include "spec/field.h"

struct vm_hypervisor { struct node node; const char *path; struct strings parameters; };
struct vm_kernel { struct node node; const char *path, *initrd; struct strings parameters; };
struct vm_image  { struct node node; const char *path, *format; };
struct vm_io_memory { struct node node; uint64_t firstGFN, firstMFN, nrMFNs; };
struct vm_hardware { struct node node; const char *deviceTree; uint32_t vcpus; uint64_t memory; struct strings dtdevs; LIST_OF(struct vm_io_memory) iomems; struct numbers irqs; };
struct vm {
	struct node node;
	const struct vm_hypervisor *hypervisor;
	const struct vm_kernel *kernel;
	const struct vm_image *image;
	const struct vm_hardware *hwConfig;
};
extern const struct object vm_object;

#endif
