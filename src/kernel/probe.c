/* SPDX-License-Identifier: ISC */
/* The probe table: each facility with its name, the kernel option that brings it, and its cheapest test. */
#include "kernel/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>

#include "base/io.h"
#include "base/sys.h"
#include "kernel/cgroup_parts.h"
#include "kernel/mountinfo.h"

static bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static bool has_controller(const char *controller)
{
	struct err e;
	const struct cgroup_host *h = cgroup_host(&e);
	for (int c = 0; h && c < CGROUP_CONTROLLERS; c++)
		if (strcmp(cgroup_word(c), controller) == 0)
			return cgroup_find(h, c) >= 0;
	return false;
}

static bool has_v2(const char *unused)
{
	struct err e;
	const struct cgroup_host *h = cgroup_host(&e);
	(void)unused;
	return h && h->v2 >= 0;
}

static bool has_bpf(const char *unused)
{
	(void)unused;
	return cgroup_bpf_works();
}

struct search { const char *word; bool found; };

static int compare_filesystem(void *context, char *line)
{
	struct search *s = context;
	const char *tab = strchr(line, '\t');
	s->found = tab && strcmp(tab + 1, s->word) == 0;
	return s->found;
}

/* Asking for it loads its module; without fsopen(2) only what is loaded is seen. */
static bool has_filesystem(const char *type)
{
	struct search s = { type, false };
	struct err e;
	int fd = sys_fsopen(type, 1);   /* FSOPEN_CLOEXEC */
	io_close(fd);
	if (fd >= 0 || errno == ENODEV)
		return fd >= 0;
	fd = openat(AT_FDCWD, "/proc/filesystems", O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		lines_each(fd, compare_filesystem, &s, &e);
	io_close(fd);
	return s.found;
}

static bool has_seccomp(const char *unused)
{
	(void)unused;
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
}

static bool has_seccomp_filter(const char *unused)
{
	(void)unused;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, 0, 0, 0) < 0 && errno == EFAULT;
}

/* The rest are system calls with arguments that do nothing: any answer but ENOSYS means that it is there. */
static bool has_call(const char *name)
{
	struct sys_clone_args args = { .flags = 0x400000 };   /* CLONE_DETACHED: always refused */
	struct open_how how = { .flags = 0 };
	struct sys_mount_attr attr = { .attr_set = 0 };
	long result = 0;
	if (strcmp(name, "keyctl") == 0)
		result = sys_keyctl(KEYCTL_GET_KEYRING_ID, (unsigned long)KEY_SPEC_SESSION_KEYRING, 0, 0, 0);
	else if (strcmp(name, "pidfd_open") == 0)
		result = sys_pidfd_open(-1, 0);
	else if (strcmp(name, "clone3") == 0)
		result = sys_clone3(&args);
	else if (strcmp(name, "openat2") == 0)
		result = sys_openat2(-1, ".", &how);
	else if (strcmp(name, "open_tree") == 0)
		result = sys_open_tree(-1, ".", 0);
	else if (strcmp(name, "mount_setattr") == 0)
		result = sys_mount_setattr(-1, ".", 0, &attr);
	else if (strcmp(name, "set_mempolicy") == 0)
		result = sys_set_mempolicy(-1, 0, 0);
	return result >= 0 || errno != ENOSYS;
}

static bool reads_yes(const char *path)
{
	char text[4];
	struct err e;
	return io_read_file(AT_FDCWD, path, text, sizeof text, &e) > 0 && text[0] == 'Y';
}

