/* SPDX-License-Identifier: ISC */
/* kill (runtime-spec, runtime.md, "Kill"; runc(8)). */
#include <errno.h>
#include <signal.h>

#include "base/proc.h"
#include "container/container.h"
#include "container/state.h"

static int kill_init(const struct container *c, int signal, struct err *e)
{
	pid_t pid = (pid_t)c->record.pid;
	if (proc_signal(pid, c->record.startTime, signal) == 0)
		return 0;
	return errno == ESRCH ? err_set(e, "container not running") : err_sys(e, "cannot signal process %d", (int)pid);
}

int container_kill(struct container *c, int signal, bool all, struct err *e)
{
	int status = state_find(c, false, e);
	if (status < 0)
		return -1;
	if (status == STATUS_CREATING)
		return err_set(e, "container not running");
	/* without a pid namespace of its own the kernel does not end the others with init: runc's rule */
	bool everybody = all || (signal == SIGKILL && c->record.sharedPids);
	if (everybody && cgroup_exists(&c->cgroup))
		return cgroup_signal(&c->cgroup, signal, e);
	if (all && status == STATUS_STOPPED)
		return 0;
	if (kill_init(c, signal, e) < 0)
		return -1;
	/* a frozen process takes no SIGKILL on v1 */
	return signal == SIGKILL && status == STATUS_PAUSED ? cgroup_freeze(&c->cgroup, false, e) : 0;
}
