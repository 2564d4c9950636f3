/* SPDX-License-Identifier: ISC */
/* Checks of control groups, version 1 and 2 (runtime-spec, config-linux.md, "Control groups"): what the kernel's files say once the container is created. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/str.h"
#include "conform/conform.h"
#include "conform/inside.h"
#include "kernel/cgroup.h"

#define MEMORY "config-linux.md, Memory"
#define CPU "config-linux.md, CPU"
#define BLOCK_IO "config-linux.md, Block IO"
#define PATHS "config-linux.md, Cgroups Path"
#define ALLOWED "config-linux.md, Allowed Device list"

/* A file of the container's cgroup: in version 1, in version 2, and what must be in it; a name of 0: that version has none. A value with "*" behind is a beginning, with
 * "?" before: where the file exists. */
struct file { const char *v1, *v2, *v1_value, *v2_value; };
struct values { const char *name, *controller; struct file files[4]; };
static const struct values values[] = {
	{ "linux.resources.memory", "memory", { { "memory.limit_in_bytes", "memory.max", "67108864", "67108864" },
		{ "memory.soft_limit_in_bytes", "memory.low", "33554432", "33554432" }, { "memory.memsw.limit_in_bytes", "memory.swap.max", "?134217728", "?67108864" } } },
	{ "linux.resources.memory.swappiness", "memory", { { "memory.swappiness", 0, "30", 0 } } },
	{ "linux.resources.memory.unlimited", "memory", { { "memory.limit_in_bytes", "memory.max", "9223372036854*", "max" } } },
	{ "linux.resources.cpu", "cpu", { { "cpu.cfs_quota_us", "cpu.max", "40000", "40000 80000" }, { "cpu.cfs_period_us", 0, "80000", 0 } } },
	{ "linux.resources.cpu.burst", "cpu", { { "cpu.cfs_burst_us", "cpu.max.burst", "10000", "10000" } } },
	{ "linux.resources.cpu.idle", "cpu", { { "cpu.idle", "cpu.idle", "1", "1" } } },
	{ "linux.resources.cpu.cpus", "cpuset", { { "cpuset.cpus", "cpuset.cpus", "0", "0" }, { "cpuset.mems", "cpuset.mems", "0", "0" } } },
	{ "linux.resources.pids", "pids", { { "pids.max", "pids.max", "77", "77" } } },
	{ "linux.resources.pids.unlimited", "pids", { { "pids.max", "pids.max", "max", "max" } } },
	{ "linux.resources.hugepageLimits", "hugetlb", { { "hugetlb.2MB.limit_in_bytes", "hugetlb.2MB.max", "4194304", "4194304" } } },
	{ "linux.resources.network", "net_cls", { { "net_cls.classid", 0, "1048577", 0 } } },
	{ "linux.resources.unified", "", { { 0, "cgroup.max.descendants", 0, "7" } } },
};

static bool equal(const char *found, const char *wanted)
{
	size_t length = strlen(wanted);
	return length && wanted[length - 1] == '*' ? strncmp(found, wanted, length - 1) == 0 : strcmp(found, wanted) == 0;
}

static void one_file(struct test *t, const char *dir, bool v2, const struct file *f)
{
	const char *name = v2 ? f->v2 : f->v1, *wanted = v2 ? f->v2_value : f->v1_value;
	char path[800], text[256];
	if (!name)
		return;
	bool optional = *wanted == '?';
	wanted += optional;
	snprintf(path, sizeof path, "%s/%s", dir, name);
	if (read_text(t, path, text, sizeof text) < 0) {
		want(t, optional && errno == ENOENT, "%s cannot be read: %s", path, strerror(errno));
		return;
	}
	text[strcspn(text, "\n")] = 0;
	want(t, equal(text, wanted), "%s is %s, not %s", path, text, wanted);
}

static void create(struct test *t, char *dir, size_t size, const char *controller, bool *v2)
{
	config_own(t);
	life_create(t);
	must(t, cgroup_of(t->pid, controller, dir, size, v2) == 0, "the cgroup of the container's process is unknown");
}

static void finish(struct test *t)
{
	life_start(t);
	life_wait(t);
	life_report(t);
	life_delete(t);
}

/* The same of an absolute path and of a relative one: names end in ".relative" then. */
static void limits(struct test *t)
{
	char dir[700], name[100];
	bool v2;
	snprintf(name, sizeof name, "%s", t->check->name);
	if (str_ends(name, ".relative"))
		name[strlen(name) - 9] = 0;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		if (strcmp(values[i].name, name) != 0)
			continue;
		create(t, dir, sizeof dir, values[i].controller, &v2);
		for (size_t f = 0; f < sizeof values[i].files / sizeof *values[i].files; f++)
			if (values[i].files[f].v1 || values[i].files[f].v2)
				one_file(t, dir, v2, &values[i].files[f]);
	}
	finish(t);
}

