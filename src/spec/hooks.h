/* SPDX-License-Identifier: ISC */
/* hooks (runtime-spec, config.md, "POSIX-platform Hooks"). */
#ifndef SPEC_HOOKS_H
#define SPEC_HOOKS_H

#include "spec/field.h"

struct hook { struct node node; const char *path; struct strings args, env; int64_t timeout; };  /* timeout in seconds; absent: none */
typedef LIST_OF(struct hook) hook_list;
struct hooks { struct node node; hook_list prestart, createRuntime, createContainer, startContainer, poststart, poststop; };
extern const struct object hooks_object, hook_object;

#endif
