/* SPDX-License-Identifier: ISC */
/* events (runc-events(8)): one JSON object a line: what the container has used, once or again and again, and that it ran out of memory. */
#include <errno.h>
#include <poll.h>
#include <time.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/proc.h"
#include "base/sys.h"
#include "container/container.h"
#include "container/state.h"
#include "container/stats.h"
#include "json/json.h"
#include "kernel/cgroup_oom.h"

#define LOOK_MS 500   /* how often init is looked at where there are no pidfds (before Linux 5.3) */

static void head(const struct container *c, const char *type, struct out *o)
{
	out_printf(o, "{\"type\":\"%s\",\"id\":", type);
	json_quote(o, c->id);
}

static int print_stats(const struct container *c, struct out *o, struct err *e)
{
	static LARGE struct cgroup_stats stats;
	if (cgroup_stats_read(&c->cgroup, &stats, e) < 0)
		return err_at(e, "cannot read what the container uses");
	head(c, "stats", o);
	out_text(o, ",\"data\":");
	stats_emit(&stats, o);
	out_text(o, "}\n");
	return out_flush(o, e);
}

static int print_oom(const struct container *c, struct out *o, struct err *e)
{
	head(c, "oom", o);
	out_text(o, "}\n");
	return out_flush(o, e);
}

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int wait_ms(int64_t until, int64_t now, bool look)
{
	int64_t ms = until <= now ? 0 : (until - now - 1) / 1000000 + 1;
	if (look && ms > LOOK_MS)
		return LOOK_MS;
	return ms > 3600000 ? 3600000 : (int)ms;
}

static int watch(struct container *c, int64_t interval_ns, struct cgroup_oom *oom, int pidfd, struct out *o, struct err *e)
{
	const struct record *r = &c->record;
	int64_t next = now_ns() + interval_ns;
	for (;;) {
		struct pollfd fds[2] = { { pidfd, POLLIN, 0 }, { oom->fd, POLLIN, 0 } };
		if (poll(fds, 2, wait_ms(next, now_ns(), pidfd < 0)) < 0 && errno != EINTR)
			return err_sys(e, "cannot wait for events");
		/* asked for before the notices are taken, so that the last one is not lost */
		bool ended = !proc_alive((pid_t)r->pid, r->startTime);
		if (cgroup_oom_take(&c->cgroup, oom) && print_oom(c, o, e) < 0)
			return -1;
		if (ended)
			return 0;
		int64_t now = now_ns();
		if (now < next)
			continue;
		if (print_stats(c, o, e) < 0) {
			if (o->failed)
				return -1;
			log_err(e);
		}
		/* one that could not be kept to is left out */
		next = interval_ns > INT64_MAX - now ? INT64_MAX : next + interval_ns > now ? next + interval_ns : now + interval_ns;
	}
}

int container_events(struct container *c, bool once, int64_t interval_ns, struct out *out, struct err *e)
{
	struct cgroup_oom oom;
	int status = state_find(c, false, e);
	if (status < 0)
		return -1;
	if (status == STATUS_STOPPED || status == STATUS_CREATING)
		return err_set(e, "container with id %s is not running", c->id);
	if (once)
		return print_stats(c, out, e);
	if (interval_ns > INT64_MAX / 2)
		interval_ns = INT64_MAX / 2;
	if (cgroup_oom_open(&c->cgroup, &oom, e) < 0)
		return -1;
	int pidfd = sys_pidfd_open((pid_t)c->record.pid, 0);
	int result = watch(c, interval_ns, &oom, pidfd, out, e);
	io_close(pidfd);
	io_close(oom.fd);
	return result;
}
