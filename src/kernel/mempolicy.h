/* SPDX-License-Identifier: ISC */
/* The NUMA memory policy of the calling process, set_mempolicy(2); runtime-spec, config-linux.md, "Memory policy". */
#ifndef KERNEL_MEMPOLICY_H
#define KERNEL_MEMPOLICY_H

#include <stddef.h>
#include "base/err.h"

/* mempolicy_set: mode "MPOL_BIND" …, flags "MPOL_F_STATIC_NODES" …; nodes: a list as in cpuset(7), "0-3,7", 0 or "": none. Children and programs inherit it. 0 or -1: an
 * unknown word, a list that does not parse or fit the mode, or the kernel's refusal; without CONFIG_NUMA that option is named. */
int mempolicy_set(const char *mode, const char *nodes, const char *const *flags, size_t flag_count, struct err *e);

#endif
