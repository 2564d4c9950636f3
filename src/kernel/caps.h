/* SPDX-License-Identifier: ISC */
/* The 41 capabilities and five sets, capabilities(7); runtime-spec, config.md, "Linux Process", capabilities. */
#ifndef KERNEL_CAPS_H
#define KERNEL_CAPS_H

#include <stdint.h>
#include "base/err.h"

#define CAPS_COUNT 41
struct caps_sets { uint64_t effective, bounding, inheritable, permitted, ambient; };   /* bit N: capability N */

/* caps_name: "CAP_CHOWN" of 0 … CAPS_COUNT-1, else 0. caps_find: its number; "CAP_" is required, any case is accepted; -1: unknown. */
const char *caps_name(unsigned number);
int caps_find(const char *name);
/* The order: caps_bounding, [caps_keep, ids_set], caps_apply; all in the process that will exec, no_new_privs and seccomp filters after it. */
/* caps_bounding: drops what is not in sets->bounding, also capabilities younger than the table. Needs CAP_SETPCAP. 0 or -1. */
int caps_bounding(const struct caps_sets *sets, struct err *e);
/* caps_keep: permitted ones survive the change from uid 0 to another: call it only for that. 0 or -1. */
int caps_keep(struct err *e);
/* caps_apply: effective, permitted, inheritable, then ambient. What can't be granted (not ours to give, or unknown to this kernel) is left out and its
 * bit set in *refused (all sets together), for the caller to warn of. 0 or -1. */
int caps_apply(const struct caps_sets *sets, uint64_t *refused, struct err *e);
/* caps_have: whether the calling process has the capability in its effective set. */
int caps_have(unsigned number);

#endif
