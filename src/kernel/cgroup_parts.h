/* SPDX-License-Identifier: ISC */
/* What the files of cgroup share among themselves. */
#ifndef KERNEL_CGROUP_PARTS_H
#define KERNEL_CGROUP_PARTS_H

#include "base/limits.h"
#include "kernel/cgroup.h"

/* The directory of the container in the hierarchy that has the controller (v2: if it is enabled for it), or 0. */
const struct cgroup_dir *cgroup_dir_of(const struct cgroup *g, enum cgroup_controller c);
static inline const char *cgroup_dir_path(const struct cgroup *g, const struct cgroup_dir *d) { return g->text + d->path; }

/* Where a value of limits belongs: "memory.limit" and its controller. */
const char *cgroup_value_name(enum cgroup_value v);
enum cgroup_controller cgroup_value_controller(enum cgroup_value v);
/* Of a write to its file that failed: puts "linux.resources.memory.limit: " before e's text, which is what the kernel lacks where it has no such file; returns -1. */
int cgroup_value_at(struct err *e, enum cgroup_value v);
/* Whether a value was given and means something: a 0 that engines write for "not set" does not. */
bool cgroup_wants(const struct cgroup_limits *limits, enum cgroup_value v);
/* Bits of the controllers that limits use. */
uint32_t cgroup_needs(const struct cgroup_limits *limits);

/* cgroup_item_at: puts "linux.resources.rdma["mlx"]: " before e's text; returns -1. cgroup_item_controller: its controller; for unified ones the v2 controller that the
 * file's name begins with, or CGROUP_CONTROLLERS: none known. */
int cgroup_item_at(const struct cgroup_item *item, struct err *e);
enum cgroup_controller cgroup_item_controller(const struct cgroup_item *item);
/* cgroup_items_apply: block I/O, huge pages, network, rdma of limits, and the unified files, in the directories of one version. 0 or -1. */
int cgroup_items_apply(const struct cgroup *g, const struct cgroup_limits *limits, bool v2, struct err *e);
/* cgroup_word_v2: 0 where v2 has no such controller. cgroup_of_word: the controller of v2 called word[length], or CGROUP_CONTROLLERS. */
const char *cgroup_word_v2(enum cgroup_controller c);
enum cgroup_controller cgroup_of_word(const char *word, size_t length);

/* One file of a cgroup's directory. Open: the fd or -1 with errno, and its path. Write: 0 or -1 with e ("cannot write …"). Read: its length or -1 with e. Read a number: 0, or -1 with errno. */
int cgroup_open(const char *directory, const char *file, int flags, char path[LIMIT_PATH_BYTES]);
bool cgroup_has_file(const char *directory, const char *file);
ssize_t cgroup_get(const char *directory, const char *file, char *text, size_t size, struct err *e);
int cgroup_put(const char *directory, const char *file, const char *text, struct err *e);
int cgroup_put_number(const char *directory, const char *file, int64_t value, struct err *e);
/* cgroup_put_max: v's, -1 as "max". cgroup_put_cpuset, cgroup_put_pids: what limits want in files that have the same names in both versions. 0 or -1. */
int cgroup_put_max(const char *directory, const char *file, int64_t value, enum cgroup_value v, struct err *e);
int cgroup_put_cpuset(const char *directory, const struct cgroup_limits *l, struct err *e);
int cgroup_put_pids(const char *directory, const struct cgroup_limits *l, struct err *e);
int cgroup_get_number(const char *directory, const char *file, uint64_t *value);
/* The number behind a word at a line's beginning ("oom_kill 3"); -1: no such line or file. */
int cgroup_get_keyed(const char *directory, const char *file, const char *key, uint64_t *value);

/* cgroup_journal: starts (or ends) keeping what cgroup_put overwrites; cgroup_journal_undo writes it back and ends keeping. cgroup_put's: _note before a write (true: kept),
 * _drop after one that failed. cgroup_updating: whether it is being kept, so that the cgroup is a living container's. */
void cgroup_journal(bool keep);
bool cgroup_journal_note(const char *path, const char *written);
void cgroup_journal_drop(void);
void cgroup_journal_undo(void);
bool cgroup_updating(void);

int cgroup_v1_apply(const struct cgroup *g, const struct cgroup_limits *limits, struct err *e);
int cgroup_v2_apply(const struct cgroup *g, const struct cgroup_limits *limits, struct err *e);
/* Device rules: by files (v1), as a program (v2; replaces one that is attached: by new_fd, see struct cgroup_limits, nothing can be). */
int cgroup_v1_devices(const char *directory, const struct cgroup_device_rule *rules, size_t count, struct err *e);
int cgroup_v2_devices(const char *directory, int new_fd, const struct cgroup_device_rule *rules, size_t count, struct err *e);

/* Whether a program for devices can be loaded. */
bool cgroup_bpf_works(void);

/* cpu.shares (2 … 262144) to cpu.weight (1 … 10000) on the curve that runc and crun use since 2025, which maps 1024 to 100. 0 stays 0: unset. */
uint64_t cgroup_weight_of_shares(uint64_t shares);
/* blkio.weight (10 … 1000) to io.weight (1 … 10000), linear. */
uint64_t cgroup_io_weight(uint64_t weight);
/* memory+swap of v1 to v2's swap alone, runc's rules: 0 and *swap (-1 max, 0 leave), or -1 with e. */
int cgroup_swap_of_v1(int64_t memory_and_swap, int64_t memory, int64_t *swap, bool *zero, struct err *e);

/* cgroup_walk: path[size] is a directory and base its length at the beginning; makes it the next sub-directory in depth-first order. 1, -1 with errno, or 0 at the end (path is the
 * first one again). Directories that vanish meanwhile are no error. */
int cgroup_walk(char *path, size_t size, size_t base);

#endif
