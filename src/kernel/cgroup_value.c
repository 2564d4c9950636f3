/* SPDX-License-Identifier: ISC */
/* The limits' table, the conversions from v1's numbers to v2's, and the files that hold them. runtime-spec, config-linux.md, "Memory", "CPU", "PIDs". */
#include "kernel/cgroup_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/str.h"

/* option: what a kernel needs to have the file, where not each one with the controller does */
static const struct { const char *name; uint8_t controller; const char *option; } values[CGROUP_VALUES] = {
	[CGROUP_MEMORY_LIMIT] = { "memory.limit", CGROUP_MEMORY },
	[CGROUP_MEMORY_RESERVATION] = { "memory.reservation", CGROUP_MEMORY },
	[CGROUP_MEMORY_SWAP] = { "memory.swap", CGROUP_MEMORY, "CONFIG_MEMCG_SWAP, swapaccount=1" },
	[CGROUP_MEMORY_KERNEL] = { "memory.kernel", CGROUP_MEMORY },
	[CGROUP_MEMORY_KERNEL_TCP] = { "memory.kernelTCP", CGROUP_MEMORY },
	[CGROUP_MEMORY_SWAPPINESS] = { "memory.swappiness", CGROUP_MEMORY },
	[CGROUP_MEMORY_DISABLE_OOM_KILLER] = { "memory.disableOOMKiller", CGROUP_MEMORY },
	[CGROUP_MEMORY_USE_HIERARCHY] = { "memory.useHierarchy", CGROUP_MEMORY },
	[CGROUP_MEMORY_CHECK_BEFORE_UPDATE] = { "memory.checkBeforeUpdate", CGROUP_MEMORY },
	[CGROUP_CPU_SHARES] = { "cpu.shares", CGROUP_CPU },
	[CGROUP_CPU_QUOTA] = { "cpu.quota", CGROUP_CPU, "CONFIG_CFS_BANDWIDTH" },
	[CGROUP_CPU_PERIOD] = { "cpu.period", CGROUP_CPU, "CONFIG_CFS_BANDWIDTH" },
	[CGROUP_CPU_BURST] = { "cpu.burst", CGROUP_CPU, "Linux 5.14" },
	[CGROUP_CPU_RT_RUNTIME] = { "cpu.realtimeRuntime", CGROUP_CPU, "CONFIG_RT_GROUP_SCHED" },
	[CGROUP_CPU_RT_PERIOD] = { "cpu.realtimePeriod", CGROUP_CPU, "CONFIG_RT_GROUP_SCHED" },
	[CGROUP_CPU_IDLE] = { "cpu.idle", CGROUP_CPU, "Linux 5.15" },
	[CGROUP_PIDS_LIMIT] = { "pids.limit", CGROUP_PIDS },
	[CGROUP_CPUSET_CPUS] = { "cpu.cpus", CGROUP_CPUSET },
	[CGROUP_CPUSET_MEMS] = { "cpu.mems", CGROUP_CPUSET },
	[CGROUP_BLKIO_WEIGHT] = { "blockIO.weight", CGROUP_BLKIO },
	[CGROUP_BLKIO_LEAF_WEIGHT] = { "blockIO.leafWeight", CGROUP_BLKIO },
	[CGROUP_NET_CLASS] = { "network.classID", CGROUP_NET_CLS },
};
/* A 0 in these is what engines write for "not set", and runc takes it so */
#define ZERO_IS_UNSET (CGROUP_HAS(CGROUP_MEMORY_LIMIT) | CGROUP_HAS(CGROUP_MEMORY_RESERVATION) | CGROUP_HAS(CGROUP_MEMORY_SWAP) | \
		       CGROUP_HAS(CGROUP_MEMORY_KERNEL) | CGROUP_HAS(CGROUP_MEMORY_KERNEL_TCP) | CGROUP_HAS(CGROUP_MEMORY_DISABLE_OOM_KILLER) | \
		       CGROUP_HAS(CGROUP_MEMORY_USE_HIERARCHY) | CGROUP_HAS(CGROUP_MEMORY_CHECK_BEFORE_UPDATE) | CGROUP_HAS(CGROUP_CPU_SHARES) | \
		       CGROUP_HAS(CGROUP_CPU_QUOTA) | CGROUP_HAS(CGROUP_CPU_PERIOD) | CGROUP_HAS(CGROUP_CPU_RT_RUNTIME) | CGROUP_HAS(CGROUP_CPU_RT_PERIOD) | \
		       CGROUP_HAS(CGROUP_BLKIO_WEIGHT) | CGROUP_HAS(CGROUP_BLKIO_LEAF_WEIGHT) | CGROUP_HAS(CGROUP_NET_CLASS))

const char *cgroup_value_name(enum cgroup_value v)
{
	return values[v].name;
}

enum cgroup_controller cgroup_value_controller(enum cgroup_value v)
{
	return values[v].controller;
}

