/* SPDX-License-Identifier: ISC */
/* Limits on cgroup v2, with v1's numbers converted as runc does. The kernel's cgroup-v2 document, "Controllers"; runtime-spec, config-linux.md, "Unified". */
#include "kernel/cgroup_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

static int check_usage(const char *directory, int64_t limit, enum cgroup_value v, struct err *e)
{
	uint64_t usage;
	if (limit <= 0 || cgroup_get_number(directory, "memory.current", &usage) < 0 || usage < (uint64_t)limit)
		return 0;
	err_set(e, "rejecting memory%s limit: %lld bytes, %llu are in use", v == CGROUP_MEMORY_SWAP ? "+swap" : "", (long long)limit, (unsigned long long)usage);
	return cgroup_value_at(e, v);
}

/* v2 has no counterpart of these; runc takes no notice of them. */
static void warn_of_v1(uint32_t controllers, const struct cgroup_limits *l)
{
	static const uint8_t only_v1[] = {
		CGROUP_MEMORY_KERNEL, CGROUP_MEMORY_KERNEL_TCP, CGROUP_MEMORY_SWAPPINESS, CGROUP_MEMORY_DISABLE_OOM_KILLER, CGROUP_CPU_RT_RUNTIME, CGROUP_CPU_RT_PERIOD,
		CGROUP_BLKIO_LEAF_WEIGHT,
	};
	for (size_t i = 0; i < sizeof only_v1; i++)
		if (cgroup_wants(l, only_v1[i]) && controllers & CGROUP_BIT(cgroup_value_controller(only_v1[i])))
			log_warn("linux.resources.%s: cgroup v2 has no such limit; ignored", cgroup_value_name(only_v1[i]));
}

static int apply_memory(const char *directory, const struct cgroup_limits *l, struct err *e)
{
	int64_t limit = cgroup_wants(l, CGROUP_MEMORY_LIMIT) ? l->value[CGROUP_MEMORY_LIMIT] : 0, swap;
	int64_t both = cgroup_wants(l, CGROUP_MEMORY_SWAP) ? l->value[CGROUP_MEMORY_SWAP] : 0;
	bool zero;
	if (cgroup_swap_of_v1(both, limit, &swap, &zero, e) < 0)
		return -1;
	if (cgroup_wants(l, CGROUP_MEMORY_CHECK_BEFORE_UPDATE) && (check_usage(directory, both, CGROUP_MEMORY_SWAP, e) < 0 || check_usage(directory, limit, CGROUP_MEMORY_LIMIT, e) < 0))
		return -1;
	/* a kernel that does not count swap has no such file: no swap, or any of it, is what it gives already */
	if ((swap || zero) && cgroup_put_max(directory, "memory.swap.max", swap, CGROUP_MEMORY_SWAP, e) < 0 && !(e->number == ENOENT && (swap == -1 || zero)))
		return -1;
	if (limit && cgroup_put_max(directory, "memory.max", limit, CGROUP_MEMORY_LIMIT, e) < 0)
		return -1;
	if (cgroup_wants(l, CGROUP_MEMORY_RESERVATION))
		return cgroup_put_max(directory, "memory.low", l->value[CGROUP_MEMORY_RESERVATION], CGROUP_MEMORY_RESERVATION, e);
	return 0;
}

static int apply_quota(const char *directory, const struct cgroup_limits *l, struct err *e)
{
	char text[64], quota[24] = "max";
	bool has_quota = cgroup_wants(l, CGROUP_CPU_QUOTA), has_period = cgroup_wants(l, CGROUP_CPU_PERIOD);
	if (!has_quota && !has_period)
		return 0;
	if (has_quota && l->value[CGROUP_CPU_QUOTA] > 0)
		snprintf(quota, sizeof quota, "%lld", (long long)l->value[CGROUP_CPU_QUOTA]);
	/* 100 ms is the period's default in the kernel's document */
	snprintf(text, sizeof text, "%s %llu", quota, has_period ? (unsigned long long)l->value[CGROUP_CPU_PERIOD] : 100000ull);
	return cgroup_put(directory, "cpu.max", text, e) < 0 ? cgroup_value_at(e, has_quota ? CGROUP_CPU_QUOTA : CGROUP_CPU_PERIOD) : 0;
}

