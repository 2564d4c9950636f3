/* SPDX-License-Identifier: ISC */
/* runlet update: other limits for a container that lives, by runc's flags or by linux.resources as JSON. */
#include "base/limits.h"
#include "cmd/lifecycle.h"

#include <fcntl.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "spec/document.h"
#include "spec/resources.h"

static struct memory_resources memory;
static struct cpu_resources cpu;
static struct pids_resources pids;
static struct block_io block_io;
static struct resources change;

/* One row a flag: the member that it sets. */
enum { BLKIO_WEIGHT, CPU_PERIOD, CPU_QUOTA, CPU_SHARE, CPU_RT_PERIOD, CPU_RT_RUNTIME, CPU_BURST, CPU_IDLE, CPUSET_CPUS, CPUSET_MEMS, MEMORY, RESERVATION, SWAP, PIDS_LIMIT, FLAGS };
enum form { SIGNED, UNSIGNED, SIZE, SHORT, TEXT };
static const struct { enum form form; const struct object *table; void *object; void *member; const char *name; } flags[FLAGS] = {
	[BLKIO_WEIGHT] = { SHORT, &block_io_object, &block_io, &block_io.weight, "weight" },
	[CPU_PERIOD] = { UNSIGNED, &cpu_object, &cpu, &cpu.period, "period" },
	[CPU_QUOTA] = { SIGNED, &cpu_object, &cpu, &cpu.quota, "quota" },
	[CPU_SHARE] = { UNSIGNED, &cpu_object, &cpu, &cpu.shares, "shares" },
	[CPU_RT_PERIOD] = { UNSIGNED, &cpu_object, &cpu, &cpu.realtimePeriod, "realtimePeriod" },
	[CPU_RT_RUNTIME] = { SIGNED, &cpu_object, &cpu, &cpu.realtimeRuntime, "realtimeRuntime" },
	[CPU_BURST] = { UNSIGNED, &cpu_object, &cpu, &cpu.burst, "burst" },
	[CPU_IDLE] = { SIGNED, &cpu_object, &cpu, &cpu.idle, "idle" },
	[CPUSET_CPUS] = { TEXT, &cpu_object, &cpu, &cpu.cpus, "cpus" },
	[CPUSET_MEMS] = { TEXT, &cpu_object, &cpu, &cpu.mems, "mems" },
	[MEMORY] = { SIZE, &memory_object, &memory, &memory.limit, "limit" },
	[RESERVATION] = { SIZE, &memory_object, &memory, &memory.reservation, "reservation" },
	[SWAP] = { SIZE, &memory_object, &memory, &memory.swap, "swap" },
	[PIDS_LIMIT] = { SIGNED, &pids_object, &pids, &pids.limit, "limit" },
};
static const char *given[FLAGS];
static const char *resources, *kernel_memory, *kernel_memory_tcp, *l3_cache, *memory_bandwidth;
static const struct option options[FLAGS + 5] = {
	[BLKIO_WEIGHT] = { "blkio-weight", 0, OPTION_TEXT, &given[BLKIO_WEIGHT], "N", "share of block I/O, 10 to 1000" },
	[CPU_PERIOD] = { "cpu-period", 0, OPTION_TEXT, &given[CPU_PERIOD], "US", "period of the CPU quota" },
	[CPU_QUOTA] = { "cpu-quota", 0, OPTION_TEXT, &given[CPU_QUOTA], "US", "CPU time in a period; -1: any" },
	[CPU_SHARE] = { "cpu-share", 0, OPTION_TEXT, &given[CPU_SHARE], "N", "share of CPU time; 1024 is usual" },
	[CPU_RT_PERIOD] = { "cpu-rt-period", 0, OPTION_TEXT, &given[CPU_RT_PERIOD], "US", "period of the realtime quota" },
	[CPU_RT_RUNTIME] = { "cpu-rt-runtime", 0, OPTION_TEXT, &given[CPU_RT_RUNTIME], "US", "realtime CPU time in a period" },
	[CPU_BURST] = { "cpu-burst", 0, OPTION_TEXT, &given[CPU_BURST], "US", "unused quota that may be saved up" },
	[CPU_IDLE] = { "cpu-idle", 0, OPTION_TEXT, &given[CPU_IDLE], "0|1", "1: SCHED_IDLE" },
	[CPUSET_CPUS] = { "cpuset-cpus", 0, OPTION_TEXT, &given[CPUSET_CPUS], "LIST", "CPUs to use: 0-2,7" },
	[CPUSET_MEMS] = { "cpuset-mems", 0, OPTION_TEXT, &given[CPUSET_MEMS], "LIST", "memory nodes to use" },
	[MEMORY] = { "memory", 0, OPTION_TEXT, &given[MEMORY], "SIZE", "limit of memory: bytes, 512M, 1.5G; -1: none" },
	[RESERVATION] = { "memory-reservation", 0, OPTION_TEXT, &given[RESERVATION], "SIZE", "soft limit of memory" },
	[SWAP] = { "memory-swap", 0, OPTION_TEXT, &given[SWAP], "SIZE", "limit of memory and swap together" },
	[PIDS_LIMIT] = { "pids-limit", 0, OPTION_TEXT, &given[PIDS_LIMIT], "N", "how many processes; -1: any number" },
	{ "resources", 'r', OPTION_TEXT, &resources, "FILE", "linux.resources as JSON; - is standard input; the other options then count for nothing" },
	{ "l3-cache-schema", 0, OPTION_TEXT, &l3_cache, "TEXT", 0 },
	{ "mem-bw-schema", 0, OPTION_TEXT, &memory_bandwidth, "TEXT", 0 },
	{ "kernel-memory", 0, OPTION_TEXT, &kernel_memory, "SIZE", 0 },
	{ "kernel-memory-tcp", 0, OPTION_TEXT, &kernel_memory_tcp, "SIZE", 0 },
};

