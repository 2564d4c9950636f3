/* SPDX-License-Identifier: ISC */
/* config.json (runtime-spec, config.md): what all platforms share, and the rules between its parts. */
#include "spec/config.h"
#include "spec/freebsd.h"
#include "spec/rules.h"
#include "spec/solaris.h"
#include "spec/table.h"
#include "spec/version.h"
#include "spec/vm.h"
#include "spec/windows.h"
#include "spec/zos.h"

static const struct field root_fields[] = {
	F(root, path,     REQUIRED, CHECKED(check_not_empty)),
	F(root, readonly, OPTIONAL),
};
const struct object root_object = TABLE("root", "config.md, Root", root, root_fields, 0);

static bool has_namespace(const struct config *c, enum namespace_type type)
{
	for (uint32_t i = 0; c->linux_ != 0 && i < c->linux_->namespaces.count; i++)
		if (c->linux_->namespaces.items[i].type == (int32_t)type)
			return true;
	return false;
}

/* A name set where the UTS namespace is the caller's would rename the machine. */
static int check_names(const struct config *c, struct place *p, struct report *r)
{
	bool set = (c->hostname != 0 && *c->hostname != '\0') || (c->domainname != 0 && *c->domainname != '\0');

	return RULE(!set || has_namespace(c, NS_UTS), p, r, LEVEL_MUST, c->hostname != 0 && *c->hostname != '\0' ? "hostname" : "domainname",
	            "needs a \"uts\" entry in linux.namespaces");
}

static int check_config(const void *object, struct place *p, struct report *r)
{
	const struct config *c = object;
	bool other_platform = c->windows != 0 || c->solaris != 0 || c->vm != 0 || c->zos != 0 || c->freebsd != 0;
	int broken = RULE(c->root != 0 || c->windows != 0, p, r, LEVEL_MUST, "root", "missing");

	broken += RULE(c->mounts.count <= LIMIT_MOUNTS, p, r, LEVEL_MUST, "mounts", "more than %d (LIMIT_MOUNTS in base/limits.h)", LIMIT_MOUNTS);
	if (r->strict && (r->platform & LINUX) == 0)
		return broken;
	return other_platform && c->linux_ == 0 ? broken : broken + check_names(c, p, r);
}

static const struct field config_fields[] = {
	F(config, ociVersion, REQUIRED, CHECKED(check_version)),
	F_OBJECT(config, "process", process, OPTIONAL, process, process_object),
	F_OBJECT(config, "root", root, OPTIONAL, root, root_object),
	F(config, hostname,   OPTIONAL),
	F(config, domainname, OPTIONAL, .since = SPEC_1_1),
	F_LIST(config, "mounts", mounts, OPTIONAL, mount, mount_object),
	F_OBJECT(config, "hooks", hooks, OPTIONAL, hooks, hooks_object, .platform = LINUX | SOLARIS | FREEBSD | ZOS | VM),
	F(config, annotations, OPTIONAL, CHECKED(check_keys)),
	F_OBJECT(config, "linux", linux_, OPTIONAL, linux_config, linux_object, .platform = LINUX),
	F_OBJECT(config, "solaris", solaris, OPTIONAL, solaris, solaris_object, .platform = SOLARIS),
	F_OBJECT(config, "windows", windows, OPTIONAL, windows, windows_object, .platform = WINDOWS),
	F_OBJECT(config, "vm", vm, OPTIONAL, vm, vm_object, .platform = VM),
	F_OBJECT(config, "zos", zos, OPTIONAL, zos, zos_object, .since = SPEC_1_1, .platform = ZOS),
	F_OBJECT(config, "freebsd", freebsd, OPTIONAL, freebsd, freebsd_object, .since = SPEC_1_3, .platform = FREEBSD),
};
const struct object config_object = TABLE("config", "config.md", config, config_fields, check_config);
