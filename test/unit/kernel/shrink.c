/* SPDX-License-Identifier: ISC */
/* Filters before and after seccomp_shrink, side by side in an interpreter: every number at which something may change, with arguments. */
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include "kernel/seccomp_parts.h"
#include "tap.h"

#define MAX SECCOMP_INSTRUCTIONS
#define LD(k)         { BPF_LD | BPF_W | BPF_ABS, 0, 0, (k) }
#define JUMP(t, k, a, b) { BPF_JMP | (t) | BPF_K, (a), (b), (k) }
#define RET(k)        { BPF_RET | BPF_K, 0, 0, (k) }
#define GO(k)         { BPF_JMP | BPF_JA, 0, 0, (k) }

static struct sock_filter old[MAX], new[MAX];
static size_t old_count, new_count;

/* -1: it is no valid program */
static int64_t answer(const struct sock_filter *code, size_t count, const struct seccomp_data *data)
{
	uint32_t a = 0;
	for (size_t at = 0; at < count; at++) {
		const struct sock_filter *f = &code[at];
		bool yes = false;
		switch (f->code) {
		case BPF_LD | BPF_W | BPF_ABS: memcpy(&a, (const char *)data + f->k, sizeof a); continue;
		case BPF_ALU | BPF_AND | BPF_K: a &= f->k; continue;
		case BPF_RET | BPF_K: return f->k;
		case BPF_JMP | BPF_JA: at += f->k; continue;
		case BPF_JMP | BPF_JEQ | BPF_K: yes = a == f->k; break;
		case BPF_JMP | BPF_JGT | BPF_K: yes = a > f->k; break;
		case BPF_JMP | BPF_JGE | BPF_K: yes = a >= f->k; break;
		case BPF_JMP | BPF_JSET | BPF_K: yes = a & f->k; break;
		default: return -1;
		}
		at += yes ? f->jt : f->jf;
	}
	return -1;
}

static unsigned differ(uint32_t arch, uint32_t number)
{
	unsigned wrong = 0;
	for (int i = 0; i < 6; i++) {
		struct seccomp_data data = { .nr = (int)number, .arch = arch };
		for (int k = 0; i && k < 6; k++)
			data.args[k] = i == 1 ? ~0ull : i == 2 ? 0xffffffff00000000ull : (unsigned)random() % 5;
		int64_t was = answer(old, old_count, &data);
		wrong += was < 0 || was != answer(new, new_count, &data);
	}
	return wrong;
}

/* How many answers are not the same. */
static unsigned compare(void)
{
	static const uint32_t archs[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_ARM, 0, UINT32_MAX };
	unsigned wrong = 0;
	memcpy(new, old, sizeof new);
	new_count = seccomp_shrink(new, old_count);
	for (size_t a = 0; a < sizeof archs / sizeof *archs; a++) {
		for (uint32_t number = 0; number < 600; number++)
			wrong += differ(archs[a], number) + differ(archs[a], number + 0x40000000u) + differ(archs[a], UINT32_MAX - number);
		for (size_t i = 0; i < old_count; i++)
			wrong += differ(archs[a], old[i].k) + differ(archs[a], old[i].k + 1) + differ(archs[a], old[i].k - 1);
	}
	return wrong;
}

static void add(struct sock_filter f) { old[old_count++] = f; }

/* A chain as libseccomp makes it: each number by itself, some with tests of arguments, an action behind all. */
static void add_chain(unsigned numbers, uint32_t base, uint32_t last)
{
	add((struct sock_filter)LD(0));
	for (unsigned n = 0; n < numbers; n++) {
		uint32_t actions[] = { SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO | 1, SECCOMP_RET_ERRNO | 38, SECCOMP_RET_ALLOW };
		uint32_t action = actions[random() % 4];
		if (random() % 3 == 0)
			continue;
		if (random() % 40) {
			bool above = random() % 60 == 0;
			add((struct sock_filter)JUMP(above ? BPF_JGT : BPF_JEQ, base + n + (above ? numbers / 2 : 0), 0, 1));
			add((struct sock_filter)RET(action));
			continue;
		}
		struct sock_filter test[] = { JUMP(BPF_JEQ, base + n, 0, 6), LD(16 + 8 * (uint32_t)(random() % 6)), { BPF_ALU | BPF_AND | BPF_K, 0, 0, 6 },
			JUMP(random() % 2 ? BPF_JSET : BPF_JGE, 2, 1, 0), GO(1), RET(action), RET(SECCOMP_RET_ERRNO | 22) };
		for (size_t i = 0; i < sizeof test / sizeof *test; i++)
			add(test[i]);
	}
	add((struct sock_filter)RET(last));
}

