/* SPDX-License-Identifier: ISC */
/* process (runtime-spec, config.md, "Process", "POSIX process", "Linux Process", "User"). */
#include <string.h>
#include "spec/process.h"
#include "spec/rules.h"
#include "spec/table.h"

const struct words scheduler_policy_words = WORDS("SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE");
const struct words io_class_words = WORDS("IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE");
static const struct range nice_values = { -20, 19 }, io_levels = { 0, 7 }, oom_scores = { -1000, 1000 };
enum { POLICY_FIFO = 1, POLICY_RR = 2, POLICY_DEADLINE = 6 };   /* of scheduler_policy_words */

static const struct field console_size_fields[] = {
	F(console_size, height, REQUIRED),
	F(console_size, width,  REQUIRED),
};
static const struct object console_size_object = TABLE("process.consoleSize", "config.md, Process", console_size, console_size_fields, 0);

static const struct words rlimit_types = WORDS("RLIMIT_AS", "RLIMIT_CORE", "RLIMIT_CPU", "RLIMIT_DATA", "RLIMIT_FSIZE", "RLIMIT_LOCKS", "RLIMIT_MEMLOCK",
	"RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_RSS", "RLIMIT_RTPRIO", "RLIMIT_RTTIME", "RLIMIT_SIGPENDING", "RLIMIT_STACK");

static int check_rlimit(const void *object, struct place *p, struct report *r)
{
	const struct rlimit_spec *l = object;

	return RULE(l->soft <= l->hard, p, r, LEVEL_MUST, "soft", "%llu is above hard, %llu", (unsigned long long)l->soft, (unsigned long long)l->hard);
}

static const struct field rlimit_fields[] = {
	F(rlimit_spec, type, REQUIRED, .words = &rlimit_types),
	F(rlimit_spec, hard, REQUIRED),
	F(rlimit_spec, soft, REQUIRED),
};
static const struct object rlimit_object = TABLE("process.rlimits", "config.md, POSIX process", rlimit_spec, rlimit_fields, check_rlimit);

static int check_user(const void *object, struct place *p, struct report *r)
{
	size_t before = place_member(p, "additionalGids");
	int broken = RULE_LIMIT(((const struct user_spec *)object)->additionalGids.count, LIMIT_GROUPS, p, r);

	place_back(p, before);
	return broken;
}

static const struct field user_fields[] = {
	F(user_spec, uid,            EXPECTED, .platform = (uint8_t)~WINDOWS),
	F(user_spec, gid,            EXPECTED, .platform = (uint8_t)~WINDOWS),
	F(user_spec, umask,          OPTIONAL, .since = SPEC_1_1),
	F(user_spec, additionalGids, OPTIONAL, .range = &range_u32),
	F(user_spec, username,       OPTIONAL, .platform = WINDOWS),
};
const struct object user_spec_object = TABLE("process.user", "config.md, User", user_spec, user_fields, check_user);

static const struct field capabilities_fields[] = {
	F(capabilities, bounding,    OPTIONAL),
	F(capabilities, effective,   OPTIONAL),
	F(capabilities, inheritable, OPTIONAL),
	F(capabilities, permitted,   OPTIONAL),
	F(capabilities, ambient,     OPTIONAL),
};
const struct object capabilities_object = TABLE("process.capabilities", "config.md, Linux Process", capabilities, capabilities_fields, 0);

static const struct words scheduler_flags = WORDS("SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_RECLAIM", "SCHED_FLAG_DL_OVERRUN", "SCHED_FLAG_KEEP_POLICY",
	"SCHED_FLAG_KEEP_PARAMS", "SCHED_FLAG_UTIL_CLAMP_MIN", "SCHED_FLAG_UTIL_CLAMP_MAX");

static int check_scheduler(const void *object, struct place *p, struct report *r)
{
	const struct scheduler_spec *s = object;
	bool deadline = s->policy == POLICY_DEADLINE;

	return RULE(s->priority == 0 || s->policy == POLICY_FIFO || s->policy == POLICY_RR, p, r, LEVEL_MUST, "priority", "only SCHED_FIFO and SCHED_RR have one")
	     + RULE(deadline || s->runtime == 0, p, r, LEVEL_MUST, "runtime", "only SCHED_DEADLINE has one")
	     + RULE(deadline || s->deadline == 0, p, r, LEVEL_MUST, "deadline", "only SCHED_DEADLINE has one")
	     + RULE(deadline || s->period == 0, p, r, LEVEL_MUST, "period", "only SCHED_DEADLINE has one");
}

