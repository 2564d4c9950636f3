/* SPDX-License-Identifier: ISC */
/* Walking the steps: forward in the runtime and in init, which take turns over the wire; backward to undo. */
#include "container/plan.h"

#include <errno.h>

#include "base/io.h"
#include "base/log.h"
#include "container/container.h"
#include "container/filter.h"
#include "container/listener.h"
#include "container/sources.h"
#include "container/wire.h"
#include "kernel/selfexe.h"

/* Whose turn it must be. */
static enum side side_of(const struct step *s)
{
	return s->where == RUNTIME ? SIDE_RUNTIME : SIDE_INIT;
}

static bool is_mine(const struct step *s, enum side me)
{
	return (s->where == RUNTIME || s->where == BESIDE) == (me == SIDE_RUNTIME);
}

void plan_make(struct container *c, const struct step *steps, size_t count)
{
	c->plan.count = 0;
	c->plan.at = 0;
	c->turn = SIDE_RUNTIME;
	for (size_t i = 0; i < count; i++)
		if (!steps[i].wanted || steps[i].wanted(c))
			c->plan.steps[c->plan.count++] = &steps[i];
}

enum side plan_next_side(const struct container *c)
{
	return c->plan.at + 1 < c->plan.count ? side_of(c->plan.steps[c->plan.at + 1]) : SIDE_RUNTIME;
}

/* At once: init may be waiting for something else, and close what it does not know of before it comes to its step "release". */
static int take_release(struct container *c, int filter, struct err *e)
{
	c->released = true;
	c->filter_fd = filter;
	return c->config.linux_ && c->config.linux_->seccomp ? filter_load(c, e) : 0;
}

int plan_receive(struct container *c, struct message *m, struct err *e)
{
	if (!c->in_init) {
		selfexe_release();
		c->bundle_fd = io_close_later(c->bundle_fd);   /* init has its own */
		io_close_pending();
	}
	int got = wire_receive(c->wire, m);
	if (got < 0)
		return err_sys(e, "cannot hear from init");
	if (got && m->type == MESSAGE_ERROR) {
		*e = m->error;
		return -1;
	}
	if (got && m->type == MESSAGE_RELEASE && take_release(c, m->fd, e) < 0)
		return -1;
	if (got && m->type == MESSAGE_NETWORK) {
		io_close(c->network);
		c->network = m->fd;
	}
	if (got && m->type == MESSAGE_TERMINAL) {
		io_close(c->master);
		c->master = m->fd;
	}
	if (got && m->type == MESSAGE_SOURCE && c->pid)
		return sources_answer(c, m->value, e) < 0 ? -1 : got;
	if (got && m->type == MESSAGE_SOURCE)
		c->source = m->fd;
	if (got && m->type == MESSAGE_EXEC)
		c->listener_due = m->value;
	if (got && m->type == MESSAGE_LISTENER && listener_hand_over(c, m->fd, e) < 0)
		return -1;
	return got;
}

int plan_init_died(const struct container *c, struct err *e)
{
	if (cgroup_oom_kills(&c->cgroup))
		return err_set(e, "init was killed by the memory limit, which may be too low (linux.resources.memory.limit)");
	return err_set(e, "init died before its program");
}

/* Init never asks why the runtime is silent: without it there is nobody to report to, and it goes. */
static int await_turn(struct container *c, struct err *e)
{
	struct message m;
	do {
		int got = plan_receive(c, &m, e);
		if (got < 0)
			return -1;
		if (!got)
			return plan_init_died(c, e);
	} while (m.type != MESSAGE_TURN);
	return 0;
}

static int hand_over(struct container *c, enum side to, enum side me, struct err *e)
{
	if (to == me)
		return await_turn(c, e);
	if (wire_send(c->wire, MESSAGE_TURN, 0, -1) == 0)
		return 0;
	int number = errno;
	/* a dead init may have said why; a living one would be waited for without an end */
	return wire_is_cut(number) && me == SIDE_RUNTIME && await_turn(c, e) < 0 ? -1 : err_num(e, number, "cannot talk to the other side");
}

static int apply(struct container *c, const struct step *s, struct err *e)
{
	if (s->apply(c, e) == 0)
		return 0;
	struct err lacks;
	for (const enum facility *f = s->needs; f && *f != FACILITY_END; f++)
		if (probe_need(*f, &lacks) < 0)
			return err_at(e, "%s", lacks.text);
	return -1;
}

int plan_walk(struct container *c, enum side me, struct err *e)
{
	struct plan *p = &c->plan;
	for (; p->at < p->count; p->at++) {
		const struct step *s = p->steps[p->at];
		if (side_of(s) != c->turn) {
			if (hand_over(c, side_of(s), me, e) < 0)
				return -1;
			c->turn = side_of(s);
		}
		if (!is_mine(s, me) || !s->apply)
			continue;
		log_debug("step %s", s->name);
		if (apply(c, s, e) < 0)
			return -1;
	}
	return 0;
}

int plan_await_release(struct container *c, struct err *e)
{
	struct message m;
	while (!c->released) {
		int got = plan_receive(c, &m, e);
		if (got < 0)
			return -1;
		if (!got)
			return err_set(e, "the runtime is gone");
	}
	return 0;
}

int plan_undo(struct container *c, size_t from, struct err *e)
{
	int result = 0;
	for (size_t i = from + 1; i-- > 0; ) {
		const struct step *s = &create_steps[i];
		struct err here;
		if (!s->undo)
			continue;
		log_debug("undo %s", s->name);
		int undone = s->undo(c, &here);
		if (undone == 0)
			continue;
		if (result == 0)
			*e = here;
		else
			log_warn("%s", here.text);
		result = -1;
		if (undone == UNDO_HELD)
			break;
	}
	return result;
}
