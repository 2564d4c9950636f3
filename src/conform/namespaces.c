/* SPDX-License-Identifier: ISC */
/* Checks of namespaces (runtime-spec, config-linux.md, "Namespaces", "User namespace mappings", "Offset for Time Namespace"). */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "conform/conform.h"
#include "conform/inside.h"
#include "kernel/ns.h"

#define NAMESPACES "config-linux.md, Namespaces"

static void link_of(pid_t pid, const char *name, char *link, size_t size)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, name);
	ssize_t length = readlink(path, link, size - 1);
	link[length > 0 ? length : 0] = 0;
}

/* The type that a check is about: its name's last word. */
static const struct ns_type *type_of(const struct test *t)
{
	return &ns_types[ns_find(strrchr(t->check->name, '.') + 1)];
}

static void finish(struct test *t)
{
	life_start(t);
	life_wait(t);
	life_report(t);
	life_delete(t);
}

static void compare(struct test *t, pid_t other, bool same, const char *whose)
{
	const struct ns_type *type = type_of(t);
	char own[64], its[64];
	config_own(t);
	life_create(t);
	link_of(t->pid, type->proc_name, own, sizeof own);
	link_of(other, type->proc_name, its, sizeof its);
	want(t, *own && *its && (strcmp(own, its) == 0) == same, "the %s namespace is %s, %s: %s", type->word, own, same ? "not this one" : "the same", whose);
	finish(t);
}

static void fresh(struct test *t) { compare(t, getpid(), false, "the runtime's"); }
static void inherited(struct test *t) { compare(t, getpid(), true, "the runtime's"); }

/* A process that has the namespace; of a pid namespace its first one. It ends with the check. */
static pid_t holder(struct test *t)
{
	const struct ns_type *type = type_of(t);
	int ends[2], inner[2];
	char byte = 0;
	must(t, pipe(ends) == 0 && pipe(inner) == 0, "no pipe: %s", strerror(errno));
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		byte = unshare((int)type->flag) == 0;
		pid_t child = byte && (type->flag == CLONE_NEWPID || type->flag == 0x80) ? fork() : 0;
		if (child == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
			io_write(ends[1], &byte, 1);
			for (;;)
				pause();
		}
		io_write(inner[1], &child, sizeof child);
		for (;;)
			pause();
	}
	must(t, read(ends[0], &byte, 1) == 1 && byte, "cannot make a %s namespace", type->word);
	if (type->flag == CLONE_NEWPID || type->flag == 0x80)
		must(t, read(inner[0], &pid, sizeof pid) == sizeof pid, "no pid");
	return pid;
}

static void joined(struct test *t)
{
	t->helper = holder(t);
	compare(t, t->helper, true, "that of the path");
}

static void refused_path(struct test *t)
{
	t->helper = getpid();
	config_own(t);
	life_create_fails(t, "a namespace path that is missing, relative, or of another type");
}

static void duplicate(struct test *t)
{
	config_own(t);
	life_create_fails(t, "a namespace type that is there twice");
}

static void in_first(struct inside *in)
{
	expect(in, getpid() == 1, "the pid is %d, not 1", (int)getpid());
}

static void in_mapped(struct inside *in)
{
	in_mappings(in);
	expect(in, getuid() == 0 && getgid() == 0, "is %u:%u, not 0:0", (unsigned)getuid(), (unsigned)getgid());
}

/* The clock itself: its first value here is that of the offset and more. */
static void in_clock(struct inside *in)
{
	struct timespec now = { 0 };
	in_time_offsets(in);
	clock_gettime(CLOCK_MONOTONIC, &now);
	expect(in, now.tv_sec >= 1000000, "the monotonic clock says %lld s, in spite of an offset of 1000000 s", (long long)now.tv_sec);
}