bool cgroup_wants(const struct cgroup_limits *limits, enum cgroup_value v)
{
	if (!(limits->has & CGROUP_HAS(v)))
		return false;
	if (v == CGROUP_CPU_SHARES && limits->has & CGROUP_HAS(CGROUP_CPU_IDLE) && limits->value[CGROUP_CPU_IDLE])
		return false;   /* an idle group has no weight: the kernel refuses one */
	if (v == CGROUP_CPUSET_CPUS)
		return limits->cpus && *limits->cpus;
	if (v == CGROUP_CPUSET_MEMS)
		return limits->mems && *limits->mems;
	return limits->value[v] || !(ZERO_IS_UNSET & CGROUP_HAS(v));
}

uint32_t cgroup_needs(const struct cgroup_limits *limits)
{
	uint32_t needs = limits->device_count ? CGROUP_BIT(CGROUP_DEVICES) : 0;
	for (int v = 0; v < CGROUP_VALUES; v++)
		if (cgroup_wants(limits, v))
			needs |= CGROUP_BIT(values[v].controller);
	for (size_t i = 0; i < limits->item_count; i++)
		if (limits->items[i].kind != CGROUP_ITEM_UNIFIED)   /* of the v2 tree in any case */
			needs |= CGROUP_BIT(cgroup_item_controller(&limits->items[i]));
	return needs;
}

int cgroup_value_at(struct err *e, enum cgroup_value v)
{
	if (e->number == ENOENT && values[v].option)
		err_num(e, ENOENT, "no %s here (%s)", values[v].name, values[v].option);
	return err_at(e, "linux.resources.%s", values[v].name);
}

int cgroup_open(const char *directory, const char *file, int flags, char path[LIMIT_PATH_BYTES])
{
	int n = snprintf(path, LIMIT_PATH_BYTES, "%s/%s", directory, file);
	if (n < 0 || n >= LIMIT_PATH_BYTES)
		return errno = ENAMETOOLONG, -1;
	return openat(AT_FDCWD, path, flags | O_CLOEXEC);
}

int cgroup_put(const char *directory, const char *file, const char *text, struct err *e)
{
	char path[LIMIT_PATH_BYTES];
	int fd = cgroup_open(directory, file, O_WRONLY, path);
	bool noted = fd >= 0 && cgroup_journal_note(path, text);
	ssize_t n = -1;
	/* io.max and its like take one line, a device's, a write */
	const char *line = text;
	if (fd >= 0)
		do {
			size_t length = strcspn(line, "\n");
			length += line[length] != 0;
			n = write(fd, line, length);
			if (n >= 0)
				line += length;
		} while (n < 0 ? errno == EINTR : *line);
	io_close_later(fd);
	if (n >= 0)
		return 0;
	err_sys(e, "cannot write \"%s\" to %s/%s", text, directory, file);
	if (noted)
		cgroup_journal_drop();
	return -1;
}

int cgroup_put_number(const char *directory, const char *file, int64_t value, struct err *e)
{
	char text[24];
	snprintf(text, sizeof text, "%lld", (long long)value);
	return cgroup_put(directory, file, text, e);
}

int cgroup_put_max(const char *directory, const char *file, int64_t value, enum cgroup_value v, struct err *e)
{
	int result = value == -1 ? cgroup_put(directory, file, "max", e) : cgroup_put_number(directory, file, value, e);
	return result < 0 ? cgroup_value_at(e, v) : 0;
}

int cgroup_put_cpuset(const char *directory, const struct cgroup_limits *l, struct err *e)
{
	if (cgroup_wants(l, CGROUP_CPUSET_CPUS) && cgroup_put(directory, "cpuset.cpus", l->cpus, e) < 0)
		return cgroup_value_at(e, CGROUP_CPUSET_CPUS);
	if (cgroup_wants(l, CGROUP_CPUSET_MEMS) && cgroup_put(directory, "cpuset.mems", l->mems, e) < 0)
		return cgroup_value_at(e, CGROUP_CPUSET_MEMS);
	return 0;
}

int cgroup_put_pids(const char *directory, const struct cgroup_limits *l, struct err *e)
{
	int64_t limit = l->value[CGROUP_PIDS_LIMIT];
	if (!cgroup_wants(l, CGROUP_PIDS_LIMIT))
		return 0;
	/* 0 as 1: the container's first process is there in any case; with 0, v2 would not let it be cloned into the cgroup (runc's reading, too) */
	return cgroup_put_max(directory, "pids.max", limit == 0 ? 1 : limit < 0 ? -1 : limit, CGROUP_PIDS_LIMIT, e);
}

bool cgroup_has_file(const char *directory, const char *file)
{
	char path[LIMIT_PATH_BYTES];
	struct err unused;
	return str_format(path, sizeof path, &unused, "%s/%s", directory, file) >= 0 && access(path, F_OK) == 0;
}