static const struct { const char *name, *option; bool (*test)(const char *); const char *argument; } table[FACILITY_COUNT] = {
	[FACILITY_NS_PID] = { "pid namespaces", "CONFIG_PID_NS", file_exists, "/proc/self/ns/pid" },
	[FACILITY_NS_NETWORK] = { "network namespaces", "CONFIG_NET_NS", file_exists, "/proc/self/ns/net" },
	[FACILITY_NS_MOUNT] = { "mount namespaces", "CONFIG_NAMESPACES", file_exists, "/proc/self/ns/mnt" },
	[FACILITY_NS_IPC] = { "ipc namespaces", "CONFIG_IPC_NS", file_exists, "/proc/self/ns/ipc" },
	[FACILITY_NS_UTS] = { "uts namespaces", "CONFIG_UTS_NS", file_exists, "/proc/self/ns/uts" },
	[FACILITY_NS_USER] = { "user namespaces", "CONFIG_USER_NS", file_exists, "/proc/self/ns/user" },
	[FACILITY_NS_CGROUP] = { "cgroup namespaces", "CONFIG_CGROUPS, Linux 4.6", file_exists, "/proc/self/ns/cgroup" },
	[FACILITY_NS_TIME] = { "time namespaces", "CONFIG_TIME_NS", file_exists, "/proc/self/ns/time" },
	[FACILITY_CGROUP_CPU] = { "cpu controller", "CONFIG_CGROUP_SCHED", has_controller, "cpu" },
	[FACILITY_CGROUP_CPUACCT] = { "cpuacct controller", "CONFIG_CGROUP_CPUACCT", has_controller, "cpuacct" },
	[FACILITY_CGROUP_CPUSET] = { "cpuset controller", "CONFIG_CPUSETS", has_controller, "cpuset" },
	[FACILITY_CGROUP_MEMORY] = { "memory controller", "CONFIG_MEMCG", has_controller, "memory" },
	[FACILITY_CGROUP_DEVICES] = { "devices controller", "CONFIG_CGROUP_DEVICE, or CONFIG_CGROUP_BPF on v2", has_controller, "devices" },
	[FACILITY_CGROUP_FREEZER] = { "freezer controller", "CONFIG_CGROUP_FREEZER", has_controller, "freezer" },
	[FACILITY_CGROUP_BLKIO] = { "blkio controller", "CONFIG_BLK_CGROUP", has_controller, "blkio" },
	[FACILITY_CGROUP_PIDS] = { "pids controller", "CONFIG_CGROUP_PIDS", has_controller, "pids" },
	[FACILITY_CGROUP_HUGETLB] = { "hugetlb controller", "CONFIG_CGROUP_HUGETLB", has_controller, "hugetlb" },
	[FACILITY_CGROUP_NET_CLS] = { "net_cls controller", "CONFIG_CGROUP_NET_CLASSID", has_controller, "net_cls" },
	[FACILITY_CGROUP_NET_PRIO] = { "net_prio controller", "CONFIG_CGROUP_NET_PRIO", has_controller, "net_prio" },
	[FACILITY_CGROUP_RDMA] = { "rdma controller", "CONFIG_CGROUP_RDMA", has_controller, "rdma" },
	[FACILITY_CGROUP_V2] = { "cgroup v2 tree", "CONFIG_CGROUPS", has_v2, 0 },
	[FACILITY_CGROUP_BPF] = { "BPF program for devices", "CONFIG_CGROUP_BPF", has_bpf, 0 },
	[FACILITY_SECCOMP] = { "seccomp", "CONFIG_SECCOMP", has_seccomp, 0 },
	[FACILITY_SECCOMP_FILTER] = { "seccomp filters", "CONFIG_SECCOMP_FILTER", has_seccomp_filter, 0 },
	[FACILITY_PROC] = { "proc filesystem", "CONFIG_PROC_FS", has_filesystem, "proc" },
	[FACILITY_SYSFS] = { "sysfs filesystem", "CONFIG_SYSFS", has_filesystem, "sysfs" },
	[FACILITY_TMPFS] = { "tmpfs filesystem", "CONFIG_TMPFS", has_filesystem, "tmpfs" },
	[FACILITY_DEVPTS] = { "devpts filesystem", "CONFIG_UNIX98_PTYS", has_filesystem, "devpts" },
	[FACILITY_MQUEUE] = { "mqueue filesystem", "CONFIG_POSIX_MQUEUE", has_filesystem, "mqueue" },
	[FACILITY_OVERLAY] = { "overlay filesystem", "CONFIG_OVERLAY_FS", has_filesystem, "overlay" },
	[FACILITY_EROFS] = { "erofs filesystem", "CONFIG_EROFS_FS", has_filesystem, "erofs" },
	[FACILITY_SQUASHFS] = { "squashfs filesystem", "CONFIG_SQUASHFS", has_filesystem, "squashfs" },
	[FACILITY_FUSE] = { "fuse filesystem", "CONFIG_FUSE_FS", has_filesystem, "fuse" },
	[FACILITY_KEYS] = { "keyrings", "CONFIG_KEYS", has_call, "keyctl" },
	[FACILITY_PIDFD] = { "pidfd_open", "Linux 5.3", has_call, "pidfd_open" },
	[FACILITY_CLONE3] = { "clone3", "Linux 5.3", has_call, "clone3" },
	[FACILITY_OPENAT2] = { "openat2", "Linux 5.6", has_call, "openat2" },
	[FACILITY_MOUNT_API] = { "open_tree", "Linux 5.2", has_call, "open_tree" },
	[FACILITY_MOUNT_SETATTR] = { "mount_setattr", "Linux 5.12", has_call, "mount_setattr" },
	[FACILITY_MEMORY_POLICY] = { "memory policies", "CONFIG_NUMA", has_call, "set_mempolicy" },
	[FACILITY_RDT] = { "resctrl filesystem", "CONFIG_X86_CPU_RESCTRL, CONFIG_ARM64_MPAM", file_exists, "/sys/fs/resctrl" },
	[FACILITY_APPARMOR] = { "AppArmor", "CONFIG_SECURITY_APPARMOR", reads_yes, "/sys/module/apparmor/parameters/enabled" },
	[FACILITY_SELINUX] = { "SELinux", "CONFIG_SECURITY_SELINUX", file_exists, "/sys/fs/selinux/enforce" },
};

bool probe_has(enum facility f)
{
	static int8_t known[FACILITY_COUNT];   /* 0: not asked yet, 1: there, -1: not */
	if (!known[f])
		known[f] = !table[f].test || table[f].test(table[f].argument) ? 1 : -1;
	return known[f] > 0;
}

int probe_need(enum facility f, struct err *e)
{
	return probe_has(f) ? 0 : err_num(e, ENOENT, "no %s here (%s)", table[f].name, table[f].option);
}

const char *probe_name(enum facility f)
{
	return table[f].name;
}

const char *probe_option(enum facility f)
{
	return table[f].option;
}

const char *probe_module(enum facility f)
{
	return table[f].test == has_filesystem ? table[f].argument : 0;
}

enum facility probe_filesystem(const char *type)
{
	for (int f = FACILITY_END + 1; f < FACILITY_COUNT; f++)
		if (table[f].test == has_filesystem && strcmp(table[f].argument, type) == 0)
			return (enum facility)f;
	return FACILITY_END;
}
