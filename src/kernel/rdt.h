/* SPDX-License-Identifier: ISC */
/* Groups of the resctrl filesystem (the kernel's filesystems/resctrl document): caches and memory bandwidth by class of service; runtime-spec, config-linux.md, "IntelRdt". */
#ifndef KERNEL_RDT_H
#define KERNEL_RDT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "base/err.h"
#include "base/limits.h"

struct rdt_request {
	const char *root;                      /* where resctrl is mounted */
	const char *clos, *id;                 /* the group: closID, "/" the root's; 0 or "": the container's own, named id */
	const char *l3, *bandwidth;            /* "L3:0=f;1=f", "MB:0=20"; 0 or "": none */
	const char *const *schemata; size_t schemata_count;
	bool monitoring;                       /* a monitoring group of its own, named id */
};

/* rdt_find: the mount point of the first resctrl of an open mountinfo. 0, or -1: there is none, with the kernel option. */
int rdt_find(int mountinfo_fd, char root[LIMIT_PATH_BYTES], struct err *e);
/* rdt_plan: before anything is made: what the request asks for is here, and *leftover is the directory to remove in the end ("": none is ours). 0 or -1. */
int rdt_plan(const struct rdt_request *r, char leftover[LIMIT_PATH_BYTES], struct err *e);
/* rdt_make: the group and its schemata. A group that was there must have the caches and bandwidths of l3 and bandwidth already. 0 or -1. */
int rdt_make(const struct rdt_request *r, struct err *e);
/* rdt_enter: pid into the group, and into the monitoring group, which is made. 0 or -1. */
int rdt_enter(const struct rdt_request *r, pid_t pid, struct err *e);
/* rdt_remove: the leftover; one that is gone is success. 0 or -1. */
int rdt_remove(const char *leftover, struct err *e);

#endif
