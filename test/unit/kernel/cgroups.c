/* SPDX-License-Identifier: ISC */
/* kernel/cgroup: finding hierarchies in given texts, the conversions, the record; and real cgroups of our own, where this machine has any to give. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>
#include "kernel/cgroup_parts.h"
#include "kernel/mountinfo.h"
#include "sandbox.h"

static int text_fd(const char *text)
{
	char name[] = "/tmp/runlet-test-XXXXXX";
	int fd = mkstemp(name);
	unlink(name);
	if (write(fd, text, strlen(text)) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return -1;
	return fd;
}

static const char hybrid_mounts[] =
	"22 27 0:21 / /proc rw,relatime - proc proc rw\n"
	"31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
	"32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
	"33 31 0:30 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
	"34 31 0:31 / /sys/fs/cgroup/with\\040space rw - cgroup cgroup rw,pids\n"
	"35 31 0:32 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n"
	"36 31 0:33 / /sys/fs/cgroup/unified rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
	"37 31 0:31 / /mnt/pids rw - cgroup cgroup rw,pids\n";
static const char hybrid_own[] =
	"9:name=systemd:/user.slice\n8:pids:/\n4:memory:/docker/abc/inner\n2:cpu,cpuacct:/a:b\n0::/user.slice/session\n";

static struct cgroup_host host;

static int parse(const char *mounts, const char *own)
{
	int m = text_fd(mounts), c = text_fd(own), result = cgroup_host_parse(&host, m, c, &e);
	close(m);
	close(c);
	return result;
}

static void finding(void)
{
	is_int(parse(hybrid_mounts, hybrid_own), 0, "a hybrid host is read");
	is_int(host.count, 5, "five hierarchies, one of them mounted twice");
	int cpu = cgroup_find(&host, CGROUP_CPU), memory = cgroup_find(&host, CGROUP_MEMORY), pids = cgroup_find(&host, CGROUP_PIDS);
	is_int(cpu, cgroup_find(&host, CGROUP_CPUACCT), "cpu and cpuacct are mounted together");
	is_str(host.hierarchies[cpu].mount, "/sys/fs/cgroup/cpu,cpuacct", "where");
	is_str(host.hierarchies[cpu].own, "/a:b", "a colon in a path");
	is_str(host.hierarchies[memory].own, "/inner", "a path below the part that is mounted");
	is_str(host.hierarchies[pids].mount, "/sys/fs/cgroup/with space", "an escaped space; the first mount counts");
	is_int(cgroup_find(&host, CGROUP_BLKIO), -1, "no blkio");
	is_int(cgroup_find(&host, CGROUP_SYSTEMD) >= 0, 1, "the named hierarchy");
	is_str(host.hierarchies[host.v2].own, "/user.slice/session", "the v2 tree");
	is_int(cgroup_find(&host, CGROUP_FREEZER), host.v2, "which freezes where v1 does not");

	parse("31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n32 31 0:29 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
	      "40 31 0:33 / /sys/fs/cgroup rw - cgroup2 none rw\n", "8:pids:/x\n0::/\n");
	is_int(host.count, 1, "what a later mount covers is gone");
	is_int(host.v2, 0, "the v2 tree is left");
	parse("22 27 0:21 / /proc rw - proc proc rw\nbroken\n1 2 3\n", "");
	is_int(host.count, 0, "no cgroups, and broken lines are passed over");
	is_int(host.v2, -1, "nor a v2 tree");
}

static void long_lines(void)
{
	static char text[40000];
	memset(text, 'x', sizeof text - 1);
	memcpy(text + 20000, "\n8:pids:/long\n", 14);
	parse(hybrid_mounts, text);
	is_str(host.hierarchies[cgroup_find(&host, CGROUP_PIDS)].own, "/long", "a line that is too long is passed over, the next one read");
}

static void numbers(void)
{
	static const struct { unsigned shares, weight; } weights[] = {
		{ 0, 0 }, { 1, 1 }, { 2, 1 }, { 3, 2 }, { 64, 12 }, { 512, 59 }, { 1000, 99 }, { 1024, 100 }, { 1025, 101 }, { 2048, 174 }, { 100000, 4340 },
		{ 262143, 10000 }, { 262144, 10000 }, { 1000000, 10000 },
	};
	int64_t swap;
	bool zero;
	for (size_t i = 0; i < sizeof weights / sizeof *weights; i++)
		is_int(cgroup_weight_of_shares(weights[i].shares), weights[i].weight, "%u shares weigh %u", weights[i].shares, weights[i].weight);
	is_int(cgroup_swap_of_v1(300, 100, &swap, &zero, &e), 0, "memory and swap");
	is_int(swap, 200, "without the memory");
	cgroup_swap_of_v1(100, 100, &swap, &zero, &e);
	ok(swap == 0 && zero, "no swap at all");
	cgroup_swap_of_v1(0, 100, &swap, &zero, &e);
	ok(swap == 0 && !zero, "swap not spoken of");
	cgroup_swap_of_v1(-1, 100, &swap, &zero, &e);
	is_int(swap, -1, "any swap");
	cgroup_swap_of_v1(0, -1, &swap, &zero, &e);
	is_int(swap, -1, "any memory means any swap");
	is_int(cgroup_swap_of_v1(50, 100, &swap, &zero, &e), -1, "less than the memory");
	is_int(cgroup_swap_of_v1(50, 0, &swap, &zero, &e), -1, "swap without memory");
}

static void needs(void)
{
	struct cgroup_limits l = { .has = CGROUP_HAS(CGROUP_PIDS_LIMIT) | CGROUP_HAS(CGROUP_MEMORY_LIMIT) | CGROUP_HAS(CGROUP_CPUSET_CPUS), .cpus = "" };
	is_int(cgroup_needs(&l), CGROUP_BIT(CGROUP_PIDS), "pids.limit 0 is a limit, memory.limit 0 and cpus \"\" are none");
	l.value[CGROUP_MEMORY_LIMIT] = 5;
	l.cpus = "0";
	l.device_count = 1;
	is_int(cgroup_needs(&l), CGROUP_BIT(CGROUP_PIDS) | CGROUP_BIT(CGROUP_MEMORY) | CGROUP_BIT(CGROUP_CPUSET) | CGROUP_BIT(CGROUP_DEVICES), "all four");
	is_str(cgroup_value_name(CGROUP_CPUSET_MEMS), "cpu.mems", "the property's name");
}

static void record(void)
{
	static struct cgroup g, back;
	char text[4096], small[20];
	const char *line = "2 82 1 14 /sys/fs/cgroup/x y/z\n1 8 3 21 /sys/fs/cgroup/memory/a/b/c\n";
	is_int(cgroup_parse(&g, line, &e), 0, "a record is read");
	is_int(g.count, 2, "two directories");
	is_str(cgroup_path(&g, 1), "/sys/fs/cgroup/memory/a/b/c", "a path");
	is_int(g.dirs[1].made, 3, "of which three are ours");
	is_int(cgroup_format(&g, text, sizeof text), (int)strlen(line), "and written");
	is_str(text, line, "as it was");
	is_int(cgroup_parse(&back, text, &e), 0, "and read again");
	is_int(cgroup_format(&g, small, sizeof small), -1, "not into too small a buffer");
	is_int(cgroup_parse(&g, "2 82 9 14 /sys/fs/cgroup/x\n", &e), -1, "more directories of ours than there are");
	is_int(cgroup_parse(&g, "2 82 1 99 /sys/fs/cgroup/x\n", &e), -1, "a mount point beyond the path");
	is_int(cgroup_parse(&g, "0 82 1 14 /sys/fs/cgroup/x\n", &e), 0, "a spare one");
	is_int(g.dirs[0].spare && !g.dirs[0].v2, 1, "is of v1");
	is_int(cgroup_parse(&g, "3 82 1 14 /sys/fs/cgroup/x\n", &e), -1, "a version 3");
	is_int(cgroup_parse(&g, "2 82 1 14 relative\n", &e), -1, "a relative path");
	is_int(cgroup_parse(&g, "2 82 1", &e), -1, "a line that ends early");
	is_int(cgroup_parse(&g, "", &e), 0, "nothing");
	is_int(g.count, 0, "is no cgroup");
	is_int(cgroup_remove(&g, &e), 0, "which is easy to remove");
}

/* --- real ones: below our own cgroup, with names of our own --------------------------------------------------------------------------------- */
static struct cgroup mine;
static char unique[64];

