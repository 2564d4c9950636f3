/* SPDX-License-Identifier: ISC */
/* The durable record of a container: ROOT/ID/record, JSON by a field table like any other document. Written twice a life: before anything else is made, with
 * all that undo needs; and with init's pid, as soon as that is known. How far creating got, whether the program runs, whether it ended: that is seen, not recorded. */
#ifndef CONTAINER_RECORD_H
#define CONTAINER_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/limits.h"
#include "base/when.h"
#include "kernel/cgroup.h"
#include "spec/field.h"

#define RECORD_BYTES 32768   /* two paths, the cgroups' and what is small, all escaped at worst */
#define RECORD_CHECKSUM_BYTES 40   /* "LENGTH-16 hexadecimal digits" */

struct record {
	struct node node;
	const char *ociVersion, *id, *bundle, *rootfs, *time, *config;   /* absolute paths; RFC 3339; checksum of config.json */
	uint32_t owner;          /* uid that made it */
	int64_t pid;             /* of init, as the runtime sees it; 0: there is none yet */
	uint64_t startTime;      /* of init: ticks since boot, so that a reused pid is not taken for it */
	const char *cgroups;     /* kernel/cgroup.h's cgroup_format */
	const char *resctrl;     /* directory of the resctrl group that is removed in the end; "": none */
	bool annotations;        /* config.json has some: state prints them */
	bool poststart, poststop;   /* config.json has such hooks: start, delete run them */
	bool notifies;           /* its filter has a listener: start hands it to an agent */
	bool sharedPids;         /* no pid namespace of its own: what outlives init is killed at delete */
	bool hostMounts;         /* no mount namespace of its own: what is mounted below rootfs is the container's */
	uint32_t rootMounts;     /* how many mounts lay on rootfs itself; what is more is the container's, where hostMounts and root.readonly are true. Otherwise UINT32_MAX */
};
extern const struct object record_object;

/* record_write: durably replaces state_fd's record. The first one, without init's pid, is what STORE_CREATING holds, which is made with it; the second is written in its place where state_fd is in
 * memory. 0 or -1. */
int record_write(int state_fd, struct record *r, struct err *e);
/* record_read: the record of state_fd, or the first one where there is no other that is whole; its strings live in a static region until the next record_read. 0, or -1: number is ENOENT when there is none
 * (a runtime was killed before it wrote the first one). */
int record_read(int state_fd, struct record *r, struct err *e);

#endif
