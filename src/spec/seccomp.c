/* SPDX-License-Identifier: ISC */
/* linux.seccomp (runtime-spec, config-linux.md, "Seccomp"). */
#include <string.h>
#include "spec/rules.h"
#include "spec/seccomp.h"
#include "spec/table.h"

static const struct words actions = WORDS("SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP", "SCMP_ACT_ERRNO",
	"SCMP_ACT_TRACE", "SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_NOTIFY");

/* "When the action doesn't support an errno, the runtime MUST print an error and fail." */
static int rule_errno(const char *action, bool set, const char *member, struct place *p, struct report *r)
{
	return RULE(!set || action == 0 || strcmp(action, "SCMP_ACT_ERRNO") == 0 || strcmp(action, "SCMP_ACT_TRACE") == 0, p, r, LEVEL_MUST, member,
	            "%.40s has no errno", action);
}

static const struct words operators = WORDS("SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ");

static const struct range indexes = { 0, 5 };
static const struct field arg_fields[] = {
	F(seccomp_arg, index,    REQUIRED, .range = &indexes),
	F(seccomp_arg, value,    REQUIRED),
	F(seccomp_arg, valueTwo, OPTIONAL),
	F(seccomp_arg, op,       REQUIRED, .words = &operators),
};
static const struct object arg_object = TABLE("linux.seccomp.syscalls.args", "config-linux.md, Seccomp", seccomp_arg, arg_fields, 0);

static int check_names(const void *member, struct place *p, struct report *r)
{
	return ((const struct strings *)member)->count > 0 ? 0 : report_add(r, LEVEL_MUST, p, seccomp_object.section, "at least one entry is required");
}

static int check_rule(const void *object, struct place *p, struct report *r)
{
	const struct seccomp_rule *s = object;

	return rule_errno(s->action, spec_has(&seccomp_rule_object, object, "errnoRet"), "errnoRet", p, r);
}

static const struct field rule_fields[] = {
	F(seccomp_rule, names,    REQUIRED, CHECKED(check_names)),
	F(seccomp_rule, action,   REQUIRED, .words = &actions),
	F(seccomp_rule, errnoRet, OPTIONAL),
	F_LIST(seccomp_rule, "args", args, OPTIONAL, seccomp_arg, arg_object),
};
const struct object seccomp_rule_object = TABLE("linux.seccomp.syscalls", "config-linux.md, Seccomp", seccomp_rule, rule_fields, check_rule);

static const struct words architectures = WORDS("SCMP_ARCH_X86", "SCMP_ARCH_X86_64", "SCMP_ARCH_X32", "SCMP_ARCH_ARM", "SCMP_ARCH_AARCH64",
	"SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_M68K", "SCMP_ARCH_MIPS", "SCMP_ARCH_MIPS64", "SCMP_ARCH_MIPS64N32", "SCMP_ARCH_MIPSEL",
	"SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PPC", "SCMP_ARCH_PPC64", "SCMP_ARCH_PPC64LE", "SCMP_ARCH_S390",
	"SCMP_ARCH_S390X", "SCMP_ARCH_SH", "SCMP_ARCH_SHEB", "SCMP_ARCH_PARISC", "SCMP_ARCH_PARISC64", "SCMP_ARCH_RISCV64");

static const struct words flags = WORDS("SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
	"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV");

static int check_seccomp(const void *object, struct place *p, struct report *r)
{
	const struct seccomp_spec *s = object;

	return rule_errno(s->defaultAction, spec_has(&seccomp_object, object, "defaultErrnoRet"), "defaultErrnoRet", p, r)
	     + RULE(s->listenerMetadata == 0 || *s->listenerMetadata == '\0' || s->listenerPath != 0, p, r, LEVEL_MUST, "listenerMetadata", "must not be set without listenerPath");
}

static const struct field seccomp_fields[] = {
	F(seccomp_spec, defaultAction,    REQUIRED, .words = &actions),
	F(seccomp_spec, defaultErrnoRet,  OPTIONAL, .since = SPEC_1_1),
	F(seccomp_spec, architectures,    OPTIONAL, .words = &architectures),
	F(seccomp_spec, flags,            OPTIONAL, .words = &flags),
	F(seccomp_spec, listenerPath,     OPTIONAL, .since = SPEC_1_1),
	F(seccomp_spec, listenerMetadata, OPTIONAL, .since = SPEC_1_1),
	F_LIST(seccomp_spec, "syscalls", syscalls, OPTIONAL, seccomp_rule, seccomp_rule_object),
};
const struct object seccomp_object = TABLE("linux.seccomp", "config-linux.md, Seccomp", seccomp_spec, seccomp_fields, check_seccomp);
