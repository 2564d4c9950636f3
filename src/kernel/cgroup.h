/* SPDX-License-Identifier: ISC */
/* Control groups of both versions, cgroups(7), the kernel's cgroup-v1 and cgroup-v2 documents; runtime-spec, config-linux.md, "Control groups".
 * Found by /proc/self/cgroup and, where /sys/fs/cgroup is not itself the whole v2 tree, /proc/self/mountinfo, read once. Of v1 a container is in every hierarchy, as under runc: those whose controllers the limits
 * use, one that keeps track of the processes (the v2 tree, else freezer, else pids, else any), and the spare ones, which let others read what it uses, and may fail. */
#ifndef KERNEL_CGROUP_H
#define KERNEL_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"

enum cgroup_controller {
	CGROUP_CPU, CGROUP_CPUACCT, CGROUP_CPUSET, CGROUP_MEMORY, CGROUP_DEVICES, CGROUP_FREEZER, CGROUP_BLKIO, CGROUP_PIDS, CGROUP_HUGETLB, CGROUP_NET_CLS,
	CGROUP_NET_PRIO, CGROUP_RDMA, CGROUP_PERF_EVENT, CGROUP_MISC,
	CGROUP_SYSTEMD,         /* v1's hierarchy without a controller, name=systemd */
	CGROUP_CONTROLLERS
};
#define CGROUP_BIT(c) (1u << (c))
/* cgroup_word: the v1 name: "cpu" … "name=systemd". On v2 blkio is called io. */
const char *cgroup_word(enum cgroup_controller c);

/* The host's hierarchies as this process may reach them. */
#define CGROUP_HIERARCHIES 16
#define CGROUP_HOST_TEXT_BYTES 8192
struct cgroup_hierarchy {
	bool v2;
	uint32_t controllers;   /* v1: those mounted here; v2: what cgroup.controllers of the mount's root lists (devices and freezer are not controllers there) */
	const char *mount;      /* where it is mounted */
	const char *root;       /* the part of the hierarchy that is mounted there, mostly "/" */
	const char *own;        /* the caller's cgroup below root ("/" is root itself); 0: outside of it */
};
struct cgroup_host {
	unsigned count;
	int v2;                 /* index of the v2 tree, or -1 */
	struct cgroup_hierarchy hierarchies[CGROUP_HIERARCHIES];
	size_t used;
	char text[CGROUP_HOST_TEXT_BYTES];
};
/* cgroup_host: read at the first call, kept for the process's life. 0 with e where /proc can't be read. No cgroups at all is count 0. */
const struct cgroup_host *cgroup_host(struct err *e);
/* cgroup_host_of: before the first call of cgroup_host: `own` is to be pid's cgroup instead of the caller's (what a container's init has not left is its creator's). */
void cgroup_host_of(pid_t pid);
/* cgroup_host_parse: the same from open files (for tests; v2 controllers are not read). They are read to their ends and stay open. 0 or -1. */
int cgroup_host_parse(struct cgroup_host *h, int mountinfo_fd, int cgroup_fd, struct err *e);
/* cgroup_find: index of the hierarchy that has the controller, v1 before v2; -1. */
int cgroup_find(const struct cgroup_host *h, enum cgroup_controller c);

