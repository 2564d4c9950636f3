/* SPDX-License-Identifier: ISC */
/* linux.seccomp (runtime-spec, config-linux.md, "Seccomp"). Words stay strings: libseccomp knows which it supports. */
#ifndef SPEC_SECCOMP_H
#define SPEC_SECCOMP_H

#include "spec/field.h"

struct seccomp_arg { struct node node; uint32_t index; uint64_t value, valueTwo; const char *op; };
struct seccomp_rule { struct node node; struct strings names; const char *action; uint32_t errnoRet; LIST_OF(struct seccomp_arg) args; };
struct seccomp_spec {
	struct node node;
	const char *defaultAction, *listenerPath, *listenerMetadata;
	uint32_t defaultErrnoRet;
	struct strings architectures, flags;
	LIST_OF(struct seccomp_rule) syscalls;
};
extern const struct object seccomp_object, seccomp_rule_object;

#endif