#define NEW(word) "{'linux':{'namespaces':[{'type':'" word "'}]}}"
#define JOIN(word, name) "{'linux':{'namespaces':[{'type':'" word "','path':'/proc/@HELPER@/ns/" name "'}]}}"
#define MAPS "'uidMappings':[{'containerID':0,'hostID':100000,'size':1000},{'containerID':1000,'hostID':200000,'size':10}],'gidMappings':[{'containerID':0,'hostID':100000,'size':2000}]"
static const struct check checks[] = {
	{ .name = "linux.namespaces.new.pid", .section = NAMESPACES, .needs = { FACILITY_NS_PID }, .outside = fresh, .inside = in_first },
	{ .name = "linux.namespaces.new.network", .section = NAMESPACES, .needs = { FACILITY_NS_NETWORK }, .outside = fresh },
	{ .name = "linux.namespaces.new.mount", .section = NAMESPACES, .needs = { FACILITY_NS_MOUNT }, .outside = fresh },
	{ .name = "linux.namespaces.new.ipc", .section = NAMESPACES, .needs = { FACILITY_NS_IPC }, .outside = fresh },
	{ .name = "linux.namespaces.new.uts", .section = NAMESPACES, .needs = { FACILITY_NS_UTS }, .outside = fresh },
	{ .name = "linux.namespaces.new.user", .section = NAMESPACES, .needs = { FACILITY_NS_USER }, .outside = fresh, .inside = in_mapped,
	  .config = "{'linux':{'namespaces':[{'type':'user'}]," MAPS "}}" },
	{ .name = "linux.namespaces.new.cgroup", .section = NAMESPACES, .needs = { FACILITY_NS_CGROUP }, .outside = fresh, .config = NEW("cgroup") },
	{ .name = "linux.namespaces.new.time", .since = SPEC_1_1, .section = NAMESPACES, .needs = { FACILITY_NS_TIME }, .outside = fresh, .config = NEW("time") },
	{ .name = "linux.namespaces.inherit.pid", .section = NAMESPACES, .outside = inherited, .without = "pid" },
	{ .name = "linux.namespaces.inherit.network", .section = NAMESPACES, .outside = inherited, .without = "network" },
	{ .name = "linux.namespaces.inherit.ipc", .section = NAMESPACES, .outside = inherited, .without = "ipc" },
	{ .name = "linux.namespaces.inherit.uts", .section = NAMESPACES, .outside = inherited, .without = "uts hostname" },
	{ .name = "linux.namespaces.inherit.user", .section = NAMESPACES, .needs = { FACILITY_NS_USER }, .outside = inherited },
	{ .name = "linux.namespaces.inherit.cgroup", .section = NAMESPACES, .needs = { FACILITY_NS_CGROUP }, .outside = inherited, .without = "cgroup" },
	{ .name = "linux.namespaces.inherit.time", .section = NAMESPACES, .needs = { FACILITY_NS_TIME }, .outside = inherited },
	{ .name = "linux.namespaces.path.pid", .section = NAMESPACES, .needs = { FACILITY_NS_PID }, .outside = joined, .config = JOIN("pid", "pid") },
	{ .name = "linux.namespaces.path.network", .section = NAMESPACES, .needs = { FACILITY_NS_NETWORK }, .outside = joined, .config = JOIN("network", "net") },
	{ .name = "linux.namespaces.path.ipc", .section = NAMESPACES, .needs = { FACILITY_NS_IPC }, .outside = joined, .config = JOIN("ipc", "ipc") },
	{ .name = "linux.namespaces.path.uts", .section = NAMESPACES, .needs = { FACILITY_NS_UTS }, .outside = joined, .config = JOIN("uts", "uts"), .without = "hostname" },
	{ .name = "linux.namespaces.path.mount", .section = NAMESPACES, .needs = { FACILITY_NS_MOUNT }, .outside = joined, .config = JOIN("mount", "mnt") },
	{ .name = "linux.namespaces.path.cgroup", .section = NAMESPACES, .needs = { FACILITY_NS_CGROUP }, .outside = joined, .config = JOIN("cgroup", "cgroup") },
	{ .name = "linux.namespaces.path.time", .since = SPEC_1_1, .section = NAMESPACES, .needs = { FACILITY_NS_TIME }, .outside = joined, .config = JOIN("time", "time") },
	{ .name = "linux.namespaces.wrong-type", .section = NAMESPACES, .outside = refused_path, .config = JOIN("network", "uts") },
	{ .name = "linux.namespaces.missing-path", .section = NAMESPACES, .outside = refused_path,
	  .config = "{'linux':{'namespaces':[{'type':'network','path':'/nowhere/net'}]}}" },
	{ .name = "linux.namespaces.relative-path", .section = NAMESPACES, .outside = refused_path,
	  .config = "{'linux':{'namespaces':[{'type':'network','path':'../../../../proc/@HELPER@/ns/net'}]}}" },
	{ .name = "linux.namespaces.duplicate", .section = NAMESPACES, .outside = duplicate, .edit = { "\"namespaces\": [", "\"namespaces\": [\n\t\t\t{\"type\": \"uts\"}," } },
	{ .name = "linux.uidMappings", .section = "config-linux.md, User namespace mappings", .needs = { FACILITY_NS_USER }, .inside = in_mapped,
	  .config = "{'linux':{'namespaces':[{'type':'user'}]," MAPS "}}" },
	{ .name = "linux.timeOffsets", .since = SPEC_1_1, .section = "config-linux.md, Offset for Time Namespace", .needs = { FACILITY_NS_TIME }, .inside = in_clock,
	  .config = "{'linux':{'namespaces':[{'type':'time'}],'timeOffsets':{'monotonic':{'secs':1000000,'nanosecs':500},'boottime':{'secs':2000000}}}}" },
};
const struct chapter chapter_namespaces = { checks, sizeof checks / sizeof *checks };