/* Whether the controller has one of these files: they are in every cgroup but the root, so a container's is looked at. */
static bool has_one_of(struct test *t, const char *controller, const char *const *files, size_t count)
{
	char dir[700], path[800];
	bool v2, found = false;
	config_make(t, 0, 0);
	config_write(t);
	life_create(t);
	for (size_t i = 0; i < count && cgroup_of(t->pid, controller, dir, sizeof dir, &v2) == 0; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, files[i]);
		found |= access(path, F_OK) == 0;
	}
	kill(t->pid, 9);
	life_wait(t);
	life_delete(t);
	return found;
}

static const char *no_burst(struct test *t)
{
	static const char *const files[] = { "cpu.cfs_burst_us", "cpu.max.burst" };
	return has_one_of(t, "cpu", files, 2) ? 0 : "no bursts of CPU time here (Linux 5.14)";
}

static const char *no_idle(struct test *t)
{
	static const char *const files[] = { "cpu.idle" };
	return has_one_of(t, "cpu", files, 1) ? 0 : "no idle cgroups here (Linux 5.15)";
}

/* Shares become a weight on v2, for which several conversions are in use: 512 is below the default in each. */
static void shares(struct test *t)
{
	char dir[700], path[800], text[64];
	bool v2;
	create(t, dir, sizeof dir, "cpu", &v2);
	snprintf(path, sizeof path, "%s/%s", dir, v2 ? "cpu.weight" : "cpu.shares");
	must(t, read_text(t, path, text, sizeof text) > 0, "%s cannot be read: %s", path, strerror(errno));
	long found = strtol(text, 0, 10);
	want(t, v2 ? found > 1 && found < 100 : found == 512, "%s is %ld", path, found);
	finish(t);
}

/* --- block devices ------------------------------------------------------------------------------------------------------------------------ */
/* The name of the first device of a class that is not called loop…. */
static bool first_device(const char *class, char *name, size_t size)
{
	struct dir d;
	struct dir_entry entry;
	int fd = open(class, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool found = false;
	if (fd < 0)
		return false;
	dir_start(&d, fd);
	while (!found && dir_next(&d, &entry) == 1)
		found = !str_starts(entry.name, "loop") && (size_t)snprintf(name, size, "%s", entry.name) < size;
	io_close(fd);
	return found;
}

/* "MAJOR:MINOR" of the host's first whole block device. */
static bool block_device(char *number, size_t size)
{
	struct err e;
	char name[200], path[300];
	if (!first_device("/sys/block", name, sizeof name))
		return false;
	snprintf(path, sizeof path, "/sys/block/%s/dev", name);
	if (io_read_file(AT_FDCWD, path, number, size, &e) <= 0)
		return false;
	number[strcspn(number, "\n")] = 0;
	return true;
}

static const char *no_block_device(struct test *t)
{
	char number[32];
	(void)t;
	return block_device(number, sizeof number) ? 0 : "no block device here";
}

static void throttle(struct test *t)
{
	static const char *const v1[] = { "blkio.throttle.read_bps_device", "blkio.throttle.write_bps_device", "blkio.throttle.read_iops_device", "blkio.throttle.write_iops_device" };
	static const char *const v2_words[] = { "rbps=1048576", "wbps=2097152", "riops=100", "wiops=200" };
	static const char *const v1_values[] = { "1048576", "2097152", "100", "200" };
	char number[32], config[800], dir[700], path[800], text[600], wanted[64];
	bool v2;
	block_device(number, sizeof number);
	char *colon = strchr(number, ':');
	int major = atoi(number), minor = atoi(colon + 1);
	snprintf(config, sizeof config, "{'linux':{'resources':{'blockIO':{"
	         "'throttleReadBpsDevice':[{'major':%d,'minor':%d,'rate':1048576}],'throttleWriteBpsDevice':[{'major':%d,'minor':%d,'rate':2097152}],"
	         "'throttleReadIOPSDevice':[{'major':%d,'minor':%d,'rate':100}],'throttleWriteIOPSDevice':[{'major':%d,'minor':%d,'rate':200}]}}}}",
	         major, minor, major, minor, major, minor, major, minor);
	config_make(t, config, 0);
	if (str_ends(t->check->name, ".relative"))
		((struct linux_config *)(uintptr_t)t->config.linux_)->cgroupsPath = t->id;
	config_write(t);
	life_create(t);
	must(t, cgroup_of(t->pid, "blkio", dir, sizeof dir, &v2) == 0, "the cgroup of the container's process is unknown");
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, v2 ? "io.max" : v1[i]);
		must(t, read_text(t, path, text, sizeof text) >= 0, "%s cannot be read: %s", path, strerror(errno));
		snprintf(wanted, sizeof wanted, v2 ? "%.0s%s" : "%s %s", number, v2 ? v2_words[i] : v1_values[i]);
		want(t, strstr(text, wanted) != 0, "%s has no \"%s\": %s", path, wanted, text);
	}
	finish(t);
}

