/* SPDX-License-Identifier: ISC */
/* ENOSYS for system calls that are younger than the profile, decided before the filter proper; the rule is runc's. seccomp(2), bpf(4)'s classic instructions. */
#include "kernel/seccomp_parts.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>

#define X32_BIT 0x40000000u
#define LOAD(field)         { BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, field) }
#define IF_EQUAL(k, t, f)   { BPF_JMP | BPF_JEQ | BPF_K, (t), (f), (k) }
#define IF_ABOVE(k, t, f)   { BPF_JMP | BPF_JGT | BPF_K, (t), (f), (k) }
#define IF_LEAST(k, t, f)   { BPF_JMP | BPF_JGE | BPF_K, (t), (f), (k) }
#define RETURN_ENOSYS       { BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS }
#define TO_FILTER           { BPF_JMP | BPF_JA, 0, 0, UINT32_MAX }   /* the distance is put in when all is there */

static int highest_of(const struct seccomp_highest *archs, size_t count, uint32_t arch)
{
	for (size_t i = 0; i < count; i++)
		if (archs[i].arch == arch)
			return archs[i].number;
	return -1;
}

static size_t add(struct sock_filter *code, const struct sock_filter *part, size_t count)
{
	for (size_t i = 0; i < count; i++)
		code[i] = part[i];
	return count;
}
#define ADD(code, ...) add((code), (const struct sock_filter[]){ __VA_ARGS__ }, sizeof (const struct sock_filter[]){ __VA_ARGS__ } / sizeof(struct sock_filter))

/* x86_64 and x32 are one architecture for the kernel: a bit of the number tells them apart. */
static size_t add_x86_64(struct sock_filter *code, uint32_t number, int x32)
{
	if (x32 < 0)
		return ADD(code, IF_EQUAL(SCMP_ARCH_X86_64, 0, 6), LOAD(nr), IF_LEAST(X32_BIT, 3, 0), IF_ABOVE(number, 0, 1), RETURN_ENOSYS, TO_FILTER, TO_FILTER);
	return ADD(code, IF_EQUAL(SCMP_ARCH_X86_64, 0, 8), LOAD(nr), IF_LEAST(X32_BIT, 3, 0), IF_ABOVE(number, 0, 1), RETURN_ENOSYS, TO_FILTER,
		   IF_ABOVE((uint32_t)x32, 0, 1), RETURN_ENOSYS, TO_FILTER);
}

static size_t add_arch(struct sock_filter *code, const struct seccomp_highest *a)
{
	/* s390 gives unknown numbers as 0, the old setup(2) */
	if (a->arch == SCMP_ARCH_S390 || a->arch == SCMP_ARCH_S390X)
		return ADD(code, IF_EQUAL(a->arch, 0, 5), LOAD(nr), IF_EQUAL(0, 1, 0), IF_ABOVE((uint32_t)a->number, 0, 1), RETURN_ENOSYS, TO_FILTER);
	return ADD(code, IF_EQUAL(a->arch, 0, 4), LOAD(nr), IF_ABOVE((uint32_t)a->number, 0, 1), RETURN_ENOSYS, TO_FILTER);
}

size_t seccomp_stub(const struct seccomp_highest *archs, size_t count, struct sock_filter *code)
{
	size_t used = ADD(code, LOAD(arch));
	for (size_t i = 0; i < count; i++) {
		if (archs[i].number < 0 || archs[i].arch == SCMP_ARCH_X32)
			continue;
		if (archs[i].arch == SCMP_ARCH_X86_64)
			used += add_x86_64(code + used, (uint32_t)archs[i].number, highest_of(archs, count, SCMP_ARCH_X32));
		else
			used += add_arch(code + used, &archs[i]);
	}
	for (size_t i = 0; i < used; i++)
		if (code[i].code == (BPF_JMP | BPF_JA) && code[i].k == UINT32_MAX)
			code[i].k = (uint32_t)(used - i - 1);
	return used;
}
