/* SPDX-License-Identifier: ISC */
/* pause and resume (runc-pause(8), runc-resume(8)): the freezer of cgroup v1, cgroup.freeze of v2. */
#include "container/container.h"
#include "container/state.h"

int container_pause(struct container *c, struct err *e)
{
	int status = state_find_alive(c, false, e);
	if (status < 0)
		return -1;
	if (status == STATUS_PAUSED)
		return err_set(e, "container not running: it is paused");
	return cgroup_freeze(&c->cgroup, true, e);
}

int container_resume(struct container *c, struct err *e)
{
	int status = state_find(c, false, e);
	if (status != STATUS_PAUSED)
		return status < 0 ? -1 : err_set(e, "container not paused");
	return cgroup_freeze(&c->cgroup, false, e);
}
