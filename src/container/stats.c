/* SPDX-License-Identifier: ISC */
/* What a container has used, as JSON in the members of `runc events`, runc-events(8): numbers that are 0 are left out where runc leaves them out. */
#include "container/stats.h"

#include <string.h>

#include "json/json.h"

enum when { UNLESS_0, ALWAYS };
struct member { const char *name; uint16_t offset; uint8_t when; };
#define MEMBER(name, place, when) { name, offsetof(struct cgroup_stats, place), when }

/* name: 0 in an array. first: whether it is the first of its object or array. */
static void begin(struct out *o, const char *name, bool *first)
{
	if (!*first)
		out_text(o, ",");
	*first = false;
	if (name) {
		json_quote(o, name);
		out_text(o, ":");
	}
}

static void number(struct out *o, const char *name, uint64_t value, enum when when, bool *first)
{
	if (!value && when == UNLESS_0)
		return;
	begin(o, name, first);
	out_printf(o, "%llu", (unsigned long long)value);
}

static void numbers(struct out *o, const void *base, const struct member *members, size_t count, bool *first)
{
	for (size_t i = 0; i < count; i++)
		number(o, members[i].name, *(const uint64_t *)((const char *)base + members[i].offset), members[i].when, first);
}
#define NUMBERS(o, base, members, first) numbers(o, base, members, sizeof members / sizeof *members, first)

static void array(struct out *o, const char *name, const uint64_t *values, unsigned count, bool *first)
{
	bool inner = true;
	if (!count)
		return;
	begin(o, name, first);
	out_text(o, "[");
	for (unsigned i = 0; i < count; i++)
		number(o, 0, values[i], ALWAYS, &inner);
	out_text(o, "]");
}

/* As Go prints a float: no zeros at the end. */
static void percent(struct out *o, const char *name, uint32_t hundredths, bool *first)
{
	unsigned whole = hundredths / 100, part = hundredths % 100;
	begin(o, name, first);
	if (!part)
		out_printf(o, "%u", whole);
	else if (part % 10)
		out_printf(o, "%u.%02u", whole, part);
	else
		out_printf(o, "%u.%u", whole, part / 10);
}

static void psi_line(struct out *o, const char *name, const struct cgroup_psi_line *l, bool *first)
{
	bool inner = true;
	begin(o, name, first);
	out_text(o, "{");
	percent(o, "avg10", l->avg10, &inner);
	percent(o, "avg60", l->avg60, &inner);
	percent(o, "avg300", l->avg300, &inner);
	number(o, "total", l->total, ALWAYS, &inner);
	out_text(o, "}");
}

static void psi(struct out *o, const struct cgroup_psi *p, bool *first)
{
	bool inner = true;
	if (!p->known)
		return;
	begin(o, "psi", first);
	out_text(o, "{");
	psi_line(o, "some", &p->some, &inner);
	psi_line(o, "full", &p->full, &inner);
	out_text(o, "}");
}

static void cpu(struct out *o, const struct cgroup_stats *s)
{
	static const struct member total[] = { MEMBER("total", cpu.total, UNLESS_0) };
	static const struct member modes[] = { MEMBER("kernel", cpu.kernel, ALWAYS), MEMBER("user", cpu.user, ALWAYS) };
	static const struct member throttling[] = {
		MEMBER("periods", cpu.periods, UNLESS_0), MEMBER("throttledPeriods", cpu.throttled_periods, UNLESS_0), MEMBER("throttledTime", cpu.throttled_time, UNLESS_0),
	};
	bool first = true, usage = true;
	out_text(o, "\"cpu\":{\"usage\":{");
	NUMBERS(o, s, total, &usage);
	array(o, "percpu", s->percpu, s->cpu_count, &usage);
	array(o, "percpu_kernel", s->percpu_kernel, s->cpu_modes, &usage);
	array(o, "percpu_user", s->percpu_user, s->cpu_modes, &usage);
	NUMBERS(o, s, modes, &usage);
	out_text(o, "},\"throttling\":{");
	NUMBERS(o, s, throttling, &first);
	out_text(o, "}");
	first = false;
	psi(o, &s->cpu_psi, &first);
	out_text(o, "}");
}

/* "0-3,7" as [0,1,2,3,7] */
static void list(struct out *o, const char *name, const char *text, bool *first)
{
	bool inner = true;
	if (*text < '0' || *text > '9')
		return;
	begin(o, name, first);
	out_text(o, "[");
	while (*text >= '0' && *text <= '9') {
		unsigned ends[2] = { 0, 0 };
		for (int i = 0; i < 2; i++) {
			for (; *text >= '0' && *text <= '9'; text++)
				ends[i] = ends[i] < 65536 ? ends[i] * 10 + (unsigned)(*text - '0') : 65536;
			if (i == 0 && *text != '-')
				ends[++i] = ends[0];
			else
				text += i == 0;
		}
		for (unsigned n = ends[0]; n <= ends[1] && n < 65536; n++)
			number(o, 0, n, ALWAYS, &inner);
		text += *text == ',';
	}
	out_text(o, "]");
}

