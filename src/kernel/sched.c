/* SPDX-License-Identifier: ISC */
/* Scheduling of the calling process. sched_setattr(2), ioprio_set(2), sched_setaffinity(2). */
#include "kernel/sched.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "base/sys.h"

/* struct sched_attr of version 0; newer kernels take it as it is */
struct attributes { uint32_t size, policy; uint64_t flags; int32_t nice; uint32_t priority; uint64_t runtime, deadline, period; };

/* <linux/sched.h>: each stands at its number, a flag at that of its bit */
static const char *const policies[] = { "SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE" };
static const char *const flag_words[] = {
	"SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_RECLAIM", "SCHED_FLAG_DL_OVERRUN", "SCHED_FLAG_KEEP_POLICY", "SCHED_FLAG_KEEP_PARAMS", "SCHED_FLAG_UTIL_CLAMP_MIN",
	"SCHED_FLAG_UTIL_CLAMP_MAX",
};
#define DEADLINE_NS_LEAST 1024u
#define DEADLINE_NS_MOST (1ull << 63)
/* The kernel's own rule, sched(7), which it answers with EINVAL alone */
static const char *deadline_rule(const struct sched_request *s)
{
	return !s->runtime_ns ? s->has_runtime ? "runtime must be greater than 0" : "requires `runtime`" : !s->deadline_ns ? "requires `deadline`" :
	       s->runtime_ns < DEADLINE_NS_LEAST || s->runtime_ns >= DEADLINE_NS_MOST ? "runtime must be between 1024 and 2^63 ns" :
	       s->runtime_ns > s->deadline_ns ? "runtime must be <= deadline" : s->period_ns && s->deadline_ns > s->period_ns ? "deadline must be <= period" : 0;
}

static const char *const io_classes[] = { "IOPRIO_CLASS_NONE", "IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE" };
#define COUNT(a) (sizeof (a) / sizeof *(a))
#define IO_WHO_PROCESS 1
#define IO_CLASS_SHIFT 13

int sched_set(const struct sched_request *s, struct err *e)
{
	struct attributes a = { .size = sizeof a, .nice = s->nice, .priority = s->priority, .runtime = s->runtime_ns, .deadline = s->deadline_ns, .period = s->period_ns };
	int found = str_word(s->policy, policies, COUNT(policies));
	if (found < 0)
		return err_set(e, "policy: unknown \"%s\"", s->policy);
	a.policy = (uint32_t)found;
	for (size_t i = 0; i < s->flag_count; i++) {
		if ((found = str_word(s->flags[i], flag_words, COUNT(flag_words))) < 0)
			return err_set(e, "flags[%zu]: unknown \"%s\"", i, s->flags[i]);
		a.flags |= 1u << found;
	}
	if (sys_sched_setattr(0, &a) == 0)
		return 0;
	const char *rule = errno == EINVAL && a.policy == 6 ? deadline_rule(s) : 0;
	return rule ? err_sys(e, "sched_setattr: `%s` %s", s->policy, rule) : err_sys(e, "cannot set scheduler %s", s->policy);
}

int sched_io_priority(const char *class_, int priority, struct err *e)
{
	int found = str_word(class_, io_classes, COUNT(io_classes));
	if (found < 0)
		return err_set(e, "class: unknown \"%s\"", class_);
	if (priority < 0 || priority > 7)
		return err_set(e, "priority: %d is not within 0 … 7", priority);
	return sys_ioprio_set(IO_WHO_PROCESS, 0, found << IO_CLASS_SHIFT | priority) < 0 ? err_sys(e, "cannot set I/O priority %s", class_) : 0;
}

void sched_all_cpus(void)
{
	cpu_set_t all;
	memset(&all, 0xff, sizeof all);
	sched_setaffinity(0, sizeof all, &all);
}

static int number(const char **at)
{
	int value = 0;
	const char *start = *at;
	for (; **at >= '0' && **at <= '9' && value < 100000; ++*at)
		value = value * 10 + (**at - '0');
	return *at == start ? -1 : value;
}

int sched_parse_list(const char *list, cpu_set_t *set)
{
	CPU_ZERO(set);
	for (const char *at = list; ; at++) {
		int first = number(&at), last = first;
		if (*at == '-') {
			at++;
			last = number(&at);
		}
		if (first < 0 || last < first || last >= CPU_SETSIZE || (*at && *at != ','))
			return -1;
		for (; first <= last; first++)
			CPU_SET((unsigned)first, set);
		if (!*at)
			return 0;
	}
}

int sched_affinity(pid_t pid, const char *list, struct err *e)
{
	cpu_set_t set;
	if (sched_parse_list(list, &set) < 0)
		return err_set(e, "\"%s\" is not a list of CPUs", list);
	log_debug("nsexec: affinity: 0x%lx, of CPUs %s", set.__bits[0], list);
	return sched_setaffinity(pid, sizeof set, &set) < 0 ? err_sys(e, "cannot set the affinity to CPUs %s", list) : 0;
}
