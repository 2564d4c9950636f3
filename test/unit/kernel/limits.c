/* SPDX-License-Identifier: ISC */
/* kernel/cgroup_items, cgroup_journal, memory and cpu: what is written into which file, in a directory of plain files that stands in for a cgroup. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tap.h"
#include "kernel/cgroup_parts.h"

static struct err e;
static char directory[64];
static struct cgroup group;

static void path_of(const char *file, char path[160])
{
	snprintf(path, 160, "%s/%s", directory, file);
}

/* fill: the file as it is before; 0: removes it */
static void fill(const char *file, const char *text)
{
	char path[160];
	path_of(file, path);
	unlink(path);
	if (!text)
		return;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		ok(false, "cannot prepare %s", path);
	close(fd);
}

static void holds(const char *file, const char *want)
{
	char path[160], text[512] = "";
	path_of(file, path);
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (n >= 0)
		text[n] = 0;
	close(fd);
	is_str(text, want, "%s", file);
}

/* Of a plain file the rest of what was longer stays behind what is written. */
static void begins(const char *file, const char *want)
{
	char path[160], text[512] = "";
	path_of(file, path);
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, strlen(want));
	if (n >= 0)
		text[n] = 0;
	close(fd);
	is_str(text, want, "%s", file);
}

/* The stand-in as the only directory, of this version, with these controllers. */
static void stand_in(int version, uint32_t controllers)
{
	char text[128];
	snprintf(text, sizeof text, "%d %lx 0 4 %s\n", version, (unsigned long)controllers, directory);
	is_int(cgroup_parse(&group, text, &e), 0, "a stand-in for cgroup v%d", version);
}

static int apply_item(struct cgroup_item item)
{
	struct cgroup_limits l = { .items = &item, .item_count = 1 };
	return cgroup_apply(&group, &l, &e);
}

static int apply_value(enum cgroup_value v, int64_t value)
{
	struct cgroup_limits l = { .has = CGROUP_HAS(v) };
	l.value[v] = value;
	return cgroup_apply(&group, &l, &e);
}

static void weights(void)
{
	is_int((int)cgroup_io_weight(10), 1, "weight 10 of v1 is 1");
	is_int((int)cgroup_io_weight(100), 910, "100 is 910");
	is_int((int)cgroup_io_weight(500), 4950, "500 is 4950");
	is_int((int)cgroup_io_weight(1000), 10000, "1000 is 10000");
}

static const struct { enum cgroup_item_kind kind; const char *v1, *v2; } throttles[] = {
	{ CGROUP_ITEM_READ_BPS, "blkio.throttle.read_bps_device", "rbps" }, { CGROUP_ITEM_WRITE_BPS, "blkio.throttle.write_bps_device", "wbps" },
	{ CGROUP_ITEM_READ_IOPS, "blkio.throttle.read_iops_device", "riops" }, { CGROUP_ITEM_WRITE_IOPS, "blkio.throttle.write_iops_device", "wiops" },
};