/* What a container asks for. A bit in `has` for each value given; sizes in bytes, times in microseconds, -1 unlimited. */
enum cgroup_value {
	CGROUP_MEMORY_LIMIT, CGROUP_MEMORY_RESERVATION, CGROUP_MEMORY_SWAP, CGROUP_MEMORY_KERNEL, CGROUP_MEMORY_KERNEL_TCP, CGROUP_MEMORY_SWAPPINESS,
	CGROUP_MEMORY_DISABLE_OOM_KILLER, CGROUP_MEMORY_USE_HIERARCHY, CGROUP_MEMORY_CHECK_BEFORE_UPDATE,
	CGROUP_CPU_SHARES, CGROUP_CPU_QUOTA, CGROUP_CPU_PERIOD, CGROUP_CPU_BURST, CGROUP_CPU_RT_RUNTIME, CGROUP_CPU_RT_PERIOD, CGROUP_CPU_IDLE,
	CGROUP_PIDS_LIMIT,
	CGROUP_CPUSET_CPUS, CGROUP_CPUSET_MEMS,         /* in cpus, mems */
	CGROUP_BLKIO_WEIGHT, CGROUP_BLKIO_LEAF_WEIGHT, CGROUP_NET_CLASS,
	CGROUP_VALUES
};
#define CGROUP_HAS(v) (1u << (v))
struct cgroup_device_rule {
	bool allow;
	char type;              /* 'a' 'b' 'c' */
	int64_t major, minor;   /* -1: any */
	bool read, write, mknod;
};
/* What is asked for by device, interface or file: the specification's lists and maps. */
enum cgroup_item_kind {
	CGROUP_ITEM_WEIGHT, CGROUP_ITEM_LEAF_WEIGHT, CGROUP_ITEM_READ_BPS, CGROUP_ITEM_WRITE_BPS, CGROUP_ITEM_READ_IOPS, CGROUP_ITEM_WRITE_IOPS,   /* device, value */
	CGROUP_ITEM_HUGEPAGES,                          /* name ("2MB"), value in bytes */
	CGROUP_ITEM_PRIORITY,                           /* name of an interface, value */
	CGROUP_ITEM_RDMA,                               /* name of a device, handles, objects */
	CGROUP_ITEM_UNIFIED,                            /* name of a v2 file, text */
	CGROUP_ITEM_KINDS
};
struct cgroup_item {
	uint8_t kind;
	uint16_t index;                                 /* in the specification's list, for messages */
	const char *name, *text;
	union {
		struct { int64_t major, minor; };
		struct { int64_t handles, objects; };   /* -1: not given */
	};
	uint64_t value;
};
struct cgroup_limits {
	uint32_t has;                           /* CGROUP_HAS(…) */
	int64_t value[CGROUP_VALUES];           /* as in the specification, unconverted; u64 ones as the same bits; booleans 0 and 1 */
	const char *cpus, *mems;
	const struct cgroup_device_rule *devices;   /* applied in order; none: the devices controller is not touched */
	size_t device_count;
	int new_fd;                                 /* of the v2 directory, if it was made for this container: it has no device rules yet; 0: it may have */
	const struct cgroup_item *items;            /* written in order, the unified ones last */
	size_t item_count;
	uint32_t avoid;                             /* CGROUP_BIT(…): controllers whose hierarchies are not joined unless a limit needs them */
};
/* The rules that runc adds behind the config's: mknod of anything, and use of null zero full random urandom tty console ptmx pts. */
#define CGROUP_DEVICE_DEFAULTS 11
extern const struct cgroup_device_rule cgroup_device_defaults[CGROUP_DEVICE_DEFAULTS];

/* A container's place: what the durable record keeps, and all that undo needs. */
#define CGROUP_TEXT_BYTES 6144
struct cgroup_dir {
	bool v2, spare;         /* spare: in v1, where no limit needs it: given up where it can't be made, passed over where it can't be entered */
	bool due;               /* was spare until cgroup_extend: cgroup_move makes sure that all processes are there */
	uint32_t controllers;   /* v1: of this hierarchy; v2: those that must be enabled above it */
	uint16_t made;          /* directories at the end of path that were not there at planning: made by cgroup_create, removed by cgroup_remove */
	uint16_t top;           /* length of the mount point at the path's beginning */
	uint16_t path;          /* offset in text */
};
struct cgroup {
	unsigned count;
	struct cgroup_dir dirs[CGROUP_HIERARCHIES];
	size_t used;
	char text[CGROUP_TEXT_BYTES];
};
/* cgroup_path: absolute path of the i-th directory. */
const char *cgroup_path(const struct cgroup *g, unsigned i);
/* cgroup_plan: decides the directories for cgroups_path (0: runc's rule, see DESIGN; absolute: below each mount; relative: below the caller's own, on v2 below that one's
 * parent), makes nothing. limits: what for (0: tracking only). A controller that is asked for and missing is an error: "linux.resources.pids.limit: no
 * pids controller here (CONFIG_CGROUP_PIDS): …". No cgroups mounted and none asked for: count 0, and all calls below do nothing. 0 or -1. */
int cgroup_plan(struct cgroup *g, const char *cgroups_path, const char *id, const struct cgroup_limits *limits, struct err *e);
/* cgroup_format: as text for the record (lines "KIND CONTROLLERS MADE TOP PATH"; 1 and 2: the version, 0: v1, spare); returns its length, -1 when buffer is too small. cgroup_parse: back again; 0 or -1. */
int cgroup_format(const struct cgroup *g, char *buffer, size_t size);
int cgroup_parse(struct cgroup *g, const char *text, struct err *e);

/* cgroup_create: makes the directories, and takes spare ones that can't be made out of g; on v2 enables the controllers down the path (an EBUSY names the rule of no internal processes); v1 cpuset gets its parent's
 * cpus and mems. What existed before is used as it is; one that is not empty of processes is an error. On failure the caller runs cgroup_remove. 0 or -1. */
