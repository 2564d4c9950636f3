/* SPDX-License-Identifier: ISC */
/* Labels of the program and of mounts (runtime-spec, config.md, "apparmorProfile", "selinuxLabel"; config-linux.md, "Mount Label"). */
#include "container/labels.h"

#include <string.h>

#include "kernel/lsm.h"
#include "kernel/procfs.h"

static const char *mount_label(const struct container *c)
{
	return c->config.linux_ && c->config.linux_->mountLabel ? c->config.linux_->mountLabel : "";
}

static const char *profile(const struct container *c)
{
	return c->config.process->apparmorProfile ? c->config.process->apparmorProfile : "";
}

static const char *label(const struct container *c)
{
	return c->config.process->selinuxLabel ? c->config.process->selinuxLabel : "";
}

bool labels_wanted(const struct container *c)
{
	return *profile(c) || *label(c);
}

int labels_check(const struct container *c, struct err *e)
{
	if (*profile(c) && probe_need(FACILITY_APPARMOR, e) < 0)
		return err_at(e, "process.apparmorProfile");
	if (*label(c) && probe_need(FACILITY_SELINUX, e) < 0)
		return err_at(e, "process.selinuxLabel");
	if (*mount_label(c) && probe_need(FACILITY_SELINUX, e) < 0)
		return err_at(e, "linux.mountLabel");
	/* it goes between quotes among a mount's options */
	return strchr(mount_label(c), '"') ? err_set(e, "linux.mountLabel: has a quote in it") : 0;
}

int labels_apply(struct container *c, struct err *e)
{
	int proc = procfs_fd(e), result = proc < 0 ? err_at(e, *profile(c) ? "process.apparmorProfile" : "process.selinuxLabel") : 0;
	if (result == 0 && *profile(c) && (result = lsm_write_exec(proc, LSM_APPARMOR, profile(c), e)) < 0)
		err_at(e, "process.apparmorProfile");
	if (result == 0 && *label(c) && (result = lsm_write_exec(proc, LSM_SELINUX, label(c), e)) < 0)
		err_at(e, "process.selinuxLabel");
	return result;
}

int labels_key(const struct container *c, bool set, struct err *e)
{
	if (!*label(c))
		return 0;
	int proc = procfs_fd(e);
	return proc < 0 || lsm_key_label(proc, set ? label(c) : "", e) < 0 ? err_at(e, "process.selinuxLabel") : 0;
}
