/* SPDX-License-Identifier: ISC */
/* What a container is now, and its state JSON (runtime-spec, runtime.md, "State"). */
#include "container/state.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/proc.h"
#include "container/store.h"
#include "spec/state.h"

const char *const status_words[] = { "creating", "created", "running", "paused", "stopped" };

int state_load(struct container *c, bool lock, struct err *e)
{
	c->root_fd = store_open_root(c->options.root, false, e);
	if (c->root_fd < 0) {
		if (e->number != ENOENT)
			return -1;
		err_set(e, "container \"%s\" does not exist", c->id);
		e->number = ENOENT;
		return -1;
	}
	c->state_fd = store_open(c->root_fd, c->id, e);
	if (c->state_fd < 0 || (lock && store_lock(c->state_fd, c->id, e) < 0))
		return -1;
	if (record_read(c->state_fd, &c->record, e) < 0) {
		if (e->number == ENOENT) {
			err_set(e, "container \"%s\" is half made (delete --force removes it)", c->id);
			e->number = ENODATA;
		}
		return -1;
	}
	return cgroup_parse(&c->cgroup, c->record.cgroups, e) < 0 ? err_at(e, "%s", STORE_RECORD) : 0;
}

/* 1 or 0; -1 where it can't be known. */
static int has(const struct container *c, const char *file, struct err *e)
{
	if (faccessat(c->state_fd, file, F_OK, 0) == 0)
		return 1;
	return errno == ENOENT ? 0 : err_sys(e, "cannot look for %s", file);
}

int state_status(const struct container *c, struct err *e)
{
	const struct record *r = &c->record;
	int found = has(c, STORE_CREATING, e);
	if (found)
		return found < 0 ? -1 : STATUS_CREATING;
	int alive = proc_alive((pid_t)r->pid, r->startTime);
	if (alive <= 0)
		return alive == 0 ? STATUS_STOPPED : err_sys(e, "cannot look at process %d", (int)r->pid);
	if ((found = cgroup_frozen(&c->cgroup)))
		return found < 0 ? err_sys(e, "cannot look at its cgroup") : STATUS_PAUSED;
	found = has(c, STORE_SOCKET, e);
	return found < 0 ? -1 : found ? STATUS_CREATED : STATUS_RUNNING;
}

int state_find(struct container *c, bool lock, struct err *e)
{
	return state_load(c, lock, e) < 0 ? -1 : state_status(c, e);
}

int state_find_alive(struct container *c, bool lock, struct err *e)
{
	int status = state_find(c, lock, e);
	return status == STATUS_STOPPED || status == STATUS_CREATING ? err_set(e, "container not running") : status;
}

void state_fill(const struct container *c, enum status status, pid_t pid, struct state *s)
{
	const struct record *r = &c->record;
	*s = (struct state){
		.ociVersion = r->ociVersion, .id = r->id, .status = status_words[status], .bundle = r->bundle, .pid = pid, .rootfs = r->rootfs, .created = r->time,
	};
	if (r->annotations)
		s->annotations = c->config.annotations;
}

void state_emit(const struct container *c, enum status status, pid_t pid, enum state_form form, const char *owner, struct out *o)
{
	struct state s;
	state_fill(c, status, pid, &s);
	s.owner = owner;
	document_emit_indented(o, form == STATE_HOOK ? &state_object : &runc_state_object, &s, form == STATE_COMMAND ? "  " : 0);
}