int cgroup_create(struct cgroup *g, struct err *e);
/* cgroup_apply: writes the limits, devices last; before a process is inside, or for `update`. Errors begin with "linux.resources.NAME: ". 0 or -1. */
int cgroup_apply(const struct cgroup *g, const struct cgroup_limits *limits, struct err *e);
/* cgroup_update: cgroup_apply to a container that lives: on failure the files that were written get what was in them before, as far as the kernel takes it. 0 or -1. */
int cgroup_update(const struct cgroup *g, const struct cgroup_limits *limits, struct err *e);

/* A container that lives may need controllers that it was made without. cgroup_extend: adds to g what limits use and it lacks, as cgroup_plan would have, and makes
 * nothing; g->count rises by the v1 directories. Errors as cgroup_plan. 0 or -1. */
int cgroup_extend(struct cgroup *g, const char *cgroups_path, const char *id, const struct cgroup_limits *limits, struct err *e);
/* cgroup_grow: makes them, dirs[first] and later, and enables the v2 tree's controllers. On failure, or with cgroup_shrink later, they are removed again. 0 or -1. */
int cgroup_grow(struct cgroup *g, unsigned first, struct err *e);
void cgroup_shrink(const struct cgroup *g, unsigned first);
/* cgroup_move: all processes of the container into dirs[first] and later, and those that are due, also those that come into being meanwhile. 0 or -1. */
int cgroup_move(const struct cgroup *g, unsigned first, struct err *e);
/* cgroup_dir_v2: the directory in the v2 tree, or 0. */
const struct cgroup_dir *cgroup_dir_v2(const struct cgroup *g);
/* cgroup_clone_fd: the v2 directory for CLONE_INTO_CGROUP (the caller closes it); -1 with e->number 0 where there is none: cgroup_enter with v2 does it. */
int cgroup_clone_fd(const struct cgroup *g, struct err *e);
/* cgroup_enter: puts pid (0: the caller) into the v1 directories, and the v2 one if v2_too. Enter before unshare(CLONE_NEWCGROUP): the namespace's root is where the
 * caller of clone or unshare is at that moment, so that a clone3 with CLONE_INTO_CGROUP can't carry CLONE_NEWCGROUP either: unshare it in the child. 0 or -1. */
int cgroup_enter(const struct cgroup *g, pid_t pid, bool v2_too, struct err *e);

/* cgroup_enter_beside: puts pid (0: the caller) into the v2 cgroup that the process `beside` is in, wherever that is. 0 or -1. */
int cgroup_enter_beside(pid_t beside, pid_t pid, struct err *e);
/* cgroup_descend: from here on g's directories are those below their former ones, which must exist: "PATH" in all of them, "CONTROLLER[,CONTROLLER…]:PATH" (v1)
 * in those that have one of the controllers. A path that leads out is refused. For cgroup_enter alone. 0 or -1. */
int cgroup_descend(struct cgroup *g, const char *where, struct err *e);

/* cgroup_exists: whether the directory that knows all processes is there. */
bool cgroup_exists(const struct cgroup *g);
/* cgroup_pids: all processes inside, in sub-cgroups too; *count is how many there are, of which the first max are stored. 0 or -1. A cgroup that is gone has none. */
int cgroup_pids(const struct cgroup *g, pid_t *pids, size_t max, size_t *count, struct err *e);
/* cgroup_gather: v1: what stands in one directory of the cgroup and was moved out of another by somebody goes back there; the first 256 processes of each, as far as the kernel lets it. */
void cgroup_gather(const struct cgroup *g);
/* cgroup_signal: to all of them. SIGKILL: cgroup.kill, else a loop until none is left or 2 s went by, and a frozen v1 cgroup is thawed. 0 or -1. */
int cgroup_signal(const struct cgroup *g, int signal, struct err *e);
/* cgroup_freeze: freezes or thaws, and waits until it is so (2 s at most). 0 or -1. cgroup_frozen: 1, 0 (also where there is nothing to ask), -1 with errno. */
int cgroup_freeze(const struct cgroup *g, bool frozen, struct err *e);
int cgroup_frozen(const struct cgroup *g);
/* cgroup_oom_kills: how many processes the memory limit killed so far; 0 where it can't be known. */
uint64_t cgroup_oom_kills(const struct cgroup *g);
/* cgroup_remove: sub-cgroups first, then the directories that are ours; EBUSY is tried again for up to 2 s (a killed process leaves a moment later). What is gone
 * already is success. 0 or -1: "cannot remove PATH: …". */
int cgroup_remove(const struct cgroup *g, struct err *e);

#endif
