/* SPDX-License-Identifier: ISC */
/* hooks (runtime-spec, config.md, "POSIX-platform Hooks"). */
#include "spec/hooks.h"
#include "spec/rules.h"
#include "spec/table.h"

static const struct range seconds = { 1, INT64_MAX };

static const struct field hook_fields[] = {
	F(hook, path,    REQUIRED, CHECKED(check_absolute)),
	F(hook, args,    OPTIONAL),
	F(hook, env,     OPTIONAL, CHECKED(check_env)),
	F(hook, timeout, OPTIONAL, .range = &seconds),
};
const struct object hook_object = TABLE("hook", "config.md, POSIX-platform Hooks", hook, hook_fields, 0);

static const struct field hooks_fields[] = {
	F_LIST(hooks, "prestart",        prestart,        OPTIONAL, hook, hook_object),   /* deprecated */
	F_LIST(hooks, "createRuntime",   createRuntime,   OPTIONAL, hook, hook_object),
	F_LIST(hooks, "createContainer", createContainer, OPTIONAL, hook, hook_object),
	F_LIST(hooks, "startContainer",  startContainer,  OPTIONAL, hook, hook_object),
	F_LIST(hooks, "poststart",       poststart,       OPTIONAL, hook, hook_object),
	F_LIST(hooks, "poststop",        poststop,        OPTIONAL, hook, hook_object),
};
const struct object hooks_object = TABLE("hooks", "config.md, POSIX-platform Hooks", hooks, hooks_fields, 0);
