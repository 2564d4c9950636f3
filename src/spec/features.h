/* SPDX-License-Identifier: ISC */
/* The features document (runtime-spec, features.md, features-linux.md): what a runtime says of itself. */
#ifndef SPEC_FEATURES_H
#define SPEC_FEATURES_H

#include "spec/field.h"

struct features_enabled { struct node node; bool enabled; };
struct features_cgroup  { struct node node; bool v1, v2, systemd, systemdUser, rdma; };
struct features_seccomp { struct node node; bool enabled; struct strings actions, operators, archs, knownFlags, supportedFlags; };
struct features_rdt     { struct node node; bool enabled, schemata, monitoring; };
struct features_policy  { struct node node; struct strings modes, flags; };
struct features_mounts  { struct node node; const struct features_enabled *idmap; };
struct features_linux {
	struct node node;
	struct strings namespaces, capabilities;
	const struct features_cgroup *cgroup;
	const struct features_seccomp *seccomp;
	const struct features_enabled *apparmor, *selinux, *netDevices;
	const struct features_rdt *intelRdt;
	const struct features_policy *memoryPolicy;   /* 0: none acts */
	const struct features_mounts *mountExtensions;
};
struct features {
	struct node node;
	const char *ociVersionMin, *ociVersionMax;
	struct strings hooks, mountOptions;
	const struct features_linux *linux_;
	struct string_map annotations;
	struct strings potentiallyUnsafeConfigAnnotations;   /* one that ends with "." is a prefix */
};
/* features_object: false and empty ones are written too, since an absent one means "unknown". */
extern const struct object features_object;

#endif
