/* SPDX-License-Identifier: ISC */
/* The eight kinds of namespaces: one table, opening with the type verified, joining. namespaces(7), ioctl_ns(2). */
#include "kernel/ns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/nsfs.h>

#include "base/io.h"
#include "base/str.h"
#include "base/sys.h"
#include "kernel/procfs.h"

const struct ns_type ns_types[NS_COUNT] = {
	{ "pid", "pid", CLONE_NEWPID, FACILITY_NS_PID },
	{ "network", "net", CLONE_NEWNET, FACILITY_NS_NETWORK },
	{ "mount", "mnt", CLONE_NEWNS, FACILITY_NS_MOUNT },
	{ "ipc", "ipc", CLONE_NEWIPC, FACILITY_NS_IPC },
	{ "uts", "uts", CLONE_NEWUTS, FACILITY_NS_UTS },
	{ "user", "user", CLONE_NEWUSER, FACILITY_NS_USER },
	{ "cgroup", "cgroup", CLONE_NEWCGROUP, FACILITY_NS_CGROUP },
	{ "time", "time", SYS_CLONE_NEWTIME, FACILITY_NS_TIME },
};

int ns_find(const char *word)
{
	for (int i = 0; i < NS_COUNT; i++)
		if (strcmp(ns_types[i].word, word) == 0)
			return i;
	return -1;
}

static const char *word_of_flag(uint64_t flag)
{
	for (int i = 0; i < NS_COUNT; i++)
		if (ns_types[i].flag == flag)
			return ns_types[i].word;
	return "different kind of";
}

int ns_open(const char *path, int type, struct err *e)
{
	/* O_NONBLOCK: a FIFO given by mistake must not hold us */
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return err_sys(e, "cannot open namespace %s", path);
	int flag = ioctl(fd, NS_GET_NSTYPE);
	/* Linux before 4.11 has no such ioctl, which looks like a file that is no namespace: setns(2) refuses that one later */
	if (flag < 0 || (uint64_t)(unsigned)flag == ns_types[type].flag)
		return fd;
	io_close(fd);
	return err_set(e, "%s: is a %s namespace, not a %s namespace", path, word_of_flag((uint64_t)(unsigned)flag), ns_types[type].word);
}

int ns_open_pid(pid_t pid, int type, struct err *e)
{
	char path[48];
	snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, ns_types[type].proc_name);
	return ns_open(path, type, e);
}

int ns_join(int fd, int type, struct err *e)
{
	if (setns(fd, (int)ns_types[type].flag) == 0)
		return 0;
	return err_sys(e, "cannot join the %s namespace", ns_types[type].word);
}

int ns_join_pid(int pidfd, uint64_t flags, struct err *e)
{
	if (setns(pidfd, (int)flags) == 0)
		return 0;
	return err_sys(e, "cannot join the namespaces of the process");
}

int ns_write_time_offsets(const struct ns_time_offset *offsets, size_t count, struct err *e)
{
	char text[256];
	int used = 0;
	for (size_t i = 0; i < count; i++) {
		int n = str_format(text + used, sizeof text - (size_t)used, e, "%s %lld %lu\n", offsets[i].boottime ? "boottime" : "monotonic",
				   (long long)offsets[i].seconds, (unsigned long)offsets[i].nanoseconds);
		if (n < 0)
			return err_at(e, "time offsets");
		used += n;
	}
	return count ? procfs_write("self/timens_offsets", text, e) : 0;
}
