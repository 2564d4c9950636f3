/* SPDX-License-Identifier: ISC */
/* The features document (runtime-spec, features.md, features-linux.md). */
#include "spec/features.h"
#include "spec/table.h"

#define GENERAL "features.md"
#define ON_LINUX "features-linux.md"

static const struct field enabled_fields[] = { F(features_enabled, enabled, WRITTEN) };
static const struct object enabled_object = TABLE("enabled", ON_LINUX, features_enabled, enabled_fields, 0);

static const struct field cgroup_fields[] = {
	F(features_cgroup, v1,          WRITTEN),
	F(features_cgroup, v2,          WRITTEN),
	F(features_cgroup, systemd,     WRITTEN),
	F(features_cgroup, systemdUser, WRITTEN),
	F(features_cgroup, rdma,        WRITTEN),
};
static const struct object cgroup_object = TABLE("features.linux.cgroup", ON_LINUX ", Cgroup", features_cgroup, cgroup_fields, 0);

static const struct field seccomp_fields[] = {
	F(features_seccomp, enabled,        WRITTEN),
	F(features_seccomp, actions,        WRITTEN),
	F(features_seccomp, operators,      WRITTEN),
	F(features_seccomp, archs,          WRITTEN),
	F(features_seccomp, knownFlags,     WRITTEN),
	F(features_seccomp, supportedFlags, WRITTEN),
};
static const struct object features_seccomp_object = TABLE("features.linux.seccomp", ON_LINUX ", Seccomp", features_seccomp, seccomp_fields, 0);

static const struct field rdt_fields[] = {
	F(features_rdt, enabled,    WRITTEN),
	F(features_rdt, schemata,   WRITTEN, .since = SPEC_1_3),
	F(features_rdt, monitoring, WRITTEN, .since = SPEC_1_3),
};
static const struct object rdt_object = TABLE("features.linux.intelRdt", ON_LINUX ", Intel RDT", features_rdt, rdt_fields, 0);

static const struct field policy_fields[] = {
	F(features_policy, modes, WRITTEN),
	F(features_policy, flags, WRITTEN),
};
static const struct object policy_object = TABLE("features.linux.memoryPolicy", ON_LINUX, features_policy, policy_fields, 0);

static const struct field mounts_fields[] = { F_OBJECT(features_mounts, "idmap", idmap, OPTIONAL, features_enabled, enabled_object) };
static const struct object mounts_object = TABLE("features.linux.mountExtensions", ON_LINUX ", MountExtensions", features_mounts, mounts_fields, 0);

static const struct field linux_fields[] = {
	F(features_linux, namespaces,   WRITTEN),
	F(features_linux, capabilities, WRITTEN),
	F_OBJECT(features_linux, "cgroup",          cgroup,          OPTIONAL, features_cgroup,  cgroup_object),
	F_OBJECT(features_linux, "seccomp",         seccomp,         OPTIONAL, features_seccomp, features_seccomp_object),
	F_OBJECT(features_linux, "apparmor",        apparmor,        OPTIONAL, features_enabled, enabled_object),
	F_OBJECT(features_linux, "selinux",         selinux,         OPTIONAL, features_enabled, enabled_object),
	F_OBJECT(features_linux, "intelRdt",        intelRdt,        OPTIONAL, features_rdt,     rdt_object),
	F_OBJECT(features_linux, "memoryPolicy",    memoryPolicy,    OPTIONAL, features_policy,  policy_object, .since = SPEC_1_3),
	F_OBJECT(features_linux, "mountExtensions", mountExtensions, OPTIONAL, features_mounts,  mounts_object, .since = SPEC_1_2),
	F_OBJECT(features_linux, "netDevices",      netDevices,      OPTIONAL, features_enabled, enabled_object, .since = SPEC_1_3),
};
static const struct object features_linux_object = TABLE("features.linux", ON_LINUX, features_linux, linux_fields, 0);

static const struct field features_fields[] = {
	F(features, ociVersionMin, REQUIRED),
	F(features, ociVersionMax, REQUIRED),
	F(features, hooks,         WRITTEN),
	F(features, mountOptions,  WRITTEN),
	F_OBJECT(features, "linux", linux_, OPTIONAL, features_linux, features_linux_object),
	F(features, annotations,   WRITTEN),
	F(features, potentiallyUnsafeConfigAnnotations, WRITTEN, .since = SPEC_1_2),
};
const struct object features_object = TABLE("features", GENERAL, features, features_fields, 0);