static pid_t sleeper(void)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		pause();
		_exit(0);
	}
	return pid;
}

static int status_of(pid_t pid)
{
	int status = -1;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFSIGNALED(status) ? WTERMSIG(status) : -1;
}

static bool has_file(const char *file)
{
	char path[5000];
	snprintf(path, sizeof path, "%s/%s", cgroup_path(&mine, 0), file);
	return access(path, F_OK) == 0;
}

static void check_life(const char *what)
{
	pid_t pids[8], pid, second;
	size_t count;
	if (!ok(cgroup_create(&mine, &e) == 0, "%s: made", what)) {
		printf("# %s\n", e.text);
		cgroup_remove(&mine, &e);
		return;
	}
	pid = sleeper();
	second = sleeper();
	is_int(cgroup_enter(&mine, pid, true, &e), 0, "%s: entered", what);
	is_int(cgroup_pids(&mine, pids, 8, &count, &e), 0, "%s: listed", what);
	ok(count == 1 && pids[0] == pid, "%s: the process is inside", what);
	static struct cgroup again;
	memcpy(&again, &mine, sizeof again);
	is_int(cgroup_create(&again, &e), -1, "%s: a second container can't have it", what);
	is_int(e.number, EBUSY, "%s: since somebody is in", what);
	if (has_file("cgroup.freeze") || has_file("freezer.state")) {
		is_int(cgroup_freeze(&mine, true, &e), 0, "%s: frozen", what);
		is_int(cgroup_frozen(&mine), 1, "%s: and known to be", what);
		/* SIGKILL must work on a frozen one */
	} else {
		skip("%s: nothing freezes here", what);
	}
	is_int(cgroup_signal(&mine, SIGKILL, &e), 0, "%s: killed", what);
	is_int(status_of(pid), SIGKILL, "%s: all that was inside", what);
	is_int(kill(second, 0), 0, "%s: and nobody else", what);
	kill(second, SIGKILL);
	status_of(second);
	/* a sub-cgroup of the container's own */
	char sub[5000];
	snprintf(sub, sizeof sub, "%s/sub", cgroup_path(&mine, 0));
	is_int(mkdir(sub, 0755), 0, "%s: a sub-cgroup", what);
	is_int(cgroup_remove(&mine, &e), 0, "%s: removed with it", what);
	is_int(access(cgroup_path(&mine, 0), F_OK), -1, "%s: it is gone", what);
	is_int(cgroup_remove(&mine, &e), 0, "%s: removing it again is success", what);
}

