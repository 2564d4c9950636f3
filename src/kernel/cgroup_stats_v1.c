/* SPDX-License-Identifier: ISC */
/* What a cgroup has used so far, on v1: the kernel's cgroup-v1 documents cpuacct, cpusets, memory, blkio-controller, pids, hugetlb. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/str.h"
#include "kernel/cgroup_parts.h"
#include "kernel/cgroup_stats_parts.h"

#define TICK_NS 10000000u   /* USER_HZ is 100 on every Linux that we build for */

static void read_pids(const char *directory, struct cgroup_stats *s)
{
	uint64_t limit = stats_get(directory, "pids.max");
	s->pids.current = stats_get(directory, "pids.current");
	s->pids.limit = limit == UINT64_MAX ? 0 : limit;
}

#define AT(place) offsetof(struct cgroup_stats, place)
static const struct stats_key cpu_keys[] = {
	{ "nr_periods", AT(cpu.periods), 1 }, { "nr_throttled", AT(cpu.throttled_periods), 1 }, { "throttled_time", AT(cpu.throttled_time), 1 },
};
static const struct stats_key ticks_keys[] = { { "user", AT(cpu.user), TICK_NS }, { "system", AT(cpu.kernel), TICK_NS } };

struct cpus { struct cgroup_stats *s; struct err *e; };

/* "CPU USER SYSTEM …", behind a heading */
static int take_modes(void *context, char *line)
{
	struct cpus *c = context;
	char *at = line, *cpu = stats_word(&at), *user = stats_word(&at), *kernel = stats_word(&at);
	if (!kernel || *cpu < '0' || *cpu > '9')
		return 0;
	if (c->s->cpu_modes == LIMIT_CPUS)
		return ERR_LIMIT(c->e, "CPUs", LIMIT_CPUS);
	c->s->percpu_user[c->s->cpu_modes] = stats_number(user);
	c->s->percpu_kernel[c->s->cpu_modes++] = stats_number(kernel);
	return 0;
}

static int read_percpu(const char *directory, struct cgroup_stats *s, struct err *e)
{
	static LARGE char text[LIMIT_CPUS * 21 + 2];   /* one long line */
	char *at = text, *word;
	struct err unread;
	if (cgroup_get(directory, "cpuacct.usage_percpu", text, sizeof text, &unread) < 0)
		return 0;
	text[strcspn(text, "\n")] = 0;
	for (; (word = stats_word(&at)); s->cpu_count++) {
		if (s->cpu_count == LIMIT_CPUS)
			return ERR_LIMIT(e, "CPUs", LIMIT_CPUS);
		s->percpu[s->cpu_count] = stats_number(word);
	}
	return 0;
}

static int read_cpuacct(const char *directory, struct cgroup_stats *s, struct err *e)
{
	struct cpus cpus = { s, e };
	s->cpu.total = stats_get(directory, "cpuacct.usage");
	stats_keyed(directory, "cpuacct.stat", ticks_keys, 2, s);
	if (read_percpu(directory, s, e) < 0)
		return -1;
	return stats_lines(directory, "cpuacct.usage_all", take_modes, &cpus);
}

static void read_text(const char *directory, const char *file, char *text, size_t size)
{
	struct err unread;
	if (cgroup_get(directory, file, text, size, &unread) < 0)
		*text = 0;
	text[strcspn(text, "\n")] = 0;
}

static void read_cpuset(const char *directory, struct cgroup_stats *s)
{
	static const struct { const char *file; uint16_t offset; } files[] = {
#define ONE(name) { "cpuset." #name, offsetof(struct cgroup_cpuset, name) }
		ONE(cpu_exclusive), ONE(mem_hardwall), ONE(mem_exclusive), ONE(memory_migrate), ONE(memory_spread_page), ONE(memory_spread_slab), ONE(memory_pressure),
		ONE(sched_load_balance),
#undef ONE
	};
	char level[32];
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		*(uint64_t *)((char *)&s->cpuset + files[i].offset) = stats_get(directory, files[i].file);
	read_text(directory, "cpuset.cpus", s->cpus, sizeof s->cpus);
	read_text(directory, "cpuset.mems", s->mems, sizeof s->mems);
	read_text(directory, "cpuset.sched_relax_domain_level", level, sizeof level);
	if (str_i64(level, &s->relax_domain_level) < 0)
		s->relax_domain_level = 0;
}

