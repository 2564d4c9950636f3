/* SPDX-License-Identifier: ISC */
/* config.json, its parts that are the same on every platform (runtime-spec, config.md). */
#ifndef SPEC_CONFIG_H
#define SPEC_CONFIG_H

#include "spec/field.h"
#include "spec/hooks.h"
#include "spec/linux.h"
#include "spec/mount.h"
#include "spec/process.h"

struct root { struct node node; const char *path; bool readonly; };

struct config {
	struct node node;
	const char *ociVersion, *hostname, *domainname;
	const struct root *root;
	const struct process *process;
	LIST_OF(struct mount) mounts;
	const struct hooks *hooks;
	struct string_map annotations;
	const struct linux_config *linux_;   /* "linux"; GNU C predefines the word itself */
	const struct solaris *solaris;
	const struct windows *windows;
	const struct vm *vm;
	const struct zos *zos;
	const struct freebsd *freebsd;
};
extern const struct object config_object, root_object;

#endif