static void make(unsigned numbers)
{
	old_count = 0;
	add((struct sock_filter)LD(4));
	for (unsigned a = 0; a < 2; a++) {
		size_t at = old_count + 1;
		add((struct sock_filter)JUMP(BPF_JEQ, a ? AUDIT_ARCH_I386 : AUDIT_ARCH_X86_64, 1, 0));
		add((struct sock_filter)GO(0));
		add_chain(numbers, 0, SECCOMP_RET_ERRNO | 1);
		if (!a) {
			old_count--;
			add((struct sock_filter)JUMP(BPF_JGE, 0x40000000, 1, 0));
			add((struct sock_filter)RET(SECCOMP_RET_ERRNO | 1));
			add_chain(numbers / 2, 0x40000000, SECCOMP_RET_ERRNO | 38);
		}
		old[at].k = (uint32_t)(old_count - at - 1);
	}
	add((struct sock_filter)RET(SECCOMP_RET_KILL_PROCESS));
}

static void set(const struct sock_filter *code, size_t count)
{
	memcpy(old, code, count * sizeof *code);
	old_count = count;
}
#define SET(...) set((const struct sock_filter[]){ __VA_ARGS__ }, sizeof (const struct sock_filter[]){ __VA_ARGS__ } / sizeof(struct sock_filter))

static void test_random(void)
{
	srandom(1);
	for (int i = 0; i < 12; i++) {
		make(i < 2 ? 3 : 40u * (unsigned)i);
		if (old_count > MAX)
			break;
		unsigned wrong = compare();
		ok(wrong == 0 && new_count <= old_count, "%zu instructions are %zu, and %u answers differ", old_count, new_count, wrong);
	}
}

static void test_shapes(void)
{
	unsigned wrong;
	SET(RET(SECCOMP_RET_ALLOW));
	ok(compare() == 0 && new_count == 1, "one that allows all stays as it is");
	SET(LD(0), JUMP(BPF_JEQ, 5, 0, 1), RET(1), JUMP(BPF_JEQ, 6, 0, 1), RET(1), JUMP(BPF_JEQ, 7, 0, 1), RET(1), JUMP(BPF_JEQ, 8, 0, 1), RET(1), RET(2));
	wrong = compare();
	ok(wrong == 0 && new_count == 6, "one that asks for no architecture: %zu instructions are %zu", old_count, new_count);
	/* the number first, and then the architecture: which others there are can't be told */
	SET(LD(0), JUMP(BPF_JEQ, 5, 0, 4), LD(4), JUMP(BPF_JEQ, AUDIT_ARCH_I386, 0, 1), RET(1), RET(2), JUMP(BPF_JEQ, 6, 0, 1), RET(2), JUMP(BPF_JEQ, 7, 0, 1), RET(2), RET(2));
	ok(compare() == 0 && new_count == old_count, "the number before the architecture: left alone");
	SET(LD(4), JUMP(BPF_JGT, AUDIT_ARCH_I386, 0, 1), RET(1), RET(2));
	ok(compare() == 0 && new_count == old_count, "architectures by their order: left alone");
	SET(LD(0), JUMP(BPF_JSET, 1, 0, 1), RET(1), RET(2));
	ok(compare() == 0 && new_count == old_count, "numbers by their bits: left alone");
	SET(LD(0), JUMP(BPF_JEQ, UINT32_MAX, 0, 1), RET(1), JUMP(BPF_JGE, UINT32_MAX - 1, 0, 1), RET(2), JUMP(BPF_JEQ, 0, 0, 1), RET(3), RET(4));
	ok(compare() == 0, "the last number, and the first");
	SET(LD(0), JUMP(BPF_JEQ, 5, 0, 2), { BPF_MISC | BPF_TAX, 0, 0, 0 }, RET(1), RET(2));
	new_count = seccomp_shrink(old, old_count);
	ok(new_count == old_count, "an instruction that is not understood: left alone");
}

int main(void)
{
	test_shapes();
	test_random();
	return done_testing();
}
