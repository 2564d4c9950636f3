/* SPDX-License-Identifier: ISC */
/* What the files of cgroup_stats share among themselves. */
#ifndef KERNEL_CGROUP_STATS_PARTS_H
#define KERNEL_CGROUP_STATS_PARTS_H

#include "kernel/cgroup_stats.h"

/* stats_number: a number as cgroup files have them: "max" is UINT64_MAX, a negative one 0 (some kernels show such). What is none is 0, too. */
uint64_t stats_number(const char *text);
/* stats_get: the one number of a file; 0 where there is no such file. */
uint64_t stats_get(const char *directory, const char *file);
/* stats_lines: each line of a file; one that is missing or can't be read has none. 0, or what a line's function returned. */
int stats_lines(const char *directory, const char *file, int (*each)(void *context, char *line), void *context);
/* stats_word: the next word of *at (ended in place), or 0. */
char *stats_word(char **at);
/* stats_keyed: lines "NAME NUMBER" of a file: those that keys name, times their factor, into the uint64_t at offset of *s. */
struct stats_key { const char *name; uint16_t offset; uint32_t factor; };
void stats_keyed(const char *directory, const char *file, const struct stats_key *keys, unsigned count, struct cgroup_stats *s);
/* stats_memory: memory.stat, and the value of its line called cache into s->cache. 0 or -1. */
int stats_memory(const char *directory, const char *cache, struct cgroup_stats *s, struct err *e);
/* stats_io: adds a counter. 0 or -1. */
int stats_io(struct cgroup_stats *s, enum cgroup_io kind, const char *device, const char *op, uint64_t value, struct err *e);
/* stats_huge_pages: by the files hugetlb.SIZE + usage. 0 or -1. */
int stats_huge_pages(const char *directory, bool v2, struct cgroup_stats *s, struct err *e);

/* By version; controllers: those whose files are in this directory (v1). 0 or -1. */
int stats_v1(const char *directory, uint32_t controllers, struct cgroup_stats *s, struct err *e);
int stats_v2(const char *directory, struct cgroup_stats *s, struct err *e);

#endif
