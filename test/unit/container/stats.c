/* SPDX-License-Identifier: ISC */
/* container/stats: the JSON of events, in runc's names; what is 0 left out where runc leaves it out. */
#include <string.h>

#include "container/stats.h"
#include "tap.h"

static struct cgroup_stats s;
static char text[16384];
static struct err e;

static const char *emitted(void)
{
	struct out o;
	out_init(&o, -1, text, sizeof text);
	stats_emit(&s, &o);
	return out_flush(&o, &e) < 0 ? e.text : text;
}

static bool says(const char *part) { return strstr(emitted(), part) != 0; }

#define ENTRY(name) "\"" name "\":{\"limit\":0,\"failcnt\":0}"
static void zeros(void)
{
	is_str(emitted(), "{\"cpu\":{\"usage\":{\"kernel\":0,\"user\":0},\"throttling\":{}},"
		"\"cpuset\":{\"cpu_exclusive\":0,\"mem_hardwall\":0,\"mem_exclusive\":0,\"memory_migrate\":0,\"memory_spread_page\":0,\"memory_spread_slab\":0,"
		"\"memory_pressure\":0,\"sched_load_balance\":0,\"sched_relax_domain_level\":0},"
		"\"memory\":{" ENTRY("usage") "," ENTRY("swap") "," ENTRY("kernel") "," ENTRY("kernelTCP") "},"
		"\"pids\":{},\"blkio\":{},\"hugetlb\":{},\"intel_rdt\":{},\"network_interfaces\":null}", "nothing used");
}

static void values(void)
{
	s.pids.current = 3, s.pids.limit = 18446744073709551615u;
	s.cpu.total = 5000000000000, s.cpu.user = 7, s.cpu.throttled_time = 9;
	s.cpu_count = 2, s.percpu[1] = 6000000000, s.cpu_modes = 1, s.percpu_kernel[0] = 1;
	ok(says("\"usage\":{\"total\":5000000000000,\"percpu\":[0,6000000000],\"percpu_kernel\":[1],\"percpu_user\":[0],\"kernel\":0,\"user\":7},\"throttling\":{\"throttledTime\":9}"), "cpu");
	ok(says("\"pids\":{\"current\":3,\"limit\":18446744073709551615}"), "pids");
	s.cpu_psi = (struct cgroup_psi){ true, { 9563, 5, 10000, 1 }, { 150, 0, 10, 6000000000 } };
	ok(says("\"psi\":{\"some\":{\"avg10\":95.63,\"avg60\":0.05,\"avg300\":100,\"total\":1},\"full\":{\"avg10\":1.5,\"avg60\":0,\"avg300\":0.1,\"total\":6000000000}}"), "pressure as Go writes floats");
	strcpy(s.cpus, "0-3,8,10-11");
	strcpy(s.mems, "0");
	s.relax_domain_level = -1;
	ok(says("\"cpuset\":{\"cpus\":[0,1,2,3,8,10,11],\"cpu_exclusive\":0,\"mems\":[0],"), "lists of CPUs and memory nodes");
	ok(says("\"sched_relax_domain_level\":-1}"), "a negative number");
	strcpy(s.cpus, "4294967299-4294967301,5-3");
	ok(says("\"cpuset\":{\"cpus\":[],"), "lists that no kernel writes are no trap");
	s.cache = 4096;
	s.memory = (struct cgroup_memory_use){ 1, 2, 3, 4 };
	s.memory_counters = 2;
	strcpy(s.memory_counter[0].name, "rss");
	strcpy(s.memory_counter[1].name, "swap");
	s.memory_counter[1].value = 5000000000;
	ok(says("\"memory\":{\"cache\":4096,\"usage\":{\"limit\":1,\"usage\":2,\"max\":3,\"failcnt\":4},") && says("\"raw\":{\"rss\":0,\"swap\":5000000000}"), "memory");
	s.io_counters = 3;
	s.io[0] = (struct cgroup_io_counter){ .kind = CGROUP_IO_SERVICED, .major = 8, .op = "Read", .value = 9 };
	s.io[1] = (struct cgroup_io_counter){ .kind = CGROUP_IO_SECTORS, .minor = 1 };
	s.io[2] = (struct cgroup_io_counter){ .kind = CGROUP_IO_SERVICED, .major = 8, .op = "Write" };
	ok(says("\"blkio\":{\"ioServicedRecursive\":[{\"major\":8,\"op\":\"Read\",\"value\":9},{\"major\":8,\"op\":\"Write\"}],\"sectorsRecursive\":[{\"minor\":1}]}"), "block devices");
	s.huge_page_sizes = 2;
	s.huge_pages[0] = (struct cgroup_huge_pages){ "2MB", 1, 0, 0 };
	s.huge_pages[1] = (struct cgroup_huge_pages){ "1GB", 0, 2, 3 };
	ok(says("\"hugetlb\":{\"2MB\":{\"usage\":1,\"failcnt\":0},\"1GB\":{\"max\":2,\"failcnt\":3}}"), "huge pages");
}

int main(void)
{
	zeros();
	values();
	return done_testing();
}