static const char *const weight_files[] = { "blkio.weight", "blkio.bfq.weight", "io.bfq.weight", "io.weight" };

static const char *no_weight(struct test *t)
{
	return has_one_of(t, "blkio", weight_files, sizeof weight_files / sizeof *weight_files) ? 0 : "no weights of block devices here (CONFIG_BFQ_GROUP_IOSCHED)";
}

static void weight(struct test *t)
{
	char dir[700], path[800], text[200];
	bool v2, any = false;
	create(t, dir, sizeof dir, "blkio", &v2);
	for (size_t i = 0; i < sizeof weight_files / sizeof *weight_files; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, weight_files[i]);
		if (read_text(t, path, text, sizeof text) < 0)
			continue;
		any |= strtol(text + (str_starts(text, "default ") ? 8 : 0), 0, 10) != 100;
	}
	want(t, any, "no weight in %s was changed", dir);
	finish(t);
}

/* --- rdma --------------------------------------------------------------------------------------------------------------------------------- */
#define RDMA_DEVICES "/sys/class/infiniband"

static const char *no_rdma_device(struct test *t)
{
	char name[64];
	(void)t;
	return first_device(RDMA_DEVICES, name, sizeof name) ? 0 : "no rdma device here";
}

static void rdma(struct test *t)
{
	char device[64], config[300], dir[700], path[800], text[300], wanted[128];
	bool v2;
	first_device(RDMA_DEVICES, device, sizeof device);
	snprintf(config, sizeof config, "{'linux':{'resources':{'rdma':{'%s':{'hcaHandles':3,'hcaObjects':11}}}}}", device);
	config_make(t, config, 0);
	config_write(t);
	life_create(t);
	must(t, cgroup_of(t->pid, "rdma", dir, sizeof dir, &v2) == 0, "the cgroup of the container's process is unknown");
	snprintf(path, sizeof path, "%s/rdma.max", dir);
	must(t, read_text(t, path, text, sizeof text) >= 0, "%s cannot be read: %s", path, strerror(errno));
	snprintf(wanted, sizeof wanted, "%s hca_handle=3 hca_object=11", device);
	want(t, strstr(text, wanted) != 0, "%s has no \"%s\": %s", path, wanted, text);
	finish(t);
}

/* --- devices ------------------------------------------------------------------------------------------------------------------------------ */
static const char *no_device_rules(struct test *t)
{
	(void)t;
	return probe_has(FACILITY_CGROUP_DEVICES) || probe_has(FACILITY_CGROUP_BPF) ? 0 : "neither a devices controller nor BPF programs for devices (CONFIG_CGROUP_DEVICE, CONFIG_CGROUP_BPF)";
}

/* /dev/probe is 10:229, which need not exist: a rule is asked first. */
static void in_device_denied(struct inside *in)
{
	int fd = open("/dev/probe", O_RDONLY | O_CLOEXEC);
	expect(in, fd < 0 && errno == EPERM, "a device that no rule allows can be opened (%s)", fd < 0 ? strerror(errno) : "no error");
	fd = io_close(fd);
	fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	expect(in, fd >= 0, "/dev/null cannot be opened: %s", strerror(errno));
	io_close(fd);
}

static void in_device_allowed(struct inside *in)
{
	int fd = open("/dev/probe", O_RDONLY | O_CLOEXEC);
	expect(in, fd >= 0 || errno != EPERM, "a device that a rule allows to be read cannot be read");
	fd = io_close(fd);
	fd = open("/dev/probe", O_WRONLY | O_CLOEXEC);
	expect(in, fd < 0 && errno == EPERM, "a device that rules allow to be read alone can be written");
	io_close(fd);
}

/* --- paths -------------------------------------------------------------------------------------------------------------------------------- */
static const char *no_v2_alone(struct test *t)
{
	struct err e;
	const struct cgroup_host *h = cgroup_host(&e);
	(void)t;
	return h && h->count == 1 && h->v2 == 0 ? 0 : "the host has controllers of cgroup v1";
}