static void read_value(const struct cgroup *g, enum cgroup_controller c, const char *file, const char *want)
{
	char path[5000], text[256] = "";
	const struct cgroup_dir *d = cgroup_dir_of(g, c);
	snprintf(path, sizeof path, "%s/%s", d ? cgroup_dir_path(g, d) : "", file);
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (n > 0)
		text[n] = 0;
	text[strcspn(text, "\n")] = 0;
	close(fd);
	is_str(text, want, "%s", file);
}

static void tracking(void)
{
	snprintf(unique, sizeof unique, "runlet-test-%d", (int)getpid());
	if (cgroup_plan(&mine, 0, unique, 0, &e) < 0 || !mine.count || access(cgroup_path(&mine, 0), F_OK) == 0) {
		skip("no cgroups to use here");
		return;
	}
	unsigned spare = 0;
	for (unsigned i = 0; i < mine.count; i++)
		spare += mine.dirs[i].spare;
	is_int(mine.count - spare, 1, "one hierarchy keeps track; the others are spare");
	check_life("tracking");
}

static void limits_v1(void)
{
	static const struct cgroup_device_rule rules[] = { { false, 'a', -1, -1, true, true, true }, { true, 'c', 1, 3, true, true, true }, { true, 'b', 7, -1, true, false, false } };
	struct cgroup_limits l = {
		.has = CGROUP_HAS(CGROUP_MEMORY_LIMIT) | CGROUP_HAS(CGROUP_MEMORY_RESERVATION) | CGROUP_HAS(CGROUP_PIDS_LIMIT) | CGROUP_HAS(CGROUP_CPU_SHARES) |
		       CGROUP_HAS(CGROUP_CPU_QUOTA) | CGROUP_HAS(CGROUP_CPU_PERIOD) | CGROUP_HAS(CGROUP_CPUSET_CPUS),
		.cpus = "0", .devices = rules, .device_count = 3,
	};
	const struct cgroup_host *h = cgroup_host(&e);
	l.value[CGROUP_MEMORY_LIMIT] = 64 << 20;
	l.value[CGROUP_MEMORY_RESERVATION] = 32 << 20;
	l.value[CGROUP_PIDS_LIMIT] = 7;
	l.value[CGROUP_CPU_SHARES] = 512;
	l.value[CGROUP_CPU_PERIOD] = 50000;
	l.value[CGROUP_CPU_QUOTA] = 20000;
	for (int c = 0; h && c < CGROUP_CONTROLLERS; c++)
		if (cgroup_needs(&l) & CGROUP_BIT(c) && (cgroup_find(h, c) < 0 || h->hierarchies[cgroup_find(h, c)].v2)) {
			skip("no v1 host with memory, pids, cpu, cpuset and devices");
			return;
		}
	if (!h || geteuid() != 0) {
		skip("no root");
		return;
	}
	is_int(cgroup_plan(&mine, 0, unique, &l, &e), 0, "v1: planned");
	if (!ok(cgroup_create(&mine, &e) == 0, "v1: made")) {
		printf("# %s\n", e.text);
		cgroup_remove(&mine, &e);
		return;
	}
	ok(cgroup_apply(&mine, &l, &e) == 0, "v1: limits written %s", e.text);
	read_value(&mine, CGROUP_MEMORY, "memory.limit_in_bytes", "67108864");
	read_value(&mine, CGROUP_MEMORY, "memory.soft_limit_in_bytes", "33554432");
	read_value(&mine, CGROUP_PIDS, "pids.max", "7");
	read_value(&mine, CGROUP_CPU, "cpu.shares", "512");
	read_value(&mine, CGROUP_CPU, "cpu.cfs_quota_us", "20000");
	read_value(&mine, CGROUP_CPU, "cpu.cfs_period_us", "50000");
	read_value(&mine, CGROUP_CPUSET, "cpuset.cpus", "0");
	read_value(&mine, CGROUP_DEVICES, "devices.list", "c 1:3 rwm");
	l.value[CGROUP_CPU_SHARES] = 1;
	is_int(cgroup_apply(&mine, &l, &e), -1, "v1: shares that the kernel moves");
	is_str(e.text, "linux.resources.cpu.shares: the least possible is 2", "v1: are an error");
	is_int(cgroup_oom_kills(&mine), 0, "v1: no OOM kill so far");
	is_int(cgroup_remove(&mine, &e), 0, "v1: removed");
	for (unsigned i = 0; i < mine.count; i++)
		if (access(cgroup_path(&mine, i), F_OK) == 0)
			ok(false, "v1: %s is left", cgroup_path(&mine, i));
}

