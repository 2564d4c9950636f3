/* SPDX-License-Identifier: ISC */
/* Limits on cgroup v1: one file a value, in an order that the kernel accepts. The kernel's cgroup-v1 documents: memory, cpusets, pids; sched-bwc, sched-rt-group. */
#include "kernel/cgroup_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

#define NOT_SUPPORTED 524   /* ENOTSUPP, the kernel's own, of a limit that was taken out */

static int put(const char *directory, const char *file, const struct cgroup_limits *l, enum cgroup_value v, struct err *e)
{
	if (!cgroup_wants(l, v))
		return 0;
	return cgroup_put_number(directory, file, l->value[v], e) < 0 ? cgroup_value_at(e, v) : 0;
}

static int put_limit(const char *directory, const struct cgroup_limits *l, struct err *e)
{
	uint64_t usage;
	if (!cgroup_wants(l, CGROUP_MEMORY_LIMIT) || cgroup_put_number(directory, "memory.limit_in_bytes", l->value[CGROUP_MEMORY_LIMIT], e) == 0)
		return 0;
	if (e->number == EBUSY && cgroup_get_number(directory, "memory.usage_in_bytes", &usage) == 0)
		err_num(e, EBUSY, "cannot go down to %lld bytes, %llu are in use", (long long)l->value[CGROUP_MEMORY_LIMIT], (unsigned long long)usage);
	return cgroup_value_at(e, CGROUP_MEMORY_LIMIT);
}

static int put_swap(const char *directory, int64_t value, bool implied, struct err *e)
{
	if (!value || cgroup_put_number(directory, "memory.memsw.limit_in_bytes", value, e) == 0)
		return 0;
	return implied && e->number == ENOENT ? 0 : cgroup_value_at(e, CGROUP_MEMORY_SWAP);
}

/* The kernel holds memory ≤ memory+swap at every moment, so the one that moves away goes first. */
static int apply_memory_and_swap(const char *directory, const struct cgroup_limits *l, struct err *e)
{
	int64_t limit = cgroup_wants(l, CGROUP_MEMORY_LIMIT) ? l->value[CGROUP_MEMORY_LIMIT] : 0;
	int64_t swap = cgroup_wants(l, CGROUP_MEMORY_SWAP) ? l->value[CGROUP_MEMORY_SWAP] : 0;
	bool implied = limit == -1 && swap == 0, swap_first = false;
	uint64_t now;
	if (implied)
		swap = -1;
	if (limit && swap)
		swap_first = swap == -1 || (cgroup_get_number(directory, "memory.limit_in_bytes", &now) == 0 && now < (uint64_t)swap);
	if (swap_first && put_swap(directory, swap, implied, e) < 0)
		return -1;
	if (put_limit(directory, l, e) < 0)
		return -1;
	return swap_first ? 0 : put_swap(directory, swap, implied, e);
}

/* Kernels since 5.16 and 6.x have no such limit any more: runc takes no notice of it. */
static int put_kernel(const char *directory, const char *file, const struct cgroup_limits *l, enum cgroup_value v, struct err *e)
{
	if (put(directory, file, l, v, e) == 0)
		return 0;
	if (e->number != NOT_SUPPORTED && e->number != EOPNOTSUPP && e->number != ENOENT && e->number != EINVAL)
		return -1;
	log_warn("linux.resources.%s: this kernel has no such limit any more; ignored", cgroup_value_name(v));
	return 0;
}

static int apply_memory(const char *directory, const struct cgroup_limits *l, struct err *e)
{
	if (cgroup_wants(l, CGROUP_MEMORY_USE_HIERARCHY) && put(directory, "memory.use_hierarchy", l, CGROUP_MEMORY_USE_HIERARCHY, e) < 0)
		return -1;
	if (apply_memory_and_swap(directory, l, e) < 0 || put(directory, "memory.soft_limit_in_bytes", l, CGROUP_MEMORY_RESERVATION, e) < 0 ||
	    put_kernel(directory, "memory.kmem.limit_in_bytes", l, CGROUP_MEMORY_KERNEL, e) < 0 ||
	    put_kernel(directory, "memory.kmem.tcp.limit_in_bytes", l, CGROUP_MEMORY_KERNEL_TCP, e) < 0 ||
	    put(directory, "memory.oom_control", l, CGROUP_MEMORY_DISABLE_OOM_KILLER, e) < 0)
		return -1;
	if (cgroup_wants(l, CGROUP_MEMORY_SWAPPINESS) && (uint64_t)l->value[CGROUP_MEMORY_SWAPPINESS] > 100) {
		if (l->value[CGROUP_MEMORY_SWAPPINESS] == -1)
			return 0;
		return err_set(e, "linux.resources.memory.swappiness: %llu is not within 0 … 100", (unsigned long long)l->value[CGROUP_MEMORY_SWAPPINESS]);
	}
	return put(directory, "memory.swappiness", l, CGROUP_MEMORY_SWAPPINESS, e);
}

