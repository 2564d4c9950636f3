/* SPDX-License-Identifier: ISC */
/* Scheduling of the calling process: sched_setattr(2), ioprio_set(2), sched_setaffinity(2); runtime-spec, config.md, "Scheduler", "IO Priority", "execCPUAffinity". */
#ifndef KERNEL_SCHED_H
#define KERNEL_SCHED_H

#include <sched.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"

struct sched_request {
	const char *policy;          /* "SCHED_OTHER" … */
	int32_t nice;
	uint32_t priority;
	uint64_t runtime_ns, deadline_ns, period_ns;
	bool has_runtime;            /* one was given, if only 0 */
	const char *const *flags;    /* "SCHED_FLAG_RESET_ON_FORK" … */
	size_t flag_count;
};
/* sched_set: 0 or -1 (an unknown policy or flag is named). */
int sched_set(const struct sched_request *s, struct err *e);
/* sched_io_priority: class "IOPRIO_CLASS_RT", "…_BE", "…_IDLE"; priority 0 … 7. 0 or -1. */
int sched_io_priority(const char *class_, int priority, struct err *e);
/* sched_affinity: of pid (0: the caller); list as in cpuset(7), "0-3,7". 0 or -1 (a list that does not parse, or above 1,024 CPUs, is named). */
int sched_affinity(pid_t pid, const char *list, struct err *e);

/* sched_all_cpus: the caller may run on every CPU that its cpuset allows. */
void sched_all_cpus(void);

/* sched_parse_list: such a list ("0-3,7") as a set, also of memory nodes. 0, or -1: it does not parse, or has a number above 1,023. */
int sched_parse_list(const char *list, cpu_set_t *set);

#endif