static const char *no_tree(struct test *t)
{
	struct err e;
	const struct cgroup_host *h = cgroup_host(&e);
	(void)t;
	return h && h->count ? 0 : "no cgroups are mounted here";
}

/* The first hierarchy that the container has a cgroup of its own in. */
static bool own_cgroup(struct test *t, char *dir, size_t size)
{
	bool v2;
	for (int c = 0; c < CGROUP_CONTROLLERS; c++)
		if (cgroup_of(t->pid, cgroup_word(c), dir, size, &v2) == 0 && strstr(dir, t->id))
			return true;
	return cgroup_of(t->pid, "", dir, size, &v2) == 0 && strstr(dir, t->id);
}

static void absolute(struct test *t)
{
	char dir[700], wanted[200];
	config_own(t);
	life_create(t);
	snprintf(wanted, sizeof wanted, "/%s/one/two", t->id);
	must(t, own_cgroup(t, dir, sizeof dir), "the container has no cgroup below %s", t->id);
	want(t, str_ends(dir, wanted), "the cgroup is %s, not below the mount point at %s", dir, wanted);
	finish(t);
}

static void consistent(struct test *t)
{
	char first[700], again[700];
	for (int i = 0; i < 2; i++) {
		config_own(t);
		life_create(t);
		must(t, own_cgroup(t, i ? again : first, sizeof first), "the container has no cgroup of the relative path");
		finish(t);
	}
	want(t, strcmp(first, again) == 0, "the same path led to %s and %s", first, again);
}