/* Two values of which the kernel checks each against the other: what is refused first may be accepted when the other one is there. */
static int put_pair(const char *directory, const char *first_file, enum cgroup_value first, const char *second_file, enum cgroup_value second,
		    const struct cgroup_limits *l, struct err *e)
{
	bool again = put(directory, first_file, l, first, e) < 0;
	if (again && (e->number != EINVAL || !cgroup_wants(l, second)))
		return -1;
	if (put(directory, second_file, l, second, e) < 0)
		return -1;
	return again ? put(directory, first_file, l, first, e) : 0;
}

static int apply_shares(const char *directory, const struct cgroup_limits *l, struct err *e)
{
	uint64_t now, shares = (uint64_t)l->value[CGROUP_CPU_SHARES];
	if (!cgroup_wants(l, CGROUP_CPU_SHARES))
		return 0;
	if (put(directory, "cpu.shares", l, CGROUP_CPU_SHARES, e) < 0)
		return -1;
	/* the kernel moves what is out of its range without a word */
	if (cgroup_get_number(directory, "cpu.shares", &now) < 0 || now == shares)
		return 0;
	return err_set(e, "linux.resources.cpu.shares: the %s possible is %llu", shares > now ? "most" : "least", (unsigned long long)now);
}

static int apply_cpu(const char *directory, const struct cgroup_limits *l, struct err *e)
{
	bool burst_again = false;
	if (put(directory, "cpu.idle", l, CGROUP_CPU_IDLE, e) < 0 || apply_shares(directory, l, e) < 0 ||
	    put_pair(directory, "cpu.rt_period_us", CGROUP_CPU_RT_PERIOD, "cpu.rt_runtime_us", CGROUP_CPU_RT_RUNTIME, l, e) < 0)
		return -1;
	if (put(directory, "cpu.cfs_burst_us", l, CGROUP_CPU_BURST, e) < 0) {
		if (e->number != EINVAL || !cgroup_wants(l, CGROUP_CPU_QUOTA))
			return -1;
		burst_again = true;
	}
	if (put_pair(directory, "cpu.cfs_period_us", CGROUP_CPU_PERIOD, "cpu.cfs_quota_us", CGROUP_CPU_QUOTA, l, e) < 0)
		return -1;
	return burst_again ? put(directory, "cpu.cfs_burst_us", l, CGROUP_CPU_BURST, e) : 0;
}

int cgroup_v1_apply(const struct cgroup *g, const struct cgroup_limits *limits, struct err *e)
{
	static const struct { enum cgroup_controller controller; int (*apply)(const char *, const struct cgroup_limits *, struct err *); } parts[] = {
		{ CGROUP_CPUSET, cgroup_put_cpuset }, { CGROUP_CPU, apply_cpu }, { CGROUP_MEMORY, apply_memory }, { CGROUP_PIDS, cgroup_put_pids },
	};
	uint32_t needs = cgroup_needs(limits);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		const struct cgroup_dir *d = cgroup_dir_of(g, parts[i].controller);
		if (d && !d->v2 && needs & CGROUP_BIT(parts[i].controller) && parts[i].apply(cgroup_dir_path(g, d), limits, e) < 0)
			return -1;
	}
	if (cgroup_items_apply(g, limits, false, e) < 0)
		return -1;
	const struct cgroup_dir *d = cgroup_dir_of(g, CGROUP_DEVICES);
	if (!d || d->v2 || !limits->device_count)
		return 0;
	return cgroup_v1_devices(cgroup_dir_path(g, d), limits->devices, limits->device_count, e) < 0 ? err_at(e, "linux.resources.devices") : 0;
}
