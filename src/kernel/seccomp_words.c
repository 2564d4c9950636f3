/* SPDX-License-Identifier: ISC */
/* The specification's words for system call filters, and libseccomp's numbers of them. runtime-spec, config-linux.md, "Seccomp"; seccomp_rule_add(3). */
#include "kernel/seccomp_parts.h"

#include <errno.h>
#include <seccomp.h>
#include <string.h>

static const struct { const char *word; uint32_t action; bool takes_errno; } actions[] = {
	{ "SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD, false }, { "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS, false },
	{ "SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD, false }, { "SCMP_ACT_TRAP", SCMP_ACT_TRAP, false }, { "SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0), true },
	{ "SCMP_ACT_TRACE", SCMP_ACT_TRACE(0), true }, { "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW, false }, { "SCMP_ACT_LOG", SCMP_ACT_LOG, false },
	{ "SCMP_ACT_NOTIFY", SCMP_ACT_NOTIFY, false },
};
static const struct { const char *word; int op; } operators[] = {
	{ "SCMP_CMP_NE", SCMP_CMP_NE }, { "SCMP_CMP_LT", SCMP_CMP_LT }, { "SCMP_CMP_LE", SCMP_CMP_LE }, { "SCMP_CMP_EQ", SCMP_CMP_EQ },
	{ "SCMP_CMP_GE", SCMP_CMP_GE }, { "SCMP_CMP_GT", SCMP_CMP_GT }, { "SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ },
};
static const struct { const char *word; uint32_t arch; } archs[] = {
	{ "SCMP_ARCH_X86", SCMP_ARCH_X86 }, { "SCMP_ARCH_X86_64", SCMP_ARCH_X86_64 }, { "SCMP_ARCH_X32", SCMP_ARCH_X32 }, { "SCMP_ARCH_ARM", SCMP_ARCH_ARM },
	{ "SCMP_ARCH_AARCH64", SCMP_ARCH_AARCH64 }, { "SCMP_ARCH_LOONGARCH64", SCMP_ARCH_LOONGARCH64 }, { "SCMP_ARCH_M68K", SCMP_ARCH_M68K },
	{ "SCMP_ARCH_MIPS", SCMP_ARCH_MIPS }, { "SCMP_ARCH_MIPS64", SCMP_ARCH_MIPS64 }, { "SCMP_ARCH_MIPS64N32", SCMP_ARCH_MIPS64N32 },
	{ "SCMP_ARCH_MIPSEL", SCMP_ARCH_MIPSEL }, { "SCMP_ARCH_MIPSEL64", SCMP_ARCH_MIPSEL64 }, { "SCMP_ARCH_MIPSEL64N32", SCMP_ARCH_MIPSEL64N32 },
	{ "SCMP_ARCH_PPC", SCMP_ARCH_PPC }, { "SCMP_ARCH_PPC64", SCMP_ARCH_PPC64 }, { "SCMP_ARCH_PPC64LE", SCMP_ARCH_PPC64LE },
	{ "SCMP_ARCH_RISCV64", SCMP_ARCH_RISCV64 }, { "SCMP_ARCH_S390", SCMP_ARCH_S390 }, { "SCMP_ARCH_S390X", SCMP_ARCH_S390X },
	{ "SCMP_ARCH_PARISC", SCMP_ARCH_PARISC }, { "SCMP_ARCH_PARISC64", SCMP_ARCH_PARISC64 }, { "SCMP_ARCH_SH", SCMP_ARCH_SH }, { "SCMP_ARCH_SHEB", SCMP_ARCH_SHEB },
};
/* TSYNC concerns other threads, of which there are none: accepted, and not passed on, as in runc */
static const struct { const char *word; uint32_t flag; } flags[] = {
	{ "SECCOMP_FILTER_FLAG_TSYNC", 0 }, { "SECCOMP_FILTER_FLAG_LOG", 2 }, { "SECCOMP_FILTER_FLAG_SPEC_ALLOW", 4 },
	{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", 32 },
};
#define LITTLE_ENDIAN_ARCH 0x40000000u   /* __AUDIT_ARCH_LE of linux/audit.h */
#define COUNT(a) (sizeof (a) / sizeof *(a))
#define FIND(table, text) ({ size_t found = 0; while (found < COUNT(table) && strcmp((table)[found].word, (text)) != 0) found++; found; })

int seccomp_action(const char *word, const uint32_t *errno_ret, uint32_t *action, struct err *e)
{
	size_t i = FIND(actions, word);
	if (i == COUNT(actions))
		return err_set(e, "unknown \"%s\"", word);
	if (errno_ret && !actions[i].takes_errno)
		return err_set(e, "%s takes no errnoRet", word);
	if (errno_ret && *errno_ret > 0xffff)
		return err_set(e, "errnoRet %lu is more than 65535", (unsigned long)*errno_ret);
	*action = actions[i].action | (actions[i].takes_errno ? errno_ret ? *errno_ret : EPERM : 0);
	return 0;
}

int seccomp_operator(const char *word, int *op)
{
	size_t i = FIND(operators, word);
	*op = i < COUNT(operators) ? operators[i].op : 0;
	return i < COUNT(operators) ? 0 : -1;
}

int seccomp_arch(const char *word, uint32_t *arch)
{
	size_t i = FIND(archs, word);
	*arch = i < COUNT(archs) ? archs[i].arch : 0;
	return i < COUNT(archs) ? 0 : -1;
}

int seccomp_flag(const char *word, uint32_t *flag)
{
	size_t i = FIND(flags, word);
	*flag = i < COUNT(flags) ? flags[i].flag : 0;
	return i < COUNT(flags) ? 0 : -1;
}

const char *seccomp_action_word(size_t i)
{
	return i < COUNT(actions) ? actions[i].word : 0;
}

const char *seccomp_operator_word(size_t i)
{
	return i < COUNT(operators) ? operators[i].word : 0;
}

const char *seccomp_arch_word(size_t i)
{
	/* a filter can't hold architectures of both byte orders, and always holds our own */
	for (size_t at = 0; at < COUNT(archs); at++)
		if (!((archs[at].arch ^ seccomp_arch_native()) & LITTLE_ENDIAN_ARCH) && i-- == 0)
			return archs[at].word;
	return 0;
}

const char *seccomp_flag_word(size_t i)
{
	return i < COUNT(flags) ? flags[i].word : 0;
}

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)

const char *seccomp_library(void)
{
	return TEXT(SCMP_VER_MAJOR) "." TEXT(SCMP_VER_MINOR) "." TEXT(SCMP_VER_MICRO);
}