static void holes(void)
{
	static const struct cgroup_device_rule rules[] = { { false, 'a', -1, -1, true, true, true }, { true, 'c', -1, -1, true, true, true }, { false, 'c', 1, 3, false, true, false } };
	struct cgroup_limits l = { .devices = rules, .device_count = 3 };
	const struct cgroup_host *h = cgroup_host(&e);
	int index = h ? cgroup_find(h, CGROUP_DEVICES) : -1;
	if (index < 0 || h->hierarchies[index].v2 || geteuid() != 0) {
		skip("no v1 devices controller");
		return;
	}
	cgroup_plan(&mine, 0, unique, &l, &e);
	cgroup_create(&mine, &e);
	is_int(cgroup_apply(&mine, &l, &e), -1, "v1: a hole in a wide rule");
	is_str(e.text, "linux.resources.devices: [2]: cgroup v1 can't except \"c 1:3 w\" from \"c *:* rwm\"", "v1: is an error");
	cgroup_remove(&mine, &e);
}

/* --- a v2 host: only cgroup2 on /sys/fs/cgroup ---------------------------------------------------------------------------------------------- */
static int bpf_open(const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK);
	int result = fd < 0 ? errno : 0;
	close(fd);
	return result;
}

static int in_cgroup(int (*run)(void))
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		if (cgroup_enter(&mine, 0, true, &e) < 0)
			_exit(99);
		_exit(run());
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static int try_null(void) { return bpf_open("/dev/null"); }
static int try_zero(void) { return bpf_open("/dev/zero"); }
static int try_full_read(void) { int fd = open("/dev/full", O_RDONLY); return fd < 0 ? errno : 0; }
static int try_full_both(void) { return bpf_open("/dev/full"); }

static int try_make(mode_t type, unsigned major)
{
	if (mknod("/tmp/made", type, makedev(major, 3)) < 0)
		return errno;
	unlink("/tmp/made");
	return 0;
}
static int try_make_char(void) { return try_make(S_IFCHR, 1); }
static int try_make_block(void) { return try_make(S_IFBLK, 7); }

