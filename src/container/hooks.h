/* SPDX-License-Identifier: ISC */
/* Hooks of all six kinds (runtime-spec, config.md, "POSIX-platform Hooks"; runtime.md, "Lifecycle"). */
#ifndef CONTAINER_HOOKS_H
#define CONTAINER_HOOKS_H

#include "container/container.h"
#include "container/state.h"

enum hook_kind { HOOK_PRESTART, HOOK_CREATE_RUNTIME, HOOK_CREATE_CONTAINER, HOOK_START_CONTAINER, HOOK_POSTSTART, HOOK_POSTSTOP };

/* hooks_any: whether the config has hooks of the kind. */
bool hooks_any(const struct container *c, enum hook_kind kind);
/* hooks_run: all of the kind, in order, with the state JSON of that status and pid on standard input; ends at the first that fails.
 * One is killed at its timeout, and, in init, when the runtime dies. 0, or -1: `hooks.prestart[1] "/path": exit status 3: LAST LINE OF STDERR`. */
int hooks_run(struct container *c, enum hook_kind kind, enum status status, pid_t pid, struct err *e);
/* hooks_warn: the same where a failure is a warning: each hook is run. */
void hooks_warn(struct container *c, enum hook_kind kind, enum status status, pid_t pid);

#endif