/* acts: linux.resources.blockIO.{weight,leafWeight} linux.resources.blockIO.weightDevice.* */
static void block_v1(void)
{
	stand_in(1, CGROUP_BIT(CGROUP_BLKIO));
	is_int(apply_value(CGROUP_BLKIO_WEIGHT, 200), -1, "a kernel without weights");
	is_str(e.text, "linux.resources.blockIO.weight: no blkio.bfq.weight here (CONFIG_BFQ_GROUP_IOSCHED): No such file or directory", "says so");
	fill("blkio.bfq.weight", "");
	fill("blkio.bfq.weight_device", "");
	is_int(apply_value(CGROUP_BLKIO_WEIGHT, 200), 0, "BFQ's weight");
	holds("blkio.bfq.weight", "200");
	is_int(apply_item((struct cgroup_item){ .kind = CGROUP_ITEM_WEIGHT, .major = 8, .minor = 16, .value = 300 }), 0, "of a device");
	holds("blkio.bfq.weight_device", "8:16 300");
	fill("blkio.weight", "");
	fill("blkio.weight_device", "");
	is_int(apply_value(CGROUP_BLKIO_WEIGHT, 150), 0, "CFQ's weight goes before");
	holds("blkio.weight", "150");
	holds("blkio.bfq.weight", "200");
	is_int(apply_item((struct cgroup_item){ .kind = CGROUP_ITEM_WEIGHT, .major = 8, .minor = 0, .value = 301 }), 0, "of a device");
	holds("blkio.weight_device", "8:0 301");
	is_int(apply_value(CGROUP_BLKIO_LEAF_WEIGHT, 150), -1, "no leaf weights");
	is_str(e.text, "linux.resources.blockIO.leafWeight: no blkio.leaf_weight here (CONFIG_CFQ_GROUP_IOSCHED, before Linux 5.0): No such file or directory", "which is said");
	fill("blkio.leaf_weight", "");
	fill("blkio.leaf_weight_device", "");
	apply_value(CGROUP_BLKIO_LEAF_WEIGHT, 151);
	holds("blkio.leaf_weight", "151");
	apply_item((struct cgroup_item){ .kind = CGROUP_ITEM_LEAF_WEIGHT, .major = 8, .minor = 1, .value = 302 });
	holds("blkio.leaf_weight_device", "8:1 302");
	for (size_t i = 0; i < sizeof throttles / sizeof *throttles; i++) {
		fill(throttles[i].v1, "");
		is_int(apply_item((struct cgroup_item){ .kind = throttles[i].kind, .major = 259, .minor = 1048575, .value = UINT64_MAX - i }), 0, "a rate of 64 bits");
		char want[64];
		snprintf(want, sizeof want, "259:1048575 %llu", (unsigned long long)(UINT64_MAX - i));
		holds(throttles[i].v1, want);
	}
}

static void block_v2(void)
{
	stand_in(2, CGROUP_BIT(CGROUP_BLKIO));
	is_int(apply_item((struct cgroup_item){ .kind = CGROUP_ITEM_READ_BPS, .index = 3, .major = 8, .minor = 0, .value = 1 }), -1, "a kernel without throttling");
	is_str(e.text, "linux.resources.blockIO.throttleReadBpsDevice[3]: no io.max here (CONFIG_BLK_DEV_THROTTLING): No such file or directory", "says so");
	for (size_t i = 0; i < sizeof throttles / sizeof *throttles; i++) {
		char want[64];
		fill("io.max", "");
		apply_item((struct cgroup_item){ .kind = throttles[i].kind, .major = 8, .minor = 0, .value = 1048576 + i });
		snprintf(want, sizeof want, "8:0 %s=%llu", throttles[i].v2, 1048576ull + i);
		holds("io.max", want);
	}
	fill("io.max", "");
	apply_item((struct cgroup_item){ .kind = CGROUP_ITEM_WRITE_IOPS, .major = 8, .minor = 0 });
	holds("io.max", "8:0 wiops=max");
	fill("io.weight", "");
	is_int(apply_value(CGROUP_BLKIO_WEIGHT, 500), 0, "a weight, converted");
	holds("io.weight", "4950");
	apply_item((struct cgroup_item){ .kind = CGROUP_ITEM_WEIGHT, .major = 8, .minor = 0, .value = 1000 });
	holds("io.weight", "8:0 10000");
	fill("io.bfq.weight", "");
	is_int(apply_value(CGROUP_BLKIO_WEIGHT, 500), 0, "BFQ's, as it is");
	holds("io.bfq.weight", "500");
	apply_item((struct cgroup_item){ .kind = CGROUP_ITEM_WEIGHT, .major = 8, .minor = 0, .value = 1000 });
	holds("io.bfq.weight", "8:0 1000");
	is_int(apply_value(CGROUP_BLKIO_WEIGHT, 1001), -1, "more than there is");
	is_str(e.text, "linux.resources.blockIO.weight: weight 1001 is not within 10 … 1000", "is refused");
}