static int apply_cpu(const char *directory, const struct cgroup_limits *l, struct err *e)
{
	bool burst = cgroup_wants(l, CGROUP_CPU_BURST), again = false;
	if (cgroup_wants(l, CGROUP_CPU_IDLE) && cgroup_put_max(directory, "cpu.idle", l->value[CGROUP_CPU_IDLE], CGROUP_CPU_IDLE, e) < 0)
		return -1;
	if (cgroup_wants(l, CGROUP_CPU_SHARES) &&
	    cgroup_put_max(directory, "cpu.weight", (int64_t)cgroup_weight_of_shares((uint64_t)l->value[CGROUP_CPU_SHARES]), CGROUP_CPU_SHARES, e) < 0)
		return -1;
	if (burst && cgroup_put_max(directory, "cpu.max.burst", l->value[CGROUP_CPU_BURST], CGROUP_CPU_BURST, e) < 0) {
		/* more than the old quota: accepted when the new one is there */
		if (e->number != EINVAL || !cgroup_wants(l, CGROUP_CPU_QUOTA))
			return -1;
		again = true;
	}
	if (apply_quota(directory, l, e) < 0)
		return -1;
	return again ? cgroup_put_max(directory, "cpu.max.burst", l->value[CGROUP_CPU_BURST], CGROUP_CPU_BURST, e) : 0;
}

int cgroup_v2_apply(const struct cgroup *g, const struct cgroup_limits *limits, struct err *e)
{
	static const struct { enum cgroup_controller controller; int (*apply)(const char *, const struct cgroup_limits *, struct err *); } parts[] = {
		{ CGROUP_PIDS, cgroup_put_pids }, { CGROUP_MEMORY, apply_memory }, { CGROUP_CPU, apply_cpu }, { CGROUP_CPUSET, cgroup_put_cpuset },
	};
	const struct cgroup_dir *d = cgroup_dir_v2(g);
	uint32_t needs = cgroup_needs(limits);
	if (!d)
		return 0;
	const char *directory = cgroup_dir_path(g, d);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (d->controllers & needs & CGROUP_BIT(parts[i].controller) && parts[i].apply(directory, limits, e) < 0)
			return -1;
	warn_of_v1(d->controllers, limits);
	if (cgroup_items_apply(g, limits, true, e) < 0)
		return -1;
	if (!limits->device_count || !(d->controllers & CGROUP_BIT(CGROUP_DEVICES)))
		return 0;
	return cgroup_v2_devices(directory, limits->new_fd, limits->devices, limits->device_count, e) < 0 ? err_at(e, "linux.resources.devices") : 0;
}

int cgroup_apply(const struct cgroup *g, const struct cgroup_limits *limits, struct err *e)
{
	/* for `update`: what is asked for and has no directory was not asked for at create */
	uint32_t needs = cgroup_needs(limits);
	for (int c = 0; c < CGROUP_CONTROLLERS; c++)
		if (needs & CGROUP_BIT(c) && !cgroup_dir_of(g, c))
			return err_set(e, "linux.resources: the container was created without a cgroup for the %s controller", cgroup_word(c));
	if (cgroup_v1_apply(g, limits, e) < 0)
		return -1;
	return cgroup_v2_apply(g, limits, e);
}

int cgroup_update(const struct cgroup *g, const struct cgroup_limits *limits, struct err *e)
{
	struct cgroup_limits values = *limits, rules = { .devices = limits->devices, .device_count = limits->device_count };
	values.device_count = 0;
	cgroup_journal(true);
	/* device rules behind all others: they change as a whole or not at all */
	int result = cgroup_apply(g, &values, e) < 0 ? -1 : cgroup_apply(g, &rules, e);
	if (result < 0)
		cgroup_journal_undo();
	cgroup_journal(false);
	return result;
}