static const struct field scheduler_fields[] = {
	F_ENUM(scheduler_spec, "policy", policy, REQUIRED, scheduler_policy_words),
	F(scheduler_spec, nice,     OPTIONAL, .range = &nice_values),
	F(scheduler_spec, priority, OPTIONAL),
	F(scheduler_spec, flags,    OPTIONAL, .words = &scheduler_flags),
	F(scheduler_spec, runtime,  OPTIONAL),
	F(scheduler_spec, deadline, OPTIONAL),
	F(scheduler_spec, period,   OPTIONAL),
};
const struct object scheduler_object = TABLE("process.scheduler", "config.md, Linux Process", scheduler_spec, scheduler_fields, check_scheduler);

static const struct field io_priority_fields[] = {
	F_ENUM(io_priority, "class", class_, REQUIRED, io_class_words),
	F(io_priority, priority, EXPECTED, .range = &io_levels),
};
static const struct object io_priority_object = TABLE("process.ioPriority", "config.md, Linux Process", io_priority, io_priority_fields, 0);

static int check_cpu_list(const void *member, struct place *p, struct report *r)
{
	const char *list = *(const char *const *)member;

	return list[strspn(list, "0123456789, -")] == '\0' ? 0 : report_add(r, LEVEL_MUST, p, 0, "\"%.200s\" is no list of CPUs", list);
}

static const struct field cpu_affinity_fields[] = {
	F(cpu_affinity, initial, OPTIONAL, CHECKED(check_cpu_list)),
	F(cpu_affinity, final,   OPTIONAL, CHECKED(check_cpu_list)),
};
static const struct object cpu_affinity_object = TABLE("process.execCPUAffinity", "config.md, Linux Process", cpu_affinity, cpu_affinity_fields, 0);

static int check_rlimits(const struct process *q, struct place *p, struct report *r)
{
	const struct rlimit_spec *items = q->rlimits.items;
	size_t length = place_member(p, "rlimits");
	int broken = 0;

	for (uint32_t i = 0; i < q->rlimits.count; i++)
		for (uint32_t before = 0; before < i && i < 64; before++)   /* there are 16 types: the 17th is a duplicate */
			if (items[i].type != 0 && items[before].type != 0 && strcmp(items[i].type, items[before].type) == 0) {
				size_t outer = place_index(p, i);

				broken += report_add(r, LEVEL_MUST, p, rlimit_object.section, "%.40s is there twice", items[i].type);
				place_back(p, outer);
				break;
			}
	place_back(p, length);
	return broken;
}

static int check_process(const void *object, struct place *p, struct report *r)
{
	const struct process *q = object;

	return check_rlimits(q, p, r)
	     + RULE(q->args.count > 0 || q->commandLine != 0, p, r, LEVEL_MUST, "args", "at least one entry is required")
	     + RULE(q->args.count <= LIMIT_ARGS && q->env.count <= LIMIT_ARGS - q->args.count, p, r, LEVEL_MUST, "args",
	            "with env more than %d (LIMIT_ARGS in base/limits.h)", LIMIT_ARGS);
}

static const struct field process_fields[] = {
	F(process, terminal, OPTIONAL),
	F_OBJECT(process, "consoleSize", consoleSize, OPTIONAL, console_size, console_size_object),
	F_OBJECT(process, "user", user, EXPECTED, user_spec, user_spec_object),
	F(process, args,        OPTIONAL),
	F(process, commandLine, OPTIONAL, .platform = WINDOWS),
	F(process, env,         OPTIONAL, CHECKED(check_env)),
	F(process, cwd,         REQUIRED, CHECKED(check_path)),
	F_OBJECT(process, "capabilities", capabilities, OPTIONAL, capabilities, capabilities_object, .platform = LINUX),
	F_LIST(process, "rlimits", rlimits, OPTIONAL, rlimit_spec, rlimit_object),
	F(process, noNewPrivileges, OPTIONAL, .platform = LINUX | ZOS),
	F(process, apparmorProfile, OPTIONAL, .platform = LINUX),
	F(process, oomScoreAdj,     OPTIONAL, .platform = LINUX, .range = &oom_scores),
	F_OBJECT(process, "scheduler", scheduler, OPTIONAL, scheduler_spec, scheduler_object, .since = SPEC_1_1, .platform = LINUX),
	F(process, selinuxLabel,    OPTIONAL, .platform = LINUX),
	F_OBJECT(process, "ioPriority", ioPriority, OPTIONAL, io_priority, io_priority_object, .since = SPEC_1_1, .platform = LINUX),
	F_OBJECT(process, "execCPUAffinity", execCPUAffinity, OPTIONAL, cpu_affinity, cpu_affinity_object, .since = SPEC_1_2, .platform = LINUX),
};
const struct object process_object = TABLE("process", "config.md, Process", process, process_fields, check_process);
