/* SPDX-License-Identifier: ISC */
/* A filter with fewer instructions. What answers a system call (a return, or the first instruction that looks at more than architecture and number) is the same for whole
 * ranges of numbers: they are found by following the filter, and a tree of comparisons over them is put in its place. What looks at arguments is copied. bpf(4), seccomp(2). */
#include "kernel/seccomp_parts.h"

#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>

#include "base/limits.h"

#define LOAD    (BPF_LD | BPF_W | BPF_ABS)
#define RETURN  (BPF_RET | BPF_K)
#define MASK    (BPF_ALU | BPF_AND | BPF_K)
#define GO      (BPF_JMP | BPF_JA)
#define IF(test) (BPF_JMP | (test) | BPF_K)
#define NUMBER  offsetof(struct seccomp_data, nr)
#define ARCH    offsetof(struct seccomp_data, arch)
#define NO_ARCH UINT32_MAX   /* stands for those that the filter does not name */
#define REACH   250          /* of a comparison's jump, 255, and some for what is put in between */
#define ALONE   2            /* numbers in the midst of a range that are compared one by one, rather than being two more ranges */
#define WANTED  UINT16_MAX   /* a place that is still to be made */

struct range { uint32_t from; uint16_t at; };   /* at: an instruction of the filter; later the place of what was made for it */

static LARGE struct range ranges[SECCOMP_INSTRUCTIONS];
static LARGE struct sock_filter made[SECCOMP_INSTRUCTIONS + 1];   /* from its end down */
static LARGE uint16_t places[SECCOMP_INSTRUCTIONS];   /* by instruction of the filter: how many of made are there from that on; 0: it is not made */
static size_t used;

static bool holds(const struct sock_filter *f, uint32_t value)
{
	return f->code == IF(BPF_JEQ) ? value == f->k : f->code == IF(BPF_JGT) ? value > f->k : value >= f->k;
}

/* Where the filter comes to; for_arch: no further than to the number. *until: below it other numbers go the same way. -1: what is not understood here. */
static int follow(const struct sock_filter *code, uint32_t arch, uint32_t number, bool for_arch, uint64_t *until)
{
	uint32_t loaded = UINT32_MAX;
	bool by_number = false;
	*until = (uint64_t)UINT32_MAX + 1;
	for (int at = 0; ; at++) {
		const struct sock_filter *f = &code[at];
		if (f->code == RETURN || (f->code == LOAD && f->k != ARCH && (f->k != NUMBER || for_arch)))
			return at;
		if (f->code == LOAD) {
			if (f->k == ARCH && by_number && arch == NO_ARCH)
				return -1;   /* others may part from here */
			loaded = f->k;
			by_number |= f->k == NUMBER;
		} else if (f->code == GO) {
			at += (int)f->k;
		} else if (loaded == UINT32_MAX || (f->code != IF(BPF_JEQ) && (loaded == ARCH || (f->code != IF(BPF_JGT) && f->code != IF(BPF_JGE))))) {
			return -1;
		} else {
			uint64_t turn = number < f->k ? f->k : (uint64_t)f->k + 1;
			if (loaded == NUMBER && turn > number && turn < *until)
				*until = turn;
			at += holds(f, loaded == NUMBER ? number : arch) ? f->jt : f->jf;
		}
	}
}

/* Of equal returns the first. */
static uint16_t first_equal(const struct sock_filter *code, uint16_t at)
{
	uint16_t i = 0;
	while (code[at].code == RETURN && !(code[i].code == RETURN && code[i].k == code[at].k))
		i++;
	return code[at].code == RETURN ? i : at;
}

/* Returns how many ranges an architecture's numbers have, or -1. */
static int explore(const struct sock_filter *code, uint32_t arch)
{
	int count = 0;
	uint64_t number = 0, until;
	for (; number <= UINT32_MAX; number = until) {
		int at = follow(code, arch, (uint32_t)number, false, &until);
		if (at < 0 || count == SECCOMP_INSTRUCTIONS)
			return -1;
		uint16_t answer = first_equal(code, (uint16_t)at);
		if (!count || ranges[count - 1].at != answer)
			ranges[count++] = (struct range){ (uint32_t)number, answer };
	}
	return count;
}

static size_t put(uint16_t code, size_t jt, size_t jf, uint32_t k)
{
	if (used < SECCOMP_INSTRUCTIONS)
		used++;
	made[SECCOMP_INSTRUCTIONS - used] = (struct sock_filter){ code, (uint8_t)jt, (uint8_t)jf, k };
	return used;
}

static size_t within(size_t place, size_t reach)
{
	return used - place > reach ? put(GO, 0, 0, (uint32_t)(used - place)) : place;
}

static size_t put_if(uint16_t code, uint32_t k, size_t yes, size_t no)
{
	no = within(no, REACH);
	yes = within(yes, REACH);
	return put(code, used - yes, used - no, k);
}

