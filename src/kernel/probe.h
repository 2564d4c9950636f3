/* SPDX-License-Identifier: ISC */
/* What this kernel has, and by which kernel option: one table that steps, check, features, --dry-run and tests ask. */
#ifndef KERNEL_PROBE_H
#define KERNEL_PROBE_H

#include <stdbool.h>
#include "base/err.h"

enum facility {
	FACILITY_END,            /* ends a step's `needs` list */
	FACILITY_NS_PID, FACILITY_NS_NETWORK, FACILITY_NS_MOUNT, FACILITY_NS_IPC, FACILITY_NS_UTS, FACILITY_NS_USER, FACILITY_NS_CGROUP, FACILITY_NS_TIME,
	/* controllers, on v1 or v2; in the order of enum cgroup_controller (kernel/cgroup.h) */
	FACILITY_CGROUP_CPU, FACILITY_CGROUP_CPUACCT, FACILITY_CGROUP_CPUSET, FACILITY_CGROUP_MEMORY, FACILITY_CGROUP_DEVICES, FACILITY_CGROUP_FREEZER,
	FACILITY_CGROUP_BLKIO, FACILITY_CGROUP_PIDS, FACILITY_CGROUP_HUGETLB, FACILITY_CGROUP_NET_CLS, FACILITY_CGROUP_NET_PRIO, FACILITY_CGROUP_RDMA,
	FACILITY_CGROUP_V2,      /* a mounted v2 tree */
	FACILITY_CGROUP_BPF,     /* BPF_PROG_TYPE_CGROUP_DEVICE */
	FACILITY_SECCOMP, FACILITY_SECCOMP_FILTER,
	FACILITY_PROC, FACILITY_SYSFS, FACILITY_TMPFS, FACILITY_DEVPTS, FACILITY_MQUEUE, FACILITY_OVERLAY, FACILITY_EROFS, FACILITY_SQUASHFS, FACILITY_FUSE,
	FACILITY_KEYS, FACILITY_PIDFD, FACILITY_CLONE3, FACILITY_OPENAT2, FACILITY_MOUNT_API, FACILITY_MOUNT_SETATTR, FACILITY_MEMORY_POLICY,
	FACILITY_RDT, FACILITY_APPARMOR, FACILITY_SELINUX,
	FACILITY_COUNT
};

/* probe_has: whether f works here. Nothing is looked at before it is asked for; the answer is kept for the life of the process. */
bool probe_has(enum facility f);
/* probe_need: 0 if f works here; else -1 and "no pids controller here (CONFIG_CGROUP_PIDS): No such file or directory". */
int probe_need(enum facility f, struct err *e);
/* probe_name: "pids controller"; probe_option: "CONFIG_CGROUP_PIDS", or what else brings it. */
const char *probe_name(enum facility f);
const char *probe_option(enum facility f);
/* probe_module: the module that a facility may be in ("overlay"), or 0. */
const char *probe_module(enum facility f);
/* probe_filesystem: the facility of a filesystem type, or FACILITY_END where the table has none ("ext4", "bind"). */
enum facility probe_filesystem(const char *type);

#endif