#define RESOURCES(text) "{'linux':{'resources':{" text "}}}"
#define RELATIVE(text) "{'linux':{'cgroupsPath':'@ID@','resources':{" text "}}}"
#define MEMORY_TEXT "'memory':{'limit':67108864,'reservation':33554432,'swap':134217728}"
#define CPU_TEXT "'cpu':{'quota':40000,'period':80000}"
#define CPUSET_TEXT "'cpu':{'cpus':'0','mems':'0'}"
#define PIDS_TEXT "'pids':{'limit':77}"
#define HUGE_TEXT "'hugepageLimits':[{'pageSize':'2MB','limit':4194304}]"
#define NETWORK_TEXT "'network':{'classID':1048577,'priorities':[{'name':'lo','priority':5}]}"
#define PROBE "'devices':[{'type':'c','path':'/dev/probe','major':10,'minor':229,'fileMode':438}]"
static const struct check checks[] = {
	{ .name = "linux.cgroupsPath.absolute", .section = PATHS, .unable = no_tree, .outside = absolute, .config = "{'linux':{'cgroupsPath':'/@ID@/one/two'}}" },
	{ .name = "linux.cgroupsPath.relative", .section = PATHS, .unable = no_tree, .outside = consistent, .config = "{'linux':{'cgroupsPath':'@ID@/one'}}" },
	{ .name = "linux.resources.memory", .section = MEMORY, .needs = { FACILITY_CGROUP_MEMORY }, .outside = limits, .config = RESOURCES(MEMORY_TEXT) },
	{ .name = "linux.resources.memory.relative", .section = MEMORY, .needs = { FACILITY_CGROUP_MEMORY }, .outside = limits, .config = RELATIVE(MEMORY_TEXT) },
	{ .name = "linux.resources.memory.swappiness", .section = MEMORY, .needs = { FACILITY_CGROUP_MEMORY }, .outside = limits,
	  .config = RESOURCES("'memory':{'swappiness':30}") },
	{ .name = "linux.resources.memory.unlimited", .section = MEMORY, .needs = { FACILITY_CGROUP_MEMORY }, .outside = limits, .config = RESOURCES("'memory':{'limit':-1,'swap':-1}") },
	{ .name = "linux.resources.cpu", .section = CPU, .needs = { FACILITY_CGROUP_CPU }, .outside = limits, .config = RESOURCES(CPU_TEXT) },
	{ .name = "linux.resources.cpu.relative", .section = CPU, .needs = { FACILITY_CGROUP_CPU }, .outside = limits, .config = RELATIVE(CPU_TEXT) },
	{ .name = "linux.resources.cpu.shares", .section = CPU, .needs = { FACILITY_CGROUP_CPU }, .outside = shares, .config = RESOURCES("'cpu':{'shares':512}") },
	{ .name = "linux.resources.cpu.burst", .since = SPEC_1_1, .section = CPU, .needs = { FACILITY_CGROUP_CPU }, .unable = no_burst, .outside = limits,
	  .config = RESOURCES("'cpu':{'quota':40000,'period':80000,'burst':10000}") },
	{ .name = "linux.resources.cpu.idle", .since = SPEC_1_1, .section = CPU, .needs = { FACILITY_CGROUP_CPU }, .unable = no_idle, .outside = limits, .config = RESOURCES("'cpu':{'idle':1}") },
	{ .name = "linux.resources.cpu.cpus", .section = CPU, .needs = { FACILITY_CGROUP_CPUSET }, .outside = limits, .config = RESOURCES(CPUSET_TEXT) },
	{ .name = "linux.resources.cpu.cpus.relative", .section = CPU, .needs = { FACILITY_CGROUP_CPUSET }, .outside = limits, .config = RELATIVE(CPUSET_TEXT) },
	{ .name = "linux.resources.blockIO", .section = BLOCK_IO, .needs = { FACILITY_CGROUP_BLKIO }, .unable = no_block_device, .outside = throttle },
	{ .name = "linux.resources.blockIO.relative", .section = BLOCK_IO, .needs = { FACILITY_CGROUP_BLKIO }, .unable = no_block_device, .outside = throttle },
	{ .name = "linux.resources.blockIO.weight", .section = BLOCK_IO, .needs = { FACILITY_CGROUP_BLKIO }, .unable = no_weight, .outside = weight, .config = RESOURCES("'blockIO':{'weight':300}") },
	{ .name = "linux.resources.hugepageLimits", .section = "config-linux.md, Huge page limits", .needs = { FACILITY_CGROUP_HUGETLB }, .outside = limits, .config = RESOURCES(HUGE_TEXT) },
	{ .name = "linux.resources.hugepageLimits.relative", .section = "config-linux.md, Huge page limits", .needs = { FACILITY_CGROUP_HUGETLB }, .outside = limits,
	  .config = RELATIVE(HUGE_TEXT) },
	{ .name = "linux.resources.network", .section = "config-linux.md, Network", .needs = { FACILITY_CGROUP_NET_CLS, FACILITY_CGROUP_NET_PRIO }, .outside = limits,
	  .config = RESOURCES(NETWORK_TEXT) },
	{ .name = "linux.resources.network.relative", .section = "config-linux.md, Network", .needs = { FACILITY_CGROUP_NET_CLS, FACILITY_CGROUP_NET_PRIO }, .outside = limits,
	  .config = RELATIVE(NETWORK_TEXT) },
	{ .name = "linux.resources.rdma", .section = "config-linux.md, RDMA", .needs = { FACILITY_CGROUP_RDMA }, .unable = no_rdma_device, .outside = rdma },
	{ .name = "linux.resources.pids", .section = "config-linux.md, PIDs", .needs = { FACILITY_CGROUP_PIDS }, .outside = limits, .config = RESOURCES(PIDS_TEXT) },
	{ .name = "linux.resources.pids.relative", .section = "config-linux.md, PIDs", .needs = { FACILITY_CGROUP_PIDS }, .outside = limits, .config = RELATIVE(PIDS_TEXT) },
	{ .name = "linux.resources.pids.unlimited", .section = "config-linux.md, PIDs", .needs = { FACILITY_CGROUP_PIDS }, .outside = limits, .config = RESOURCES("'pids':{'limit':-1}") },
	{ .name = "linux.resources.devices.denied", .section = ALLOWED, .unable = no_device_rules, .inside = in_device_denied, .config = "{'linux':{" PROBE "}}" },
	{ .name = "linux.resources.devices.allowed", .section = ALLOWED, .unable = no_device_rules, .inside = in_device_allowed,
	  .config = "{'linux':{" PROBE ",'resources':{'devices':[{'allow':true,'type':'c','major':10,'minor':229,'access':'r'}]}}}" },
	{ .name = "linux.resources.devices.relative", .section = ALLOWED, .unable = no_device_rules, .inside = in_device_allowed,
	  .config = "{'linux':{'cgroupsPath':'@ID@'," PROBE ",'resources':{'devices':[{'allow':true,'type':'c','major':10,'minor':229,'access':'r'}]}}}" },
	{ .name = "linux.resources.unified", .since = SPEC_1_1, .section = "config-linux.md, Unified", .needs = { FACILITY_CGROUP_V2 }, .unable = no_v2_alone, .outside = limits,
	  .config = RESOURCES("'unified':{'cgroup.max.descendants':'7'}") },
	{ .name = "linux.resources.unified.missing", .since = SPEC_1_1, .section = "config-linux.md, Unified", .needs = { FACILITY_CGROUP_V2 }, .unable = no_v2_alone, .outside = life_refused,
	  .config = RESOURCES("'unified':{'nothing.max':'7'}") },
};
const struct chapter chapter_cgroups = { checks, sizeof checks / sizeof *checks };
