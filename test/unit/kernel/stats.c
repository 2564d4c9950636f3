/* SPDX-License-Identifier: ISC */
/* kernel/cgroup_stats: files of both versions as kernels write them, in directories of the test's own, with controllers and devices that this machine has not. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "base/dir.h"
#include "kernel/cgroup_oom.h"
#include "kernel/cgroup_stats.h"
#include "tap.h"

static char top[] = "/tmp/runlet-stats.XXXXXX";
static struct cgroup_stats s;
static struct cgroup g;
static struct err e;

static void file(const char *directory, const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", top, directory);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/%s/%s", top, directory, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		printf("Bail out! cannot write %s\n", path);
	close(fd);
}

/* lines "VERSION CONTROLLERS DIRECTORY" of what the container has */
static int read_of(const char *const *dirs)
{
	char text[1024] = "";
	for (; *dirs; dirs++) {
		char version = (*dirs)[0];
		unsigned long controllers = strtoul(*dirs + 2, 0, 16);
		snprintf(text + strlen(text), sizeof text - strlen(text), "%c %lx 0 1 %s/%s\n", version, controllers, top, strrchr(*dirs, ' ') + 1);
	}
	return cgroup_parse(&g, text, &e) < 0 ? -1 : cgroup_stats_read(&g, &s, &e);
}

static uint64_t io_of(enum cgroup_io kind, unsigned major, unsigned minor, const char *op)
{
	for (unsigned i = 0; i < s.io_counters; i++)
		if (s.io[i].kind == kind && s.io[i].major == major && s.io[i].minor == minor && strcmp(s.io[i].op, op) == 0)
			return s.io[i].value;
	return UINT64_MAX;
}

static uint64_t counter_of(const char *name)
{
	for (unsigned i = 0; i < s.memory_counters; i++)
		if (strcmp(s.memory_counter[i].name, name) == 0)
			return s.memory_counter[i].value;
	return UINT64_MAX;
}

static void v2_files(void)
{
	file("v2", "cgroup.procs", "1\n22\n333\n");
	file("v2", "cpu.stat", "usage_usec 9000000000000\nuser_usec 2\nsystem_usec 3\nnr_periods 4\nnr_throttled 5\nthrottled_usec 6\nnr_bursts 7\nburst_usec 8\n");
	file("v2", "cpu.pressure", "some avg10=95.63 avg60=0.05 avg300=100.00 total=18446744073709551615\nfull avg10=1.50 avg60=0.00 avg300=7 total=9\n");
	file("v2", "memory.stat", "anon 10\nfile 5000000000\nsock -3\nslab 12\n");
	file("v2", "memory.current", "6000000000\n");
	file("v2", "memory.max", "7000000000\n");
	file("v2", "memory.peak", "6500000000\n");
	file("v2", "memory.swap.current", "1000\n");
	file("v2", "memory.swap.max", "5000\n");
	file("v2", "io.stat", "8:0 rbytes=5000000000 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n259:17 rbytes=7 wbytes=8 rios=9 wios=10 dbytes=0 dios=0\n8:16\n");
	file("v2", "hugetlb.2MB.current", "1\n");
	file("v2", "hugetlb.2MB.rsvd.current", "4194304\n");
	file("v2", "hugetlb.2MB.events", "max 7\n");
	file("v2", "hugetlb.1GB.current", "1073741824\n");
	file("v2", "hugetlb.1GB.events", "max 0\n");
}

static const struct cgroup_huge_pages *pages_of(const char *size)
{
	for (unsigned i = 0; i < s.huge_page_sizes; i++)
		if (strcmp(s.huge_pages[i].size, size) == 0)
			return &s.huge_pages[i];
	return 0;
}

