/* SPDX-License-Identifier: ISC */
/* start (runtime-spec, runtime.md, "Start"): lets the program of a created container run. */
#include "container/start.h"

#include <errno.h>
#include <unistd.h>

#include "base/log.h"
#include "container/bundle.h"
#include "container/exec.h"
#include "container/hooks.h"
#include "container/listener.h"
#include "container/notify.h"
#include "container/state.h"
#include "container/store.h"

int start_poststart(struct container *c, struct err *e)
{
	return hooks_run(c, HOOK_POSTSTART, STATUS_RUNNING, (pid_t)c->record.pid, e);
}

static int refuse(enum status status, struct err *e)
{
	if (status == STATUS_STOPPED)
		return err_set(e, "cannot start a container that has stopped");
	if (status == STATUS_RUNNING)
		return err_set(e, "cannot start an already running container");
	return err_set(e, "cannot start a container in the %s state", status_words[status]);
}

/* A hook's failure ends the container, as the specification has it; e keeps why. */
static int end(struct container *c)
{
	struct err undone;
	if (c->record.poststop && !c->config.hooks && bundle_reread(c, &undone) < 0)
		log_warn("%s", undone.text);
	if (plan_undo(c, create_step_count - 1, &undone) < 0)
		log_warn("%s", undone.text);
	return -1;
}

int container_start(struct container *c, struct err *e)
{
	bool announced;
	int status = state_find(c, true, e);
	if (status != STATUS_CREATED)
		return status < 0 ? -1 : refuse((enum status)status, e);
	if ((c->record.poststart || c->record.notifies) && bundle_reread(c, e) < 0)
		return -1;
	if (c->record.notifies && listener_connect(c, e) < 0)
		return -1;
	if (notify_bind(c, e) < 0)
		return -1;
	c->wire = exec_connect(c, e);
	if (c->wire < 0)
		return e->number == ECONNREFUSED ? refuse(STATUS_STOPPED, e) : -1;
	/* without its name the container counts as running */
	if (unlinkat(c->state_fd, STORE_SOCKET, 0) < 0) {
		err_sys(e, "cannot remove the start socket");
		return end(c);
	}
	if (exec_result(c, &announced, e) < 0)
		return announced && !c->listener_due ? -1 : end(c);
	if (listener_settled(c, e) < 0 || start_poststart(c, e) < 0)
		return end(c);
	store_unlock(c->state_fd);
	notify_wait(c);
	return 0;
}
