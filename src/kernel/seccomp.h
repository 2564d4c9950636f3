/* SPDX-License-Identifier: ISC */
/* System call filters, seccomp(2), through libseccomp; runtime-spec, config-linux.md, "Seccomp". Words are those of the specification: SCMP_…, SECCOMP_FILTER_FLAG_…. */
#ifndef KERNEL_SECCOMP_H
#define KERNEL_SECCOMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

struct seccomp_compare { uint32_t index; uint64_t value, value_two; const char *op; };   /* "SCMP_CMP_EQ" … */
struct seccomp_calls {
	const char *const *names; size_t name_count;
	const char *action;                     /* "SCMP_ACT_ERRNO" … */
	const uint32_t *errno_ret;              /* 0: absent, EPERM */
	const struct seccomp_compare *args; size_t arg_count;
};
struct seccomp_profile {
	const char *default_action;
	const uint32_t *default_errno_ret;      /* 0: absent, EPERM */
	const char *const *architectures; size_t architecture_count;   /* "SCMP_ARCH_X86_64" … */
	const char *const *flags; size_t flag_count;
	const struct seccomp_calls *calls; size_t call_count;
	unsigned level;                         /* of the kernel that it is for, as seccomp_level; 0: this one's */
	bool unknown_calls_fail;                /* run.oci.seccomp_fail_unknown_syscall; else names that libseccomp does not know are skipped */
};
struct seccomp_program {                        /* a compiled filter, in memory shared with children */
	void *map; size_t map_bytes;
	const void *filter; uint32_t instructions;   /* struct sock_filter[] */
	uint32_t flags;                          /* SECCOMP_FILTER_FLAG_* */
	bool no_flags;                           /* the config has none, not even an empty list: SECCOMP_FILTER_FLAG_SPEC_ALLOW where the kernel knows it, as runc does */
	bool notifies;                           /* some action is SCMP_ACT_NOTIFY: a listener is made */
};

/* Where the default action refuses calls, those with a number above all that the profile names (of that architecture) get ENOSYS, as runc does: the profile's author
 * could not know them, and C libraries fall back on ENOSYS only. */
/* seccomp_compile: in a short-lived child, whose heap is base/heap.h's region: nothing of libseccomp touches the calling process. 0, or -1 with the place first:
 * "syscalls[3].action: unknown \"SCMP_ACT_X\"", "flags[0]: …", "filter is larger than …(LIMIT_HEAP_BYTES in base/limits.h)". Free with seccomp_free. */
int seccomp_compile(const struct seccomp_profile *profile, struct seccomp_program *program, struct err *e);
void seccomp_free(struct seccomp_program *program);
/* seccomp_install: the filter for the calling process (libseccomp has a seccomp_load already), which has no_new_privs or CAP_SYS_ADMIN. Returns the listener's fd (close-on-exec) where program->notifies, else 0; -1. */
int seccomp_install(const struct seccomp_program *program, struct err *e);
/* seccomp_install_flags: SECCOMP_FILTER_FLAG_* as seccomp_install passes them. */
uint32_t seccomp_install_flags(const struct seccomp_program *program);
/* seccomp_knows: whether libseccomp knows a system call of that name, on any CPU. */
bool seccomp_knows(const char *name);
/* Words that work here, for `features`; 0 behind the last. */
const char *seccomp_action_word(size_t i);
const char *seccomp_operator_word(size_t i);
const char *seccomp_arch_word(size_t i);
const char *seccomp_flag_word(size_t i);
/* seccomp_library: libseccomp's version: "2.6.0". */
const char *seccomp_library(void);
/* seccomp_level: what this kernel can, 1 … SECCOMP_LEVELS: seccomp_api_get(3). seccomp_native: this CPU's number in filters (AUDIT_ARCH_*). */
#define SECCOMP_LEVELS 7
unsigned seccomp_level(void);
uint32_t seccomp_native(void);

#endif