static void hugepages(void)
{
	struct cgroup_item item = { .kind = CGROUP_ITEM_HUGEPAGES, .name = "2MB", .value = 1ull << 40 };
	stand_in(1, CGROUP_BIT(CGROUP_HUGETLB));
	is_int(apply_item(item), -1, "no pages of that size");
	is_str(e.text, "linux.resources.hugepageLimits[0]: no huge pages of 2MB here (CONFIG_HUGETLBFS; hugepagesz= names sizes that the CPU has): No such file or directory", "is said");
	fill("hugetlb.2MB.limit_in_bytes", "");
	is_int(apply_item(item), 0, "v1 before Linux 5.7");
	holds("hugetlb.2MB.limit_in_bytes", "1099511627776");
	fill("hugetlb.2MB.rsvd.limit_in_bytes", "");
	is_int(apply_item(item), 0, "v1 with reservations");
	holds("hugetlb.2MB.rsvd.limit_in_bytes", "1099511627776");
	stand_in(2, CGROUP_BIT(CGROUP_HUGETLB));
	fill("hugetlb.2MB.max", "");
	fill("hugetlb.2MB.rsvd.max", "");
	is_int(apply_item(item), 0, "v2");
	holds("hugetlb.2MB.max", "1099511627776");
	holds("hugetlb.2MB.rsvd.max", "1099511627776");
}

/* acts: linux.resources.network.classID linux.resources.network.priorities.* linux.resources.rdma.* */
static void network_and_rdma(void)
{
	stand_in(1, CGROUP_BIT(CGROUP_NET_CLS) | CGROUP_BIT(CGROUP_NET_PRIO) | CGROUP_BIT(CGROUP_RDMA));
	fill("net_cls.classid", "");
	is_int(apply_value(CGROUP_NET_CLASS, 0xffffffff), 0, "a class");
	holds("net_cls.classid", "4294967295");
	fill("net_prio.ifpriomap", "");
	apply_item((struct cgroup_item){ .kind = CGROUP_ITEM_PRIORITY, .name = "eth0", .value = 5 });
	holds("net_prio.ifpriomap", "eth0 5");
	fill("rdma.max", "");
	apply_item((struct cgroup_item){ .kind = CGROUP_ITEM_RDMA, .name = "mlx5_0", .handles = 3, .objects = 10000 });
	holds("rdma.max", "mlx5_0 hca_handle=3 hca_object=10000");
	stand_in(2, CGROUP_BIT(CGROUP_RDMA));
	fill("rdma.max", "");
	apply_item((struct cgroup_item){ .kind = CGROUP_ITEM_RDMA, .name = "mlx5_1", .handles = -1, .objects = 0 });
	holds("rdma.max", "mlx5_1 hca_object=0");
}

static void unified(void)
{
	struct cgroup_item items[] = {
		{ .kind = CGROUP_ITEM_UNIFIED, .name = "memory.max", .text = "70000000" }, { .kind = CGROUP_ITEM_UNIFIED, .name = "memory.high", .text = "5" },
	};
	struct cgroup_limits l = { .has = CGROUP_HAS(CGROUP_MEMORY_LIMIT), .items = items, .item_count = 2 };
	l.value[CGROUP_MEMORY_LIMIT] = 60000000;
	stand_in(2, CGROUP_BIT(CGROUP_MEMORY));
	fill("memory.max", "");
	fill("memory.high", "");
	is_int(cgroup_apply(&group, &l, &e), 0, "unified beside memory.limit");
	holds("memory.max", "70000000");
	holds("memory.high", "5");
	is_int(cgroup_needs(&l), CGROUP_BIT(CGROUP_MEMORY), "of which memory.limit alone may be v1's");
	is_int(cgroup_item_controller(&items[0]), CGROUP_MEMORY, "the controller that a file belongs to");
	items[0].name = "io.max";
	is_int(cgroup_item_controller(&items[0]), CGROUP_BLKIO, "io is blkio");
	items[0].name = "memoryx.max";
	is_int(cgroup_item_controller(&items[0]), CGROUP_CONTROLLERS, "and some to none");
}