static void v2(void)
{
	static const char *const dirs[] = { "2 0 v2", 0 };
	v2_files();
	is_int(read_of(dirs), 0, "v2 is read");
	ok(s.pids.current == 3 && s.pids.limit == 0, "without the pids controller its processes are counted");
	ok(s.cpu.total == 9000000000000000u && s.cpu.user == 2000 && s.cpu.kernel == 3000, "cpu times become nanoseconds");
	ok(s.cpu.periods == 4 && s.cpu.throttled_periods == 5 && s.cpu.throttled_time == 6000, "throttling");
	ok(s.cpu_psi.known && s.cpu_psi.some.avg10 == 9563 && s.cpu_psi.some.avg60 == 5 && s.cpu_psi.some.avg300 == 10000 && s.cpu_psi.some.total == UINT64_MAX, "pressure, some");
	ok(s.cpu_psi.full.avg10 == 150 && s.cpu_psi.full.avg300 == 700 && s.cpu_psi.full.total == 9, "pressure, full");
	ok(!s.memory_psi.known && !s.io_psi.known, "no file, no pressure");
	ok(s.memory.usage == 6000000000 && s.memory.limit == 7000000000 && s.memory.max == 6500000000, "memory");
	ok(s.swap.usage == 6000001000 && s.swap.limit == 7000005000 && s.swap.max == 0, "swap is memory and swap together");
	ok(s.cache == 5000000000 && s.memory_counters == 4 && counter_of("slab") == 12 && counter_of("sock") == 0, "memory.stat, a negative number is 0");
	is_int(s.io_counters, 8, "eight counters of two devices");
	is_int(io_of(CGROUP_IO_SERVICE_BYTES, 8, 0, "Read"), 5000000000, "bytes read");
	is_int(io_of(CGROUP_IO_SERVICED, 259, 17, "Write"), 10, "writes of the other device");
	const struct cgroup_huge_pages *two = pages_of("2MB"), *one = pages_of("1GB");
	ok(s.huge_page_sizes == 2 && two && two->usage == 4194304 && two->failcnt == 7, "reserved huge pages where they are counted");
	ok(one && one->usage == 1073741824 && one->failcnt == 0, "used ones where not");

	file("v2", "pids.current", "5\n");
	file("v2", "pids.max", "max\n");
	file("v2", "memory.swap.max", "max\n");
	is_int(read_of(dirs), 0, "again");
	ok(s.pids.current == 5 && s.pids.limit == 0, "pids without a limit is 0");
	ok(s.swap.limit == UINT64_MAX, "no limit of swap is none of both");
	file("v2", "pids.max", "77\n");
	file("v2", "memory.swap.max", "0\n");
	file("v2", "memory.max", "max\n");
	read_of(dirs);
	ok(s.pids.limit == 77 && s.memory.limit == UINT64_MAX && s.swap.limit == UINT64_MAX, "limits given and not");
}

static void v1_files(void)
{
	file("all", "pids.current", "2\n");
	file("all", "pids.max", "9\n");
	file("all", "cpu.stat", "nr_periods 1\nnr_throttled 2\nthrottled_time 3000000000000\n");
	file("all", "cpuacct.usage", "5000000000000\n");
	file("all", "cpuacct.stat", "user 600000\nsystem 7\n");
	file("all", "cpuacct.usage_percpu", "4000000000000 1000000000000 \n");
	file("all", "cpuacct.usage_all", "cpu user system\n0 3 4\n1 5 6\n");
	file("all", "cpuset.cpus", "0-3,8,10-11\n");
	file("all", "cpuset.mems", "0\n");
	file("all", "cpuset.cpu_exclusive", "1\n");
	file("all", "cpuset.sched_load_balance", "1\n");
	file("all", "cpuset.memory_pressure", "42\n");
	file("all", "cpuset.sched_relax_domain_level", "-1\n");
	file("all", "memory.stat", "cache 4096\nrss 8192\n");
	file("all", "memory.usage_in_bytes", "12288\n");
	file("all", "memory.max_usage_in_bytes", "16384\n");
	file("all", "memory.limit_in_bytes", "9223372036854771712\n");
	file("all", "memory.failcnt", "3\n");
	file("all", "memory.memsw.usage_in_bytes", "20480\n");
	file("all", "memory.memsw.limit_in_bytes", "24576\n");
	file("all", "memory.kmem.usage_in_bytes", "100\n");
	file("all", "memory.kmem.tcp.failcnt", "1\n");
	file("all", "blkio.bfq.io_serviced_recursive", "Total 0\n");
	file("all", "blkio.bfq.io_service_bytes_recursive", "Total 0\n");
	file("all", "blkio.throttle.io_serviced_recursive", "8:0 Read 1\n8:0 Write 2\n8:0 Discard 3\n8:0 Total 6\nTotal 6\n");
	file("all", "blkio.throttle.io_service_bytes_recursive", "8:0 Read 5000000000\n8:0 Total 5000000000\nTotal 5000000000\n");
	file("all", "blkio.throttle.io_serviced", "8:0 Read 100\n");
	file("all", "hugetlb.2MB.usage_in_bytes", "1\n");
	file("all", "hugetlb.2MB.max_usage_in_bytes", "2\n");
	file("all", "hugetlb.2MB.failcnt", "3\n");
}

