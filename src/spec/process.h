/* SPDX-License-Identifier: ISC */
/* process (runtime-spec, config.md, "Process"; config-linux's parts of it too). */
#ifndef SPEC_PROCESS_H
#define SPEC_PROCESS_H

#include "spec/field.h"

struct console_size { struct node node; uint64_t height, width; };
struct rlimit_spec  { struct node node; const char *type; uint64_t soft, hard; };      /* "RLIMIT_…" */
struct user_spec    { struct node node; uint32_t uid, gid, umask; struct numbers additionalGids; const char *username; };
struct capabilities { struct node node; struct strings effective, bounding, inheritable, permitted, ambient; };
struct scheduler_spec { struct node node; int32_t policy; int32_t nice, priority; struct strings flags; uint64_t runtime, deadline, period; };
struct io_priority  { struct node node; int32_t class_; int32_t priority; };           /* "class" */
struct cpu_affinity { struct node node; const char *initial, *final; };

struct process {
	struct node node;
	bool terminal, noNewPrivileges;
	const struct console_size *consoleSize;
	const char *cwd, *commandLine, *apparmorProfile, *selinuxLabel;
	struct strings env, args;
	LIST_OF(struct rlimit_spec) rlimits;
	const struct user_spec *user;
	const struct capabilities *capabilities;
	int32_t oomScoreAdj;                 /* absent is not 0: ask spec_has */
	const struct scheduler_spec *scheduler;
	const struct io_priority *ioPriority;
	const struct cpu_affinity *execCPUAffinity;
};
extern const struct object process_object, user_spec_object, capabilities_object, scheduler_object;
extern const struct words scheduler_policy_words, io_class_words;

#endif
