/* SPDX-License-Identifier: ISC */
/* create and run (runtime-spec, runtime.md, "Create"; runc(8)): parse, plan, execute; undo what was done where that fails. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "container/begin.h"
#include "container/bundle.h"
#include "container/console.h"
#include "container/container.h"
#include "container/exec.h"
#include "container/foreground.h"
#include "container/id.h"
#include "container/listener.h"
#include "container/notify.h"
#include "container/resources.h"
#include "container/store.h"
#include "container/start.h"

int container_open(struct container *c, const char *id, const struct container_options *options, struct document *document, struct err *e)
{
	c->id = id;
	c->options = *options;
	c->document = document;
	c->raw = 0;
	c->root_fd = c->state_fd = c->bundle_fd = c->rootfs_fd = c->wire = -1;
	c->start_socket = c->console = c->master = c->slave = c->network = c->source = c->agent = c->notify = c->notify_tree = c->cgroup_fd = c->filter_fd = -1;
	c->pid = 0;
	c->live = LIVE_NO;
	c->in_init = c->released = c->pid_file_written = c->ended = c->listener_due = false;
	c->cgroup.count = 0;
	c->filter = (struct seccomp_program){ 0 };
	c->record = (struct record){ 0 };
	c->checksum[0] = 0;
	c->config = (struct config){ 0 };
	c->texts_used = 0;
	c->bundle = c->rootfs = c->file = c->cgroups = c->executable = c->resctrl = c->resctrl_leftover = "";
	for (int i = 0; i < NS_TYPES; i++)
		c->joined[i] = -1;
	signal(SIGCHLD, SIG_DFL);   /* a caller that ignores it would take our children's exit statuses away */
	return id ? id_check(id, e) : 0;
}

/* systemd's protocol, sd_listen_fds(3): they are ours only if LISTEN_PID says so. */
static int take_listen_fds(struct container *c, struct err *e)
{
	const char *count = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID");
	uint64_t number;
	c->listen_fds = 0;
	if (!count || !*count || !pid || str_u64(pid, &number) < 0 || number != (uint64_t)getpid())
		return 0;
	if (str_u64(count, &number) < 0 || number > 1024)
		return err_set(e, "LISTEN_FDS: \"%s\" is no number up to 1024", count);
	c->listen_fds = (unsigned)number;
	return 0;
}

int container_prepare(struct container *c, struct err *e)
{
	if (exec_check_fds(c, e) < 0 || take_listen_fds(c, e) < 0 || bundle_read(c, e) < 0)
		return -1;
	if (console_check(c, e) < 0 || resources_plan(c, e) < 0)
		return err_at(e, "%s", c->file);
	plan_make(c, create_steps, create_step_count);
	return 0;
}

/* Undoes the steps from the one that was being applied; the error of why stays in e. */
static int undo(struct container *c)
{
	struct err undone;
	const struct plan *p = &c->plan;
	io_close_pending();   /* what is undone needs descriptors too, and may be undone since there are no more */
	size_t last = p->at < p->count ? (size_t)(p->steps[p->at] - create_steps) : create_step_count - 1;
	if (plan_undo(c, last, &undone) < 0)
		log_warn("%s", undone.text);
	return -1;
}

static int make(struct container *c, struct err *e)
{
	if (container_prepare(c, e) < 0)
		return -1;
	return plan_walk(c, SIDE_RUNTIME, e) < 0 ? undo(c) : 0;
}

int container_create(struct container *c, struct err *e)
{
	c->options.run = false;
	if (make(c, e) < 0)
		return -1;
	/* init shares this lock until now: whoever gets it finds a container that is whole or a runtime and an init that are dead */
	store_unlock(c->state_fd);
	return 0;
}

/* Another command may have deleted it meanwhile, or an update have given it further cgroups. */
static int delete_after_run(struct container *c, struct err *e)
{
	struct record now;
	if (store_lock(c->state_fd, c->id, e) < 0)
		return e->number == ENOENT ? 0 : -1;
	if (faccessat(c->state_fd, STORE_RESOURCES, F_OK, 0) == 0 && (record_read(c->state_fd, &now, e) < 0 || cgroup_parse(&c->cgroup, now.cgroups, e) < 0))
		log_warn("%s", e->text);
	return plan_undo(c, create_step_count - 1, e);
}

static int run_foreground(struct container *c, int *status, struct err *e)
{
	store_unlock(c->state_fd);
	*status = foreground_wait(c, e);
	if (c->options.keep)
		return *status < 0 ? -1 : 0;
	struct err deleting;
	if (delete_after_run(c, &deleting) < 0)
		log_warn("%s", deleting.text);
	return *status < 0 ? -1 : 0;
}

int container_run(struct container *c, int *status, struct err *e)
{
	bool announced;
	c->options.run = true;
	if (!c->options.detach)
		foreground_begin(c);
	if (make(c, e) < 0)
		return -1;
	if (exec_result(c, &announced, e) < 0 || listener_settled(c, e) < 0 || begin_created(c, e) < 0 || start_poststart(c, e) < 0)
		return undo(c);
	*status = 0;
	c->pid_file_written = false;   /* it stays: whoever asked for it may read it late */
	if (!c->options.detach)
		return run_foreground(c, status, e);
	store_unlock(c->state_fd);
	notify_wait(c);
	return 0;
}