static void cpuset(struct out *o, const struct cgroup_stats *s)
{
	static const struct member exclusive[] = { MEMBER("cpu_exclusive", cpuset.cpu_exclusive, ALWAYS) };
	static const struct member others[] = {
		MEMBER("mem_hardwall", cpuset.mem_hardwall, ALWAYS), MEMBER("mem_exclusive", cpuset.mem_exclusive, ALWAYS),
		MEMBER("memory_migrate", cpuset.memory_migrate, ALWAYS), MEMBER("memory_spread_page", cpuset.memory_spread_page, ALWAYS),
		MEMBER("memory_spread_slab", cpuset.memory_spread_slab, ALWAYS), MEMBER("memory_pressure", cpuset.memory_pressure, ALWAYS),
		MEMBER("sched_load_balance", cpuset.sched_load_balance, ALWAYS),
	};
	bool first = true;
	out_text(o, ",\"cpuset\":{");
	list(o, "cpus", s->cpus, &first);
	NUMBERS(o, s, exclusive, &first);
	list(o, "mems", s->mems, &first);
	NUMBERS(o, s, others, &first);
	out_printf(o, ",\"sched_relax_domain_level\":%lld}", (long long)s->relax_domain_level);
}

static void memory_use(struct out *o, const char *name, const struct cgroup_memory_use *u, bool *first)
{
	bool inner = true;
	begin(o, name, first);
	out_text(o, "{");
	number(o, "limit", u->limit, ALWAYS, &inner);
	number(o, "usage", u->usage, UNLESS_0, &inner);
	number(o, "max", u->max, UNLESS_0, &inner);
	number(o, "failcnt", u->failcnt, ALWAYS, &inner);
	out_text(o, "}");
}

static void memory(struct out *o, const struct cgroup_stats *s)
{
	bool first = true, inner = true;
	out_text(o, ",\"memory\":{");
	number(o, "cache", s->cache, UNLESS_0, &first);
	memory_use(o, "usage", &s->memory, &first);
	memory_use(o, "swap", &s->swap, &first);
	memory_use(o, "kernel", &s->kernel, &first);
	memory_use(o, "kernelTCP", &s->kernel_tcp, &first);
	if (s->memory_counters) {
		begin(o, "raw", &first);
		out_text(o, "{");
		for (unsigned i = 0; i < s->memory_counters; i++)
			number(o, s->memory_counter[i].name, s->memory_counter[i].value, ALWAYS, &inner);
		out_text(o, "}");
	}
	psi(o, &s->memory_psi, &first);
	out_text(o, "}");
}

static void io_kind(struct out *o, const struct cgroup_stats *s, const char *name, enum cgroup_io kind, bool *first)
{
	bool inner = true;
	for (unsigned i = 0; i < s->io_counters; i++) {
		const struct cgroup_io_counter *c = &s->io[i];
		bool member = true;
		if (c->kind != kind)
			continue;
		if (inner) {
			begin(o, name, first);
			out_text(o, "[");
		}
		begin(o, 0, &inner);
		out_text(o, "{");
		number(o, "major", c->major, UNLESS_0, &member);
		number(o, "minor", c->minor, UNLESS_0, &member);
		if (*c->op) {
			begin(o, "op", &member);
			json_quote(o, c->op);
		}
		number(o, "value", c->value, UNLESS_0, &member);
		out_text(o, "}");
	}
	if (!inner)
		out_text(o, "]");
}

static void io(struct out *o, const struct cgroup_stats *s)
{
	static const struct { const char *name; enum cgroup_io kind; } kinds[] = {
		{ "ioServiceBytesRecursive", CGROUP_IO_SERVICE_BYTES }, { "ioServicedRecursive", CGROUP_IO_SERVICED }, { "ioQueueRecursive", CGROUP_IO_QUEUED },
		{ "ioServiceTimeRecursive", CGROUP_IO_SERVICE_TIME }, { "ioWaitTimeRecursive", CGROUP_IO_WAIT_TIME }, { "ioMergedRecursive", CGROUP_IO_MERGED },
		{ "ioTimeRecursive", CGROUP_IO_TIME }, { "sectorsRecursive", CGROUP_IO_SECTORS },
	};
	bool first = true;
	out_text(o, ",\"blkio\":{");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		io_kind(o, s, kinds[i].name, kinds[i].kind, &first);
	psi(o, &s->io_psi, &first);
	out_text(o, "}");
}

static void huge_pages(struct out *o, const struct cgroup_stats *s)
{
	bool first = true;
	out_text(o, ",\"hugetlb\":{");
	for (unsigned i = 0; i < s->huge_page_sizes; i++) {
		const struct cgroup_huge_pages *h = &s->huge_pages[i];
		bool member = true;
		begin(o, h->size, &first);
		out_text(o, "{");
		number(o, "usage", h->usage, UNLESS_0, &member);
		number(o, "max", h->max, UNLESS_0, &member);
		number(o, "failcnt", h->failcnt, ALWAYS, &member);
		out_text(o, "}");
	}
	out_text(o, "}");
}

void stats_emit(const struct cgroup_stats *s, struct out *o)
{
	bool first = true;
	out_text(o, "{");
	cpu(o, s);
	cpuset(o, s);
	memory(o, s);
	out_text(o, ",\"pids\":{");
	number(o, "current", s->pids.current, UNLESS_0, &first);
	number(o, "limit", s->pids.limit, UNLESS_0, &first);
	out_text(o, "}");
	io(o, s);
	huge_pages(o, s);
	/* no resctrl group is kept yet; interfaces are libcontainer's own, which an OCI config can't ask for: null in runc, too */
	out_text(o, ",\"intel_rdt\":{},\"network_interfaces\":null}");
}
