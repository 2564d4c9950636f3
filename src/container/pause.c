/* SPDX-License-Identifier: ISC */
/* pause and resume (runc-pause(8), runc-resume(8)): the freezer of cgroup v1, cgroup.freeze of v2. */
#include "container/container.h"
#include "container/state.h"

int container_pause(struct container *c, struct err *e)
{
	if (state_load(c, false, e) < 0)
		return -1;
	int status = state_status(c, e);
	if (status < 0)
		return -1;
	if (status != STATUS_RUNNING && status != STATUS_CREATED)
		return err_set(e, status == STATUS_PAUSED ? "container not running: it is paused" : "container not running");
	return cgroup_freeze(&c->cgroup, true, e);
}

int container_resume(struct container *c, struct err *e)
{
	if (state_load(c, false, e) < 0)
		return -1;
	int status = state_status(c, e);
	if (status != STATUS_PAUSED)
		return status < 0 ? -1 : err_set(e, "container not paused");
	return cgroup_freeze(&c->cgroup, false, e);
}