static size_t place_of(const struct sock_filter *code, size_t at)
{
	at = first_equal(code, (uint16_t)at);
	if (code[at].code == RETURN && (!places[at] || places[at] == WANTED || used - places[at] > REACH))
		places[at] = (uint16_t)put(RETURN, 0, 0, code[at].k);
	return places[at];
}

/* What the places that are wanted lead to is wanted too: jumps go forward only. */
static bool want_rest(const struct sock_filter *code, size_t count)
{
	for (size_t at = 0; at < count; at++) {
		const struct sock_filter *f = &code[at];
		if (places[at] != WANTED || f->code == RETURN)
			continue;
		if (f->code == GO)
			places[at + 1 + f->k] = WANTED;
		else if (BPF_CLASS(f->code) == BPF_JMP && BPF_SRC(f->code) == BPF_K)
			places[at + 1 + f->jt] = places[at + 1 + f->jf] = WANTED;
		else if (f->code == LOAD || f->code == MASK)
			places[at + 1] = WANTED;
		else
			return false;
	}
	return true;
}

static void copy_rest(const struct sock_filter *code, size_t count)
{
	for (size_t at = count; at-- > 0; ) {
		const struct sock_filter *f = &code[at];
		if (places[at] != WANTED || f->code == RETURN)
			continue;
		size_t next = place_of(code, at + 1 + (f->code == GO ? f->k : f->jt));
		if (BPF_CLASS(f->code) == BPF_JMP && f->code != GO)
			next = put_if(f->code, f->k, next, place_of(code, at + 1 + f->jf));
		else if (f->code != GO)
			next = (within(next, 0), put(f->code, 0, 0, f->k));
		places[at] = (uint16_t)next;
	}
}

/* Level by level: at the end all ranges are one. Returns its place. */
static size_t put_tree(const struct sock_filter *code, int count)
{
	int nodes = 0;
	for (int i = 0, last; i < count; i = last + 1) {
		for (last = i; last + 2 < count && last - i < 2 * ALONE && ranges[last + 1].from + 1 == ranges[last + 2].from && ranges[last + 2].at == ranges[i].at; last += 2)
			;
		size_t place = place_of(code, ranges[i].at);
		for (int alone = last - 1; alone > i; alone -= 2)
			place = put_if(IF(BPF_JEQ), ranges[alone].from, place_of(code, ranges[alone].at), place);
		ranges[nodes++] = (struct range){ ranges[i].from, (uint16_t)place };
	}
	for (; nodes > 1; nodes = (nodes + 1) / 2)
		for (int i = 0; i < nodes; i += 2) {
			ranges[i / 2] = ranges[i];
			if (i + 1 < nodes)
				ranges[i / 2].at = (uint16_t)put_if(IF(BPF_JGE), ranges[i + 1].from, ranges[i + 1].at, ranges[i].at);
		}
	return ranges[0].at;
}

static size_t put_numbers(const struct sock_filter *code, uint32_t arch)
{
	int count = explore(code, arch);
	size_t place = put_tree(code, count);
	return count > 1 ? (within(place, 0), put(LOAD, 0, 0, NUMBER)) : place;
}

/* Those that the filter tells from others; -1: not understood, or too many. */
static int find_archs(const struct sock_filter *code, size_t count, uint32_t archs[SECCOMP_ARCHS])
{
	uint64_t unused;
	int found = 0, others = follow(code, NO_ARCH, 0, true, &unused);
	for (size_t i = 0; i < count && others >= 0; i++) {
		bool known = code[i].code != IF(BPF_JEQ);
		for (int a = 0; a < found; a++)
			known |= archs[a] == code[i].k;
		if (known || follow(code, code[i].k, 0, true, &unused) == others)
			continue;
		if (found == SECCOMP_ARCHS || code[i].k == NO_ARCH)
			return -1;
		archs[found++] = code[i].k;
	}
	return others < 0 ? -1 : found;
}

size_t seccomp_shrink(struct sock_filter *code, size_t count)
{
	uint32_t archs[SECCOMP_ARCHS + 1];
	int found = find_archs(code, count, archs);
	if (found < 0)
		return count;
	archs[found] = NO_ARCH;
	used = 0;
	memset(places, 0, sizeof places);
	for (int a = 0; a <= found; a++) {
		int all = explore(code, archs[a]);
		if (all < 0)
			return count;
		while (all-- > 0)
			places[ranges[all].at] = WANTED;
	}
	if (!want_rest(code, count))
		return count;
	copy_rest(code, count);
	size_t next = put_numbers(code, NO_ARCH);
	while (found-- > 0)
		next = put_if(IF(BPF_JEQ), archs[found], put_numbers(code, archs[found]), next);
	within(next, 0);
	put(LOAD, 0, 0, ARCH);
	if (used >= count)   /* as it is where there was no room, too */
		return count;
	memcpy(code, made + SECCOMP_INSTRUCTIONS - used, used * sizeof *code);
	return used;
}
