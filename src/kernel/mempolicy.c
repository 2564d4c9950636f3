/* SPDX-License-Identifier: ISC */
/* The NUMA memory policy: words to set_mempolicy(2)'s numbers. Their values are <linux/mempolicy.h>'s, the same on every CPU. */
#include "kernel/mempolicy.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "base/str.h"
#include "base/sys.h"
#include "kernel/probe.h"
#include "kernel/sched.h"

/* each stands at its number, a flag so far before the highest bit */
static const char *const modes[] = { "MPOL_DEFAULT", "MPOL_PREFERRED", "MPOL_BIND", "MPOL_INTERLEAVE", "MPOL_LOCAL", "MPOL_PREFERRED_MANY", "MPOL_WEIGHTED_INTERLEAVE" };
static const enum nodes { NONE, SOME, ANY } takes[] = { NONE, ANY, SOME, SOME, NONE, SOME, SOME };
static const char *const flag_words[] = { "MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES", "MPOL_F_NUMA_BALANCING" };
#define HIGHEST_FLAG (1 << 15)
#define COUNT(a) (sizeof (a) / sizeof *(a))

int mempolicy_set(const char *mode, const char *nodes, const char *const *flags, size_t flag_count, struct err *e)
{
	cpu_set_t set;   /* an array of unsigned long with a bit a node, as set_mempolicy(2) takes it */
	int found, value = str_word(mode, modes, COUNT(modes));
	if (value < 0)
		return err_set(e, "mode: invalid memory policy mode \"%s\"", mode);
	enum nodes wants = takes[value];
	for (size_t i = 0; i < flag_count; i++) {
		if ((found = str_word(flags[i], flag_words, COUNT(flag_words))) < 0)
			return err_set(e, "flags[%zu]: invalid memory policy flag \"%s\"", i, flags[i]);
		value |= HIGHEST_FLAG >> found;
	}
	CPU_ZERO(&set);
	if (nodes && *nodes && sched_parse_list(nodes, &set) < 0)
		return err_set(e, "nodes: invalid memory policy nodes \"%s\": no list of numbers below %d", nodes, CPU_SETSIZE);
	int count = CPU_COUNT(&set);
	if (wants == NONE && count)
		return err_set(e, "nodes: memory policy mode requires 0 nodes but got %d (%s)", count, mode);
	if (wants == SOME && !count)
		return err_set(e, "nodes: memory policy mode requires at least one node but got 0 (%s)", mode);
	if (sys_set_mempolicy(value, count ? set.__bits : 0, count ? CPU_SETSIZE + 1 : 0) == 0)
		return 0;
	if (errno == ENOSYS)
		return probe_need(FACILITY_MEMORY_POLICY, e);
	return err_sys(e, "cannot set %s%s%s", mode, count ? " on nodes " : "", count ? nodes : "");
}