/* acts: linux.resources.memory.checkBeforeUpdate */
static void check_before_update(void)
{
	struct cgroup_limits l = { .has = CGROUP_HAS(CGROUP_MEMORY_LIMIT) | CGROUP_HAS(CGROUP_MEMORY_CHECK_BEFORE_UPDATE) };
	l.value[CGROUP_MEMORY_LIMIT] = 5000000;
	l.value[CGROUP_MEMORY_CHECK_BEFORE_UPDATE] = 1;
	stand_in(2, CGROUP_BIT(CGROUP_MEMORY));
	fill("memory.current", "5000001\n");
	fill("memory.max", "");
	is_int(cgroup_update(&group, &l, &e), -1, "a limit below what is in use, looked at before");
	is_str(e.text, "linux.resources.memory.limit: rejecting memory limit: 5000000 bytes, 5000001 are in use", "is refused");
	holds("memory.max", "");
	l.has |= CGROUP_HAS(CGROUP_MEMORY_SWAP);
	l.value[CGROUP_MEMORY_SWAP] = 5000001;
	fill("memory.swap.max", "");
	is_int(cgroup_update(&group, &l, &e), -1, "memory and swap together below it");
	is_str(e.text, "linux.resources.memory.swap: rejecting memory+swap limit: 5000001 bytes, 5000001 are in use", "too");
	l.has &= ~CGROUP_HAS(CGROUP_MEMORY_SWAP);
	l.value[CGROUP_MEMORY_CHECK_BEFORE_UPDATE] = 0;
	is_int(cgroup_update(&group, &l, &e), 0, "or not looked at");
	holds("memory.max", "5000000");
}

/* v2 holds quota and period in one file, swap without memory: each is written with what the other is. */
static void pairs_v2(void)
{
	struct cgroup_limits l = { .has = CGROUP_HAS(CGROUP_CPU_QUOTA) | CGROUP_HAS(CGROUP_CPU_PERIOD) | CGROUP_HAS(CGROUP_MEMORY_LIMIT) | CGROUP_HAS(CGROUP_MEMORY_SWAP) };
	l.value[CGROUP_CPU_QUOTA] = 20000;
	l.value[CGROUP_CPU_PERIOD] = 50000;
	l.value[CGROUP_MEMORY_LIMIT] = 100;
	l.value[CGROUP_MEMORY_SWAP] = 300;
	stand_in(2, CGROUP_BIT(CGROUP_CPU) | CGROUP_BIT(CGROUP_MEMORY));
	fill("cpu.max", "");
	fill("memory.max", "");
	fill("memory.swap.max", "");
	is_int(cgroup_apply(&group, &l, &e), 0, "quota and period, memory and swap");
	holds("cpu.max", "20000 50000");
	holds("memory.max", "100");
	holds("memory.swap.max", "200");
	fill("cpu.max", "");
	l.value[CGROUP_CPU_QUOTA] = -1;
	cgroup_apply(&group, &l, &e);
	holds("cpu.max", "max 50000");
}

/* The last of each list fails for want of its file: what was written before is put back. */
static void put_back_v2(void)
{
	struct cgroup_item items[] = {
		{ .kind = CGROUP_ITEM_READ_BPS, .major = 8, .minor = 16, .value = 7 }, { .kind = CGROUP_ITEM_UNIFIED, .name = "memory.none", .text = "5" },
	};
	struct cgroup_limits l = { .has = CGROUP_HAS(CGROUP_MEMORY_LIMIT) | CGROUP_HAS(CGROUP_CPU_QUOTA) | CGROUP_HAS(CGROUP_CPUSET_CPUS), .cpus = "0-3", .items = items, .item_count = 2 };
	l.value[CGROUP_MEMORY_LIMIT] = 60000000;
	l.value[CGROUP_CPU_QUOTA] = 5000;
	stand_in(2, CGROUP_BIT(CGROUP_MEMORY) | CGROUP_BIT(CGROUP_CPU) | CGROUP_BIT(CGROUP_BLKIO) | CGROUP_BIT(CGROUP_CPUSET));
	fill("memory.max", "99999999\n");
	fill("cpu.max", "max 100000\n");
	fill("cpuset.cpus", "\n");
	fill("io.max", "8:0 rbps=1 wbps=max riops=max wiops=max\n8:16 rbps=2 wbps=max riops=max wiops=max\n");
	is_int(cgroup_update(&group, &l, &e), -1, "an update that fails");
	holds("memory.max", "99999999\n");
	begins("cpu.max", "max 100000");
	begins("cpuset.cpus", "\n");   /* an empty list: a write of nothing would change nothing */
	begins("io.max", "8:16 rbps=2 wbps=max riops=max wiops=max");
}