/* "512M", "512MB", "1.5 GiB", "4096": powers of 1024; three digits behind the point. */
static int parse_size(const char *text, int64_t *value)
{
	static const char units[] = "kmgtp";
	uint64_t whole = 0, part = 0, scale = 1;
	if (strcmp(text, "-1") == 0)
		return *value = -1, 0;
	if (*text < '0' || *text > '9')
		return -1;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(whole, 10u, &whole) || __builtin_add_overflow(whole, (uint64_t)(*text - '0'), &whole))
			return -1;
	if (*text == '.')
		for (text++; *text >= '0' && *text <= '9'; text++)
			if (scale < 1000) {
				part = part * 10 + (uint64_t)(*text - '0');
				scale *= 10;
			}
	text += *text == ' ';
	const char *unit = *text ? strchr(units, *text | 32) : 0;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
	text += unit != 0;
	text += unit && (*text | 32) == 'i';
	text += (*text | 32) == 'b';
	if (*text || (shift && whole >> (63 - shift)) || whole > INT64_MAX)
		return -1;
	*value = (int64_t)((whole << shift) + (part << shift) / scale);
	return 0;
}

static int take_flag(int i, struct err *e)
{
	uint64_t number = 0;
	int result = 0;
	switch (flags[i].form) {
	case SIGNED: result = str_i64(given[i], flags[i].member); break;
	case UNSIGNED: result = str_u64(given[i], flags[i].member); break;
	case SIZE: result = parse_size(given[i], flags[i].member); break;
	case SHORT:
		result = str_u64(given[i], &number) < 0 || number > UINT16_MAX ? -1 : 0;
		*(uint32_t *)flags[i].member = (uint32_t)number;
		break;
	case TEXT: *(const char **)flags[i].member = given[i]; break;
	}
	spec_set(flags[i].table, flags[i].object, flags[i].name);
	return result < 0 ? err_set(e, "--%s: \"%s\" is not a %s", options[i].name, given[i], flags[i].form == SIZE ? "size" : "number in range") : 0;
}

static int take_flags(struct err *e)
{
	for (int i = 0; i < FLAGS; i++)
		if (given[i] && *given[i] && take_flag(i, e) < 0)
			return -1;
	if (cpu.idle < 0 || cpu.idle > 1)
		return err_set(e, "--cpu-idle: neither 0 nor 1");
	change.memory = memory.node.present ? &memory : 0;
	change.cpu = cpu.node.present ? &cpu : 0;
	change.pids = pids.node.present ? &pids : 0;
	change.blockIO = block_io.node.present ? &block_io : 0;
	if (kernel_memory || kernel_memory_tcp)
		log_warn("--kernel-memory%s: no kernel has such a limit any more; ignored", kernel_memory ? "" : "-tcp");
	return 0;
}

static int take_file(struct err *e)
{
	DOCUMENT_REGIONS(regions, LIMIT_RESOURCES_BYTES, LIMIT_RESOURCES_BYTES / 8, 4 * LIMIT_RESOURCES_BYTES);
	static struct document d;
	bool input = strcmp(resources, "-") == 0;
	DOCUMENT_INIT(&d, input ? "standard input" : resources, regions);
	if (!input)
		return document_read(&d, AT_FDCWD, resources, e) < 0 ? -1 : document_decode_first(&d, &resources_object, &change, e);
	ssize_t length = io_read(0, d.text, d.text_size);
	if (length < 0)
		return err_sys(e, "cannot read standard input");
	return document_parse(&d, (size_t)length, e) < 0 ? -1 : document_decode_first(&d, &resources_object, &change, e);
}

static int run(int argc, char **argv)
{
	struct err e;
	(void)argc;
	if (l3_cache || memory_bandwidth) {
		err_not_built(&e, l3_cache ? "--l3-cache-schema" : "--mem-bw-schema");
		return cmd_fail(&e);
	}
	struct container *c = lifecycle_open(argv[0], &e);
	if (!c || (resources ? take_file(&e) : take_flags(&e)) < 0 || container_update(c, &change, &e) < 0)
		return cmd_fail(&e);
	return 0;
}

const struct command command_update = {
	.name = "update", .arguments = "ID", .summary = "change the limits of a container",
	.more = "What is not given stays as it is. Example: runlet update --memory 512M --pids-limit 100 web",
	.options = options, .option_count = COUNT(options), .run = run, .least = 1, .most = 1,
};