static void v1(void)
{
	static const char *const all[] = { "1 ffff all", 0 }, *const some[] = { "1 1 all", 0 };
	v1_files();
	is_int(read_of(all), 0, "v1 is read");
	ok(s.pids.current == 2 && s.pids.limit == 9, "pids");
	ok(s.cpu.total == 5000000000000 && s.cpu.user == 6000000000000 && s.cpu.kernel == 70000000, "cpuacct, ticks become nanoseconds");
	ok(s.cpu.periods == 1 && s.cpu.throttled_periods == 2 && s.cpu.throttled_time == 3000000000000, "throttling");
	ok(s.cpu_count == 2 && s.percpu[0] == 4000000000000 && s.percpu[1] == 1000000000000, "each CPU");
	ok(s.cpu_modes == 2 && s.percpu_user[1] == 5 && s.percpu_kernel[1] == 6, "and its modes");
	is_str(s.cpus, "0-3,8,10-11", "cpus");
	ok(s.cpuset.cpu_exclusive == 1 && s.cpuset.sched_load_balance == 1 && s.cpuset.memory_pressure == 42 && s.relax_domain_level == -1, "cpuset");
	ok(s.memory.usage == 12288 && s.memory.max == 16384 && s.memory.limit == 9223372036854771712u && s.memory.failcnt == 3, "memory");
	ok(s.swap.usage == 20480 && s.swap.limit == 24576 && s.kernel.usage == 100 && s.kernel_tcp.failcnt == 1 && s.cache == 4096, "swap, kernel, TCP, cache");
	is_int(s.io_counters, 6, "blkio: the first group with a device");
	is_int(io_of(CGROUP_IO_SERVICED, 8, 0, "Discard"), 3, "is taken");
	is_int(io_of(CGROUP_IO_SERVICE_BYTES, 8, 0, "Total"), 5000000000, "with its other file");
	ok(s.huge_page_sizes == 1 && s.huge_pages[0].usage == 1 && s.huge_pages[0].max == 2 && s.huge_pages[0].failcnt == 3, "huge pages");

	file("all", "blkio.bfq.sectors_recursive", "8:0 12\n");
	file("all", "blkio.bfq.time_recursive", "8:0 13\n");
	file("all", "blkio.bfq.io_serviced_recursive", "8:0 Read 14\n");
	read_of(all);
	ok(io_of(CGROUP_IO_SECTORS, 8, 0, "") == 12 && io_of(CGROUP_IO_TIME, 8, 0, "") == 13 && io_of(CGROUP_IO_SERVICED, 8, 0, "Read") == 14 && s.io_counters == 3, "bfq's own numbers");
	read_of(some);
	ok(s.cpu.periods == 1 && !s.cpu.total && !s.pids.current && !s.memory_counters && !s.io_counters, "only the controllers of that hierarchy");
}

static void both(void)
{
	static const char *const dirs[] = { "1 80 all", "2 0 v2", 0 }, *const gone[] = { "1 ffff nothing", "2 0 nothing", 0 };
	is_int(read_of(dirs), 0, "a hybrid host");
	ok(s.pids.current == 2 && s.pids.limit == 9 && s.cpu.total == 9000000000000000u, "v1's pids, v2's cpu");
	is_int(read_of(gone), 0, "what is gone");
	ok(!s.pids.current && !s.memory_counters && !s.cpu_count && !*s.cpus, "is nothing");
	char text[65536] = "";
	for (int i = 0; i <= LIMIT_MEMORY_COUNTERS; i++)
		snprintf(text + strlen(text), 32, "counter_%d 1\n", i);
	file("v2", "memory.stat", text);
	ok(read_of(dirs) == -1 && strstr(e.text, "LIMIT_MEMORY_COUNTERS"), "too many counters are an error that names the limit");
}

/* v2's notices: the kernel modifies memory.events, inotify tells */
static void oom(void)
{
	static char text[256];
	struct cgroup_oom o;
	file("oom", "memory.events", "low 0\nhigh 0\nmax 1\noom 1\noom_kill 2\n");
	snprintf(text, sizeof text, "2 %x 0 1 %s/oom\n", CGROUP_BIT(CGROUP_MEMORY), top);
	is_int(cgroup_parse(&g, text, &e), 0, "a cgroup with the memory controller");
	ok(cgroup_oom_open(&g, &o, &e) == 0 && o.fd >= 0, "is watched");
	ok(!cgroup_oom_take(&g, &o), "what was before is no news");
	file("oom", "memory.events", "low 9\nhigh 9\nmax 9\noom 9\noom_kill 2\n");
	ok(poll(&(struct pollfd){ o.fd, POLLIN, 0 }, 1, 5000) == 1, "a change wakes");
	ok(!cgroup_oom_take(&g, &o), "but nobody was killed");
	ok(poll(&(struct pollfd){ o.fd, POLLIN, 0 }, 1, 0) == 0, "and it is taken");
	file("oom", "memory.events", "low 9\nhigh 9\nmax 9\noom 9\noom_kill 3\n");
	ok(cgroup_oom_take(&g, &o), "now one was");
	ok(!cgroup_oom_take(&g, &o), "which is told once");
	close(o.fd);
	snprintf(text, sizeof text, "2 %x 0 1 %s/oom\n", CGROUP_BIT(CGROUP_PIDS), top);
	cgroup_parse(&g, text, &e);
	ok(cgroup_oom_open(&g, &o, &e) == 0 && o.fd == -1 && !cgroup_oom_take(&g, &o), "without the controller there is nothing to watch");
	snprintf(text, sizeof text, "2 %x 0 1 %s/nowhere\n", CGROUP_BIT(CGROUP_MEMORY), top);
	cgroup_parse(&g, text, &e);
	ok(cgroup_oom_open(&g, &o, &e) == -1 && strstr(e.text, "memory.events"), "a cgroup that is gone is an error");
}

int main(void)
{
	if (!mkdtemp(top)) {
		printf("Bail out! no directory\n");
		return 1;
	}
	v2();
	v1();
	both();
	oom();
	dir_remove_tree(AT_FDCWD, top, &e);
	return done_testing();
}