static struct cgroup_memory_use memory_use(const char *directory, const char *name)
{
	static const char *const words[] = { "limit_in_bytes", "usage_in_bytes", "max_usage_in_bytes", "failcnt" };
	uint64_t values[4];
	char file[64];
	for (int i = 0; i < 4; i++) {
		snprintf(file, sizeof file, "memory%s.%s", name, words[i]);
		values[i] = stats_get(directory, file);
	}
	return (struct cgroup_memory_use){ values[0], values[1], values[2], values[3] };
}

struct io { struct cgroup_stats *s; enum cgroup_io kind; struct err *e; };

/* "8:0 Read 4096", "8:0 12", and a last line "Total 4096" */
static int take_io(void *context, char *line)
{
	static char none[] = "";
	struct io *io = context;
	char *at = line, *device = stats_word(&at), *op = stats_word(&at), *value = stats_word(&at);
	if (!op || !strchr(device, ':'))
		return 0;
	return stats_io(io->s, io->kind, device, value ? op : none, stats_number(value ? value : op), io->e);
}

/* Which files count depends on the I/O scheduler; the first group whose first file has a device in it is taken. */
static int read_io(const char *directory, struct cgroup_stats *s, struct err *e)
{
	static const char *const names[CGROUP_IO_KINDS] = {
		"sectors", "io_service_time", "io_wait_time", "io_merged", "io_queued", "time", "io_serviced", "io_service_bytes",
	};
	static const struct { const char *prefix, *suffix; enum cgroup_io first; } groups[] = {
		{ "blkio.bfq.", "_recursive", CGROUP_IO_SECTORS }, { "blkio.bfq.", "_recursive", CGROUP_IO_SERVICED }, { "blkio.", "_recursive", CGROUP_IO_SECTORS },
		{ "blkio.throttle.", "_recursive", CGROUP_IO_SERVICED }, { "blkio.throttle.", "", CGROUP_IO_SERVICED },
	};
	char file[64];
	s->io_counters = 0;
	for (size_t i = 0; i < sizeof groups / sizeof *groups && !s->io_counters; i++)
		for (struct io io = { s, groups[i].first, e }; io.kind < CGROUP_IO_KINDS; io.kind++) {
			snprintf(file, sizeof file, "%s%s%s", groups[i].prefix, names[io.kind], groups[i].suffix);
			if (stats_lines(directory, file, take_io, &io) < 0)
				return -1;
			if (!s->io_counters)
				break;
		}
	return 0;
}

int stats_v1(const char *directory, uint32_t controllers, struct cgroup_stats *s, struct err *e)
{
	if (controllers & CGROUP_BIT(CGROUP_PIDS))
		read_pids(directory, s);
	if (controllers & CGROUP_BIT(CGROUP_CPU))
		stats_keyed(directory, "cpu.stat", cpu_keys, 3, s);
	if (controllers & CGROUP_BIT(CGROUP_CPUACCT) && read_cpuacct(directory, s, e) < 0)
		return -1;
	if (controllers & CGROUP_BIT(CGROUP_CPUSET))
		read_cpuset(directory, s);
	if (controllers & CGROUP_BIT(CGROUP_MEMORY)) {
		if (stats_memory(directory, "cache", s, e) < 0)
			return -1;
		s->memory = memory_use(directory, "");
		s->swap = memory_use(directory, ".memsw");
		s->kernel = memory_use(directory, ".kmem");
		s->kernel_tcp = memory_use(directory, ".kmem.tcp");
	}
	if (controllers & CGROUP_BIT(CGROUP_BLKIO) && read_io(directory, s, e) < 0)
		return -1;
	return controllers & CGROUP_BIT(CGROUP_HUGETLB) ? stats_huge_pages(directory, false, s, e) : 0;
}
