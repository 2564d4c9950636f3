/* SPDX-License-Identifier: ISC */
/* What a cgroup has used so far, on v2, in v1's terms: the kernel's cgroup-v2 document, "Core Interface Files", "Controllers"; accounting/psi. */
#include <string.h>

#include "kernel/cgroup_parts.h"
#include "kernel/cgroup_stats_parts.h"

static int count_process(void *context, char *line)
{
	uint64_t *count = context;
	*count += *line != 0;
	return 0;
}

static void read_pids(const char *directory, struct cgroup_stats *s)
{
	if (cgroup_has_file(directory, "pids.current")) {
		uint64_t limit = stats_get(directory, "pids.max");
		s->pids.current = stats_get(directory, "pids.current");
		s->pids.limit = limit == UINT64_MAX ? 0 : limit;
		return;
	}
	stats_lines(directory, "cgroup.procs", count_process, &s->pids.current);
}

#define AT(place) offsetof(struct cgroup_stats, place)
static const struct stats_key cpu_keys[] = {
	{ "usage_usec", AT(cpu.total), 1000 }, { "user_usec", AT(cpu.user), 1000 }, { "system_usec", AT(cpu.kernel), 1000 }, { "nr_periods", AT(cpu.periods), 1 },
	{ "nr_throttled", AT(cpu.throttled_periods), 1 }, { "throttled_usec", AT(cpu.throttled_time), 1000 },
};

static int read_memory(const char *directory, struct cgroup_stats *s, struct err *e)
{
	if (stats_memory(directory, "file", s, e) < 0)
		return -1;
	if (!s->memory_counters)
		return 0;
	s->memory = (struct cgroup_memory_use){
		.limit = stats_get(directory, "memory.max"), .usage = stats_get(directory, "memory.current"), .max = stats_get(directory, "memory.peak"),
	};
	uint64_t swap = stats_get(directory, "memory.swap.max");
	/* v1 counts memory and swap together; a peak of both can't be told from the two peaks */
	s->swap.usage = stats_get(directory, "memory.swap.current") + s->memory.usage;
	s->swap.limit = swap == UINT64_MAX || s->memory.limit == UINT64_MAX ? UINT64_MAX : swap + s->memory.limit;
	return 0;
}

struct io { struct cgroup_stats *s; struct err *e; };

/* "8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0" */
static int take_io(void *context, char *line)
{
	static const struct { const char *name, *op; enum cgroup_io kind; } known[] = {
		{ "rbytes", "Read", CGROUP_IO_SERVICE_BYTES }, { "wbytes", "Write", CGROUP_IO_SERVICE_BYTES },
		{ "rios", "Read", CGROUP_IO_SERVICED }, { "wios", "Write", CGROUP_IO_SERVICED },
	};
	struct io *io = context;
	char *at = line, *device = stats_word(&at), *word;
	while (device && (word = stats_word(&at))) {
		char *value = strchr(word, '=');
		if (!value)
			continue;
		*value++ = 0;
		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			if (strcmp(word, known[i].name) == 0 && stats_io(io->s, known[i].kind, device, known[i].op, stats_number(value), io->e) < 0)
				return -1;
	}
	return 0;
}

/* "95.63" in hundredths; without floating point */
static uint32_t hundredths(const char *text)
{
	uint32_t value = 0;
	int behind = -1;
	for (; (*text >= '0' && *text <= '9') || (*text == '.' && behind < 0); text++) {
		if (*text == '.')
			behind = 0;
		else if (behind < 2) {
			value = value * 10 + (uint32_t)(*text - '0');
			behind += behind >= 0;
		}
	}
	for (behind = behind < 0 ? 0 : behind; behind < 2; behind++)
		value *= 10;
	return value;
}

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=0" */
static int take_psi(void *context, char *line)
{
	struct cgroup_psi *p = context;
	char *at = line, *kind = stats_word(&at), *word;
	struct cgroup_psi_line *to = !kind ? 0 : strcmp(kind, "some") == 0 ? &p->some : strcmp(kind, "full") == 0 ? &p->full : 0;
	while (to && (word = stats_word(&at))) {
		char *value = strchr(word, '=');
		if (!value)
			continue;
		*value++ = 0;
		p->known = true;
		if (strcmp(word, "avg10") == 0)
			to->avg10 = hundredths(value);
		else if (strcmp(word, "avg60") == 0)
			to->avg60 = hundredths(value);
		else if (strcmp(word, "avg300") == 0)
			to->avg300 = hundredths(value);
		else if (strcmp(word, "total") == 0)
			to->total = stats_number(value);
	}
	return 0;
}

int stats_v2(const char *directory, struct cgroup_stats *s, struct err *e)
{
	struct io io = { s, e };
	read_pids(directory, s);
	stats_keyed(directory, "cpu.stat", cpu_keys, sizeof cpu_keys / sizeof *cpu_keys, s);
	stats_lines(directory, "cpu.pressure", take_psi, &s->cpu_psi);
	stats_lines(directory, "memory.pressure", take_psi, &s->memory_psi);
	stats_lines(directory, "io.pressure", take_psi, &s->io_psi);
	if (read_memory(directory, s, e) < 0 || stats_lines(directory, "io.stat", take_io, &io) < 0)
		return -1;
	return stats_huge_pages(directory, true, s, e);
}
