/* SPDX-License-Identifier: ISC */
/* delete (runtime-spec, runtime.md, "Delete"; runc(8)): the steps undone, from the record alone. */
#include <errno.h>

#include "base/log.h"
#include "container/bundle.h"
#include "container/container.h"
#include "container/state.h"
#include "container/store.h"

/* A record that was never written, or that is none (JSON's errors have no number, or that of a limit): then nothing but the directory can be known. One that the system did not
 * give us now is left for another time: without it nobody would find the container again. */
static int delete_unreadable(struct container *c, bool force, struct err *e)
{
	if (c->state_fd < 0 || !force || (e->number && e->number != ENODATA && e->number != E2BIG))
		return -1;
	if (e->number != ENODATA)
		log_warn("%s", e->text);
	return store_remove(c->root_fd, c->state_fd, c->id, e);
}

int container_delete(struct container *c, bool force, struct err *e)
{
	struct err config;
	if (state_load(c, true, e) < 0)
		return force && e->number == ENOENT ? 0 : delete_unreadable(c, force, e);
	int status = state_status(c, e);
	if (status < 0)
		return -1;
	if (!force && status != STATUS_STOPPED && status != STATUS_CREATED)
		return err_set(e, "cannot delete container %s that is not stopped: %s", c->id, status_words[status]);
	if (c->record.poststop && bundle_reread(c, &config) < 0)
		log_warn("poststop hooks are not run: %s", config.text);
	return plan_undo(c, create_step_count - 1, e);
}