static int devices_v2(void)
{
	static const struct cgroup_device_rule rules[] = {
		{ true, 'a', -1, -1, true, true, true }, { false, 'a', -1, -1, true, true, true }, { true, 'c', 1, 3, true, true, true }, { true, 'c', 1, -1, true, false, false },
		{ false, 'c', 1, 5, true, false, false },
	};
	static const struct cgroup_device_rule other[] = {
		{ false, 'a', -1, -1, true, true, true }, { true, 'b', -1, -1, false, false, true }, { true, 'c', -1, -1, false, false, true }, { true, 'c', 1, 5, true, true, true },
	};
	struct cgroup_limits l = { .devices = rules, .device_count = 5 };
	if (mount("none", "/sys/fs/cgroup", "cgroup2", 0, 0) < 0)
		return SANDBOX_SKIP;
	const struct cgroup_host *h = cgroup_host(&e);
	must(h && h->count == 1 && h->v2 == 0, "only v2 is seen");
	snprintf(unique, sizeof unique, "runlet-test-%d", (int)getpid());
	must(cgroup_plan(&mine, 0, unique, &l, &e) == 0 && mine.count == 1, "planned");
	int result = 1;
	if (cgroup_create(&mine, &e) < 0) {
		printf("# %s\n", e.text);
	} else if (cgroup_apply(&mine, &l, &e) < 0) {
		printf("# %s\n", e.text);
		result = strstr(e.text, "CONFIG_CGROUP_BPF") ? SANDBOX_SKIP : 1;
	} else {
		int got[] = { in_cgroup(try_null), in_cgroup(try_zero), in_cgroup(try_full_read), in_cgroup(try_full_both), in_cgroup(try_make_block) };
		l.devices = other;
		l.device_count = 4;
		int again = cgroup_apply(&mine, &l, &e);
		int later[] = { in_cgroup(try_null), in_cgroup(try_zero), in_cgroup(try_make_char), in_cgroup(try_make_block) };
		printf("# null %d zero %d full %d %d make %d; then %d null %d zero %d make %d %d\n", got[0], got[1], got[2], got[3], got[4], again, later[0], later[1], later[2], later[3]);
		result = !(got[0] == 0 && got[1] == EPERM && got[2] == 0 && got[3] == EPERM && got[4] == EPERM && again == 0 && later[0] == EPERM && later[1] == 0 && later[2] == 0
			   && later[3] == 0);
	}
	if (cgroup_remove(&mine, &e) < 0)
		result = 1;
	return result;
}

static int life_v2(void)
{
	char path[128];
	if (mount("none", "/sys/fs/cgroup", "cgroup2", 0, 0) < 0)
		return SANDBOX_SKIP;
	snprintf(path, sizeof path, "/runlet-test-%d/a/b", (int)getpid());
	must(cgroup_plan(&mine, path, "id", 0, &e) == 0, "planned");
	must(mine.count == 1 && mine.dirs[0].made == 3, "three directories to be made, not %d", mine.dirs[0].made);
	int failures = tap_failures;
	check_life("v2");
	snprintf(path, sizeof path, "/sys/fs/cgroup/runlet-test-%d", (int)getpid());
	must(access(path, F_OK) < 0, "the parents are gone too");
	must(cgroup_plan(&mine, "relative/../../x", "id", 0, &e) == 0, "a path that wants out");
	must(strcmp(cgroup_path(&mine, 0) + strlen(cgroup_path(&mine, 0)) - 2, "/x") == 0 && !strstr(cgroup_path(&mine, 0), ".."), "stays in");
	return tap_failures > failures;
}

static int missing_v2(void)
{
	struct cgroup_limits l = { .has = CGROUP_HAS(CGROUP_PIDS_LIMIT) };
	l.value[CGROUP_PIDS_LIMIT] = 5;
	if (mount("none", "/sys/fs/cgroup", "cgroup2", 0, 0) < 0)
		return SANDBOX_SKIP;
	const struct cgroup_host *h = cgroup_host(&e);
	if (!h || cgroup_find(h, CGROUP_PIDS) >= 0)
		return SANDBOX_SKIP;
	must(cgroup_plan(&mine, 0, "x", &l, &e) < 0, "a controller that is not there");
	must(strcmp(e.text, "linux.resources.pids.limit: no pids controller here (CONFIG_CGROUP_PIDS): No such file or directory") == 0, "is named");
	return 0;
}

int main(void)
{
	finding();
	long_lines();
	numbers();
	needs();
	record();
	/* before this process looks at its own host, which it does once */
	sandbox("v2: the life of a cgroup", 0, life_v2);
	sandbox("v2: device rules as a BPF program", 0, devices_v2);
	sandbox("v2: a missing controller", 0, missing_v2);
	if (geteuid() == 0) {
		tracking();
		limits_v1();
		holes();
	} else {
		skip("real cgroups need root");
	}
	return done_testing();
}
