/* SPDX-License-Identifier: ISC */
/* vm (runtime-spec, config-vm.md). */
#include "spec/rules.h"
#include "spec/table.h"
#include "spec/vm.h"

static const struct field hypervisor_fields[] = {
	F(vm_hypervisor, path,       REQUIRED, CHECKED(check_absolute)),
	F(vm_hypervisor, parameters, OPTIONAL),
};
static const struct object hypervisor_object = TABLE("vm.hypervisor", "config-vm.md, Hypervisor Object", vm_hypervisor, hypervisor_fields, 0);

static const struct field kernel_fields[] = {
	F(vm_kernel, path,       REQUIRED, CHECKED(check_absolute)),
	F(vm_kernel, parameters, OPTIONAL),
	F(vm_kernel, initrd,     OPTIONAL, CHECKED(check_absolute)),
};
static const struct object kernel_object = TABLE("vm.kernel", "config-vm.md, Kernel Object", vm_kernel, kernel_fields, 0);

static const struct words formats = WORDS("raw", "qcow2", "vdi", "vmdk", "vhd");

static const struct field image_fields[] = {
	F(vm_image, path,   REQUIRED),
	F(vm_image, format, REQUIRED, .words = &formats),
};
static const struct object image_object = TABLE("vm.image", "config-vm.md, Image Object", vm_image, image_fields, 0);

static const struct field io_memory_fields[] = {
	F(vm_io_memory, firstGFN, OPTIONAL),
	F(vm_io_memory, firstMFN, REQUIRED),
	F(vm_io_memory, nrMFNs,   REQUIRED),
};
static const struct object io_memory_object = TABLE("vm.hwConfig.iomems", "config-vm.md, HWConfig Object", vm_io_memory, io_memory_fields, 0);

static const struct field hardware_fields[] = {
	F(vm_hardware, deviceTree, OPTIONAL),
	F(vm_hardware, vcpus,      OPTIONAL),
	F(vm_hardware, memory,     OPTIONAL),
	F(vm_hardware, dtdevs,     OPTIONAL),
	F_LIST(vm_hardware, "iomems", iomems, OPTIONAL, vm_io_memory, io_memory_object),
	F(vm_hardware, irqs,       OPTIONAL, .range = &range_u32),
};
static const struct object hardware_object = TABLE("vm.hwConfig", "config-vm.md, HWConfig Object", vm_hardware, hardware_fields, 0);

static const struct field vm_fields[] = {
	F_OBJECT(vm, "hypervisor", hypervisor, OPTIONAL, vm_hypervisor, hypervisor_object),
	F_OBJECT(vm, "kernel", kernel, REQUIRED, vm_kernel, kernel_object),
	F_OBJECT(vm, "image", image, OPTIONAL, vm_image, image_object),
	F_OBJECT(vm, "hwConfig", hwConfig, OPTIONAL, vm_hardware, hardware_object, .since = SPEC_1_3),
};
const struct object vm_object = TABLE("vm", "config-vm.md", vm, vm_fields, 0);