ssize_t cgroup_get(const char *directory, const char *file, char *text, size_t size, struct err *e)
{
	char path[LIMIT_PATH_BYTES];
	return str_format(path, sizeof path, e, "%s/%s", directory, file) < 0 ? -1 : io_read_kernel_file(path, text, size, e);
}

int cgroup_get_number(const char *directory, const char *file, uint64_t *value)
{
	char text[32];
	struct err e;
	if (cgroup_get(directory, file, text, sizeof text, &e) < 0)
		return -1;
	text[strcspn(text, "\n")] = 0;
	return str_u64(text, value) < 0 ? (errno = EPROTO, -1) : 0;
}

int cgroup_get_keyed(const char *directory, const char *file, const char *key, uint64_t *value)
{
	char text[1024];
	struct err e;
	size_t length = strlen(key);
	if (cgroup_get(directory, file, text, sizeof text, &e) < 0)
		return -1;
	for (char *line = text; *line; ) {
		char *end = line + strcspn(line, "\n");
		if (strncmp(line, key, length) == 0 && line[length] == ' ') {
			*end = 0;
			return str_u64(line + length + 1, value);
		}
		line = end + (*end != 0);
	}
	return errno = ENOENT, -1;
}

int cgroup_swap_of_v1(int64_t memory_and_swap, int64_t memory, int64_t *swap, bool *zero, struct err *e)
{
	*zero = false;
	if (memory == -1 && memory_and_swap == 0) {
		*swap = -1;   /* no limit of memory: none of both together either */
		return 0;
	}
	*swap = memory_and_swap;
	if (memory_and_swap <= 0 || memory == -1)
		return 0;
	if (memory == 0)
		return err_set(e, "linux.resources.memory.swap: needs a limit of memory on cgroup v2, whose swap is counted alone");
	if (memory < 0 || memory_and_swap < memory)
		return err_set(e, "linux.resources.memory.swap: memory and swap together are less than memory");
	*swap = memory_and_swap - memory;
	*zero = *swap == 0;
	return 0;
}

uint64_t cgroup_io_weight(uint64_t weight)
{
	return 1 + (weight - 10) * 9999 / 990;
}

/* Fixed point with 60 bits behind the point: runc computes the weight with doubles, and there is no floating point here. */
#define ONE ((uint64_t)1 << 60)

static uint64_t multiply(uint64_t a, uint64_t b)   /* a × b, of which the 60 bits behind the point are kept */
{
	uint64_t a1 = a >> 32, a0 = a & 0xffffffff, b1 = b >> 32, b0 = b & 0xffffffff;
	uint64_t middle = a1 * b0 + (a0 * b0 >> 32), other = a0 * b1 + (middle & 0xffffffff);
	uint64_t high = a1 * b1 + (middle >> 32) + (other >> 32), low = other << 32 | (a0 * b0 & 0xffffffff);
	return high << 4 | low >> 60;
}

/* log2(n) for n of 2 … 2^18, with 55 bits behind the point (it reaches 18). */
static uint64_t log2_fixed(uint64_t n)
{
	uint64_t whole = 0, part = 0;
	while (n >> (whole + 1))
		whole++;
	uint64_t x = n << (60 - whole);   /* 1 … 2 */
	for (int bit = 0; bit < 55; bit++) {
		x = multiply(x, x);
		part <<= 1;
		if (x >= 2 * ONE) {
			x >>= 1;
			part |= 1;
		}
	}
	return whole << 55 | part;
}

/* 2^x for x of 0 … 1: the series of e^(x × ln 2). */
static uint64_t exp2_fixed(uint64_t x)
{
	uint64_t y = multiply(x, 799144290325165979u), term = ONE, sum = 0;
	for (uint64_t k = 1; term; k++) {
		sum += term;
		term = multiply(term, y) / k;
	}
	return sum;
}

uint64_t cgroup_weight_of_shares(uint64_t shares)
{
	if (shares == 0)
		return 0;
	if (shares <= 2)
		return 1;
	if (shares >= 262144)
		return 10000;
	/* 10^(l²/612 + 125l/612 - 7/34) = 2^(log2(10) × (l² + 125l - 126) / 612) */
	uint64_t l = log2_fixed(shares);                                   /* 55 bits */
	uint64_t sum = multiply(l, l) + 125 * (l >> 5) - ((uint64_t)126 << 50);   /* 50 bits; below 2,600 */
	uint64_t exponent = multiply(sum / 612, 3829922337353294528u);      /* × log2(10): below 14, 50 bits */
	uint64_t whole = exponent >> 50;
	uint64_t value = exp2_fixed((exponent & (((uint64_t)1 << 50) - 1)) << 10) >> 20 << whole;   /* 40 bits */
	/* rounded up; what is a whole number but for the arithmetic's last bits stays it */
	return (value + ((uint64_t)1 << 40) - 1 - 4096) >> 40;
}
