/* SPDX-License-Identifier: ISC */
/* The NUMA memory policy: words to set_mempolicy(2)'s numbers. Their values are <linux/mempolicy.h>'s, the same on every CPU. */
#include "kernel/mempolicy.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "base/sys.h"
#include "kernel/probe.h"
#include "kernel/sched.h"

enum nodes { NONE, SOME, ANY };
static const struct { const char *word; int mode; enum nodes nodes; } modes[] = {
	{ "MPOL_DEFAULT", 0, NONE }, { "MPOL_PREFERRED", 1, ANY }, { "MPOL_BIND", 2, SOME }, { "MPOL_INTERLEAVE", 3, SOME }, { "MPOL_LOCAL", 4, NONE },
	{ "MPOL_PREFERRED_MANY", 5, SOME }, { "MPOL_WEIGHTED_INTERLEAVE", 6, SOME },
};
static const struct { const char *word; int flag; } flag_words[] = {
	{ "MPOL_F_STATIC_NODES", 1 << 15 }, { "MPOL_F_RELATIVE_NODES", 1 << 14 }, { "MPOL_F_NUMA_BALANCING", 1 << 13 },
};
#define COUNT(a) (sizeof (a) / sizeof *(a))
#define FIND(table, text) ({ size_t found = 0; while (found < COUNT(table) && strcmp((table)[found].word, (text)) != 0) found++; found; })

int mempolicy_set(const char *mode, const char *nodes, const char *const *flags, size_t flag_count, struct err *e)
{
	cpu_set_t set;   /* an array of unsigned long with a bit a node, as set_mempolicy(2) takes it */
	size_t m = FIND(modes, mode);
	if (m == COUNT(modes))
		return err_set(e, "mode: invalid memory policy mode \"%s\"", mode);
	int value = modes[m].mode;
	for (size_t i = 0; i < flag_count; i++) {
		size_t f = FIND(flag_words, flags[i]);
		if (f == COUNT(flag_words))
			return err_set(e, "flags[%zu]: invalid memory policy flag \"%s\"", i, flags[i]);
		value |= flag_words[f].flag;
	}
	CPU_ZERO(&set);
	if (nodes && *nodes && sched_parse_list(nodes, &set) < 0)
		return err_set(e, "nodes: invalid memory policy nodes \"%s\": no list of numbers below %d", nodes, CPU_SETSIZE);
	int count = CPU_COUNT(&set);
	if (modes[m].nodes == NONE && count)
		return err_set(e, "nodes: memory policy mode requires 0 nodes but got %d (%s)", count, mode);
	if (modes[m].nodes == SOME && !count)
		return err_set(e, "nodes: memory policy mode requires at least one node but got 0 (%s)", mode);
	if (sys_set_mempolicy(value, count ? set.__bits : 0, count ? CPU_SETSIZE + 1 : 0) == 0)
		return 0;
	if (errno == ENOSYS)
		return probe_need(FACILITY_MEMORY_POLICY, e);
	return err_sys(e, "cannot set %s%s%s", mode, count ? " on nodes " : "", count ? nodes : "");
}

const char *mempolicy_mode_word(size_t i)
{
	return i < COUNT(modes) ? modes[i].word : 0;
}

const char *mempolicy_flag_word(size_t i)
{
	return i < COUNT(flag_words) ? flag_words[i].word : 0;
}
