/* SPDX-License-Identifier: ISC */
/* What a cgroup has used so far, of both versions in one shape, v1's: cgroups(7), the kernel's cgroup-v1 and cgroup-v2 documents. Where a container is in the
 * hierarchies of both, v1's numbers hold. */
#ifndef KERNEL_CGROUP_STATS_H
#define KERNEL_CGROUP_STATS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/limits.h"
#include "kernel/cgroup.h"

struct cgroup_memory_use { uint64_t limit, usage, max, failcnt; };   /* bytes; UINT64_MAX: no limit */
struct cgroup_psi_line { uint32_t avg10, avg60, avg300; uint64_t total; };   /* hundredths of a per cent; microseconds */
struct cgroup_psi { bool known; struct cgroup_psi_line some, full; };
enum cgroup_io {
	CGROUP_IO_SECTORS, CGROUP_IO_SERVICE_TIME, CGROUP_IO_WAIT_TIME, CGROUP_IO_MERGED, CGROUP_IO_QUEUED, CGROUP_IO_TIME, CGROUP_IO_SERVICED, CGROUP_IO_SERVICE_BYTES,
	CGROUP_IO_KINDS
};
struct cgroup_io_counter { uint64_t value; uint32_t major, minor; uint8_t kind; char op[15]; };   /* "Read"; "": none */
struct cgroup_memory_counter { char name[48]; uint64_t value; };
struct cgroup_huge_pages { char size[16]; uint64_t usage, max, failcnt; };   /* "2MB" */
struct cgroup_cpuset { uint64_t cpu_exclusive, mem_hardwall, mem_exclusive, memory_migrate, memory_spread_page, memory_spread_slab, memory_pressure, sched_load_balance; };

struct cgroup_stats {
	struct { uint64_t current, limit; } pids;                                 /* limit 0: none */
	struct { uint64_t total, kernel, user, periods, throttled_periods, throttled_time; } cpu;   /* times in nanoseconds */
	struct cgroup_psi cpu_psi, memory_psi, io_psi;
	struct cgroup_cpuset cpuset;
	int64_t relax_domain_level;
	char cpus[4096], mems[1024];                                             /* as the kernel's lists, "0-3,7" */
	uint64_t cache;
	struct cgroup_memory_use memory, swap, kernel, kernel_tcp;               /* swap: memory and swap together */
	/* behind what is zeroed at each reading: of the arrays the first COUNT are valid */
	unsigned cpu_count, cpu_modes, memory_counters, io_counters, huge_page_sizes;
	uint64_t percpu[LIMIT_CPUS], percpu_kernel[LIMIT_CPUS], percpu_user[LIMIT_CPUS];   /* cpu_count; the others cpu_modes */
	struct cgroup_memory_counter memory_counter[LIMIT_MEMORY_COUNTERS];      /* memory.stat */
	struct cgroup_io_counter io[LIMIT_IO_COUNTERS];
	struct cgroup_huge_pages huge_pages[LIMIT_HUGE_PAGE_SIZES];
};

/* cgroup_stats_read: all that the container's cgroups tell; what a kernel does not have stays 0. 0, or -1: a limit by name. */
int cgroup_stats_read(const struct cgroup *g, struct cgroup_stats *s, struct err *e);

#endif