static void put_back_v1(void)
{
	struct cgroup_item items[] = {
		{ .kind = CGROUP_ITEM_READ_BPS, .major = 8, .minor = 16, .value = 7 }, { .kind = CGROUP_ITEM_WRITE_BPS, .major = 8, .minor = 16, .value = 7 },
	};
	struct cgroup_limits l = { .has = CGROUP_HAS(CGROUP_PIDS_LIMIT), .items = items, .item_count = 2 };
	l.value[CGROUP_PIDS_LIMIT] = 77;
	stand_in(1, CGROUP_BIT(CGROUP_PIDS) | CGROUP_BIT(CGROUP_BLKIO));
	fill("pids.max", "max\n");
	fill("blkio.throttle.read_bps_device", "");
	fill("blkio.throttle.write_bps_device", 0);
	is_int(cgroup_update(&group, &l, &e), -1, "an update that fails");
	is_str(e.text, "linux.resources.blockIO.throttleWriteBpsDevice[0]: no blkio.throttle.write_bps_device here (CONFIG_BLK_DEV_THROTTLING): No such file or directory", "at its last file");
	holds("pids.max", "max\n");
	holds("blkio.throttle.read_bps_device", "8:16 0");   /* 0: no limit, as there was none */
	l.item_count = 1;
	is_int(cgroup_update(&group, &l, &e), 0, "one that does not");
	begins("pids.max", "77");
}

/* A controller without a file: what the kernel needs to have it. */
static void lacks(int version, enum cgroup_value v, const char *file, const char *want)
{
	stand_in(version, CGROUP_BIT(cgroup_value_controller(v)));
	fill(file, 0);
	is_int(apply_value(v, 1), -1, "v%d without %s", version, file);
	is_str(e.text, want, "says what it needs");
}

int main(void)
{
	snprintf(directory, sizeof directory, "/tmp/runlet-test-XXXXXX");
	if (!mkdtemp(directory))
		return 1;
	weights();
	block_v1();
	block_v2();
	hugepages();
	network_and_rdma();
	unified();
	check_before_update();
	pairs_v2();
	put_back_v2();
	put_back_v1();
	lacks(2, CGROUP_CPU_BURST, "cpu.max.burst", "linux.resources.cpu.burst: no cpu.burst here (Linux 5.14): No such file or directory");
	lacks(2, CGROUP_CPU_IDLE, "cpu.idle", "linux.resources.cpu.idle: no cpu.idle here (Linux 5.15): No such file or directory");
	lacks(2, CGROUP_CPU_QUOTA, "cpu.max", "linux.resources.cpu.quota: no cpu.quota here (CONFIG_CFS_BANDWIDTH): No such file or directory");
	lacks(1, CGROUP_CPU_RT_RUNTIME, "cpu.rt_runtime_us", "linux.resources.cpu.realtimeRuntime: no cpu.realtimeRuntime here (CONFIG_RT_GROUP_SCHED): No such file or directory");
	lacks(1, CGROUP_CPU_IDLE, "cpu.idle", "linux.resources.cpu.idle: no cpu.idle here (Linux 5.15): No such file or directory");
	lacks(1, CGROUP_MEMORY_SWAP, "memory.memsw.limit_in_bytes", "linux.resources.memory.swap: no memory.swap here (CONFIG_MEMCG_SWAP, swapaccount=1): No such file or directory");
	char command[128];
	snprintf(command, sizeof command, "rm -r %s", directory);
	ok(system(command) == 0, "cleared away");
	return done_testing();
}
