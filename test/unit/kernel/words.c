/* SPDX-License-Identifier: ISC */
/* kernel: capabilities, resource limits, namespaces, kernel parameters, scheduling: their words. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kernel/caps.h"
#include "kernel/ns.h"
#include "kernel/procattr.h"
#include "kernel/probe.h"
#include "kernel/rlimit.h"
#include "kernel/sched.h"
#include "kernel/sysctl.h"
#include "tap.h"

static struct err e;

static void capabilities(void)
{
	is_int(caps_find("CAP_CHOWN"), 0, "the first capability");
	is_int(caps_find("CAP_SYS_ADMIN"), 21, "CAP_SYS_ADMIN");
	is_int(caps_find("CAP_CHECKPOINT_RESTORE"), 40, "the last one");
	is_int(caps_find("cap_net_raw"), 13, "in any case");
	is_int(caps_find("NET_RAW"), -1, "not without CAP_");
	is_int(caps_find("CAP_SYS_ADMINX"), -1, "no longer than it is");
	is_str(caps_name(25), "CAP_SYS_TIME", "a name by its number");
	ok(!caps_name(41), "no 42nd");
}

static void limits(void)
{
	size_t count = 0;
	while (rlimit_word(count))
		count++;
	is_int(count, RLIM_NLIMITS, "every resource of the kernel has its word");
	is_int(rlimit_find("RLIMIT_NOFILE"), RLIMIT_NOFILE, "RLIMIT_NOFILE");
	is_int(rlimit_find("NOFILE"), -1, "the whole word is needed");
	is_int(rlimit_set(0, RLIMIT_CORE, 0, 0, &e), 0, "a limit is set");
	is_int(rlimit_set(0, RLIMIT_CORE, 5, 1, &e), -1, "a soft one above the hard one is refused");
	ok(strstr(e.text, "RLIMIT_CORE to 5:1"), "and named");
}

static void namespaces(void)
{
	static const char *const order[NS_COUNT] = { "pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time" };
	for (int i = 0; i < NS_COUNT; i++)
		is_int(ns_find(order[i]), i, "%s is number %d", order[i], i);
	is_int(ns_find("net"), -1, "net is the kernel's word, not the specification's");
	int fd = ns_open("/proc/self/ns/uts", ns_find("uts"), &e);
	ok(fd >= 0, "a namespace is opened");
	close(fd);
	is_int(ns_open("/proc/self/ns/none", ns_find("uts"), &e), -1, "a missing one is an error");
	ok(strstr(e.text, "No such file"), "that says so");
	fd = ns_open("/proc/self/ns/uts", ns_find("network"), &e);
	if (fd >= 0) {
		close(fd);
		skip("NS_GET_NSTYPE does not work here");
	} else {
		ok(strstr(e.text, "is a uts namespace, not a network namespace"), "a namespace of another type is named: %s", e.text);
	}
}

static void parameters(void)
{
	is_int(sysctl_namespace("net.ipv4.ip_forward"), ns_find("network"), "net is the network namespace's");
	is_int(sysctl_namespace("net/ipv4/conf/eth0.1/forwarding"), ns_find("network"), "also with slashes");
	is_int(sysctl_namespace("kernel.shmmax"), ns_find("ipc"), "shm is IPC's");
	is_int(sysctl_namespace("fs.mqueue.msg_max"), ns_find("ipc"), "mqueue is IPC's");
	is_int(sysctl_namespace("fs/mqueue/msg_max"), ns_find("ipc"), "also with slashes");
	is_int(sysctl_namespace("kernel.domainname"), ns_find("uts"), "the domain name is UTS's");
	is_int(sysctl_namespace("kernel.hostname"), SYSCTL_IS_HOSTNAME, "the host name has a property of its own");
	is_int(sysctl_namespace("kernel/hostname"), SYSCTL_IS_HOSTNAME, "however it is written");
	is_int(sysctl_namespace("user.max_pid_namespaces"), ns_find("user"), "user is the user namespace's");
	is_int(sysctl_namespace("kernel.panic"), SYSCTL_NOT_NAMESPACED, "others are the host's");
	is_int(sysctl_namespace("vm.swappiness"), SYSCTL_NOT_NAMESPACED, "vm too");
	is_int(sysctl_namespace("netx.y"), SYSCTL_NOT_NAMESPACED, "a prefix ends at a dot");
	is_int(sysctl_namespace("net/../kernel/panic"), SYSCTL_NOT_NAMESPACED, "no way out by dots");
	is_int(sysctl_namespace("kernel.shmmaxi"), SYSCTL_NOT_NAMESPACED, "whole names only");
	is_int(sysctl_namespace(""), SYSCTL_NOT_NAMESPACED, "nor nothing");
	is_int(sysctl_write("net/../kernel/x", "1", &e), -1, "no writing that way either");
}

/* In a child: it must not change the tests themselves. */
static int child(int (*run)(void))
{
	int status;
	pid_t pid = fork();
	if (pid == 0)
		_exit(run());
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int affinity(void)
{
	return sched_affinity(0, "0", &e) < 0;
}

static int batch(void)
{
	struct sched_request s = { .policy = "SCHED_BATCH", .nice = 5 };
	return sched_set(&s, &e) < 0 ? (e.number == ENOSYS ? 77 : 1) : syscall(SYS_sched_getscheduler, 0) != 3 || getpriority(PRIO_PROCESS, 0) != 5;
}

static int io_idle(void)
{
	return sched_io_priority("IOPRIO_CLASS_IDLE", 0, &e) < 0 ? (e.number == ENOSYS ? 77 : 1) : 0;
}

static int score(void)
{
	char text[8] = "";
	if (procattr_oom_score(0, 500, &e) < 0)
		return 1;
	int fd = open("/proc/self/oom_score_adj", O_RDONLY);
	return read(fd, text, sizeof text - 1) < 0 || strcmp(text, "500\n") != 0;
}

static void process(void)
{
	const struct sched_request unknown = { .policy = "SCHED_FAST" };
	is_int(child(affinity), 0, "affinity is set");
	is_int(sched_affinity(0, "0-", &e), -1, "a list that ends early");
	is_int(sched_affinity(0, "3-1", &e), -1, "a range backward");
	is_int(sched_affinity(0, "a", &e), -1, "no number");
	is_int(sched_affinity(0, "0,,1", &e), -1, "an empty part");
	is_int(sched_affinity(0, "99999999999", &e), -1, "a CPU that can't be");
	is_int(sched_set(&unknown, &e), -1, "an unknown policy");
	ok(strstr(e.text, "SCHED_FAST"), "is named");
	is_int(sched_io_priority("IOPRIO_CLASS_BE", 8, &e), -1, "an I/O priority out of range");
	int result = child(batch);
	if (result == 77)
		skip("no sched_setattr here");
	else
		is_int(result, 0, "a policy with a nice value");
	result = child(io_idle);
	if (result == 77)
		skip("no ioprio_set here");
	else
		is_int(result, 0, "an I/O class");
	is_int(child(score), 0, "an OOM score");
	is_int(procattr_personality("LINUX64", 0, &e), -1, "an unknown domain");
	is_int(procattr_personality("LINUX", 1, &e), -1, "a flag, of which there are none");
}

static void facilities(void)
{
	ok(probe_has(FACILITY_NS_MOUNT), "mount namespaces are here");
	ok(probe_has(FACILITY_PROC), "and a proc filesystem");
	for (int f = 1; f < FACILITY_COUNT; f++)
		if (!probe_name(f) || !probe_option(f))
			ok(false, "facility %d has its name and option", f);
	if (probe_has(FACILITY_CGROUP_RDMA)) {
		skip("an rdma controller is here");
	} else {
		is_int(probe_need(FACILITY_CGROUP_RDMA, &e), -1, "a missing facility is an error");
		is_str(e.text, "no rdma controller here (CONFIG_CGROUP_RDMA): No such file or directory", "that names the kernel's option");
	}
}

int main(void)
{
	capabilities();
	limits();
	namespaces();
	parameters();
	process();
	facilities();
	return done_testing();
}
