/* SPDX-License-Identifier: ISC */
/* The eight kinds of namespaces, namespaces(7); runtime-spec, config-linux.md, "Namespaces". */
#ifndef KERNEL_NS_H
#define KERNEL_NS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"
#include "kernel/probe.h"

#define NS_COUNT 8
struct ns_type {
	const char *word;       /* the specification's: "network" */
	const char *proc_name;  /* in /proc/PID/ns: "net" */
	uint64_t flag;          /* CLONE_NEW*; time is 0x80, only for clone3, unshare and setns */
	enum facility facility;
};
/* In the specification's order, which is also the order of the index called `type` below: pid network mount ipc uts user cgroup time. */
extern const struct ns_type ns_types[NS_COUNT];

/* ns_find: index of word in ns_types, or -1. */
int ns_find(const char *word);
/* ns_open: opens path (not followed to anything but a namespace of that type: NS_GET_NSTYPE, where the kernel lacks it setns(2) will say).
 * Returns an fd (close-on-exec, the caller's) or -1: "PATH: is a uts namespace, not a network namespace". */
int ns_open(const char *path, int type, struct err *e);
/* ns_open_pid: the namespace of a process. Returns an fd or -1 as above. */
int ns_open_pid(pid_t pid, int type, struct err *e);
/* ns_join: setns(2) into fd, which stays open. For pid and time it is the caller's later children that are inside. 0 or -1. */
int ns_join(int fd, int type, struct err *e);
/* ns_join_pid: joins several namespaces of one process by its pidfd in one setns(2); flags as ns_types[].flag. -1 with ENOSYS/EINVAL in number on
 * kernels before 5.8: use ns_open_pid + ns_join then. */
int ns_join_pid(int pidfd, uint64_t flags, struct err *e);

struct ns_time_offset { bool boottime; int64_t seconds; uint32_t nanoseconds; };   /* else monotonic */
/* ns_write_time_offsets: /proc/self/timens_offsets, after unshare(CLONE_NEWTIME) and before the first child is made, time_namespaces(7). 0 or -1. */
int ns_write_time_offsets(const struct ns_time_offset *offsets, size_t count, struct err *e);

#endif
