/* SPDX-License-Identifier: ISC */
/* linux.intelRdt (runtime-spec, config-linux.md, "IntelRdt"): the container's class of service. */
#include "container/intel_rdt.h"

#include <fcntl.h>

#include "base/io.h"
#include "kernel/rdt.h"

bool intel_rdt_wanted(const struct container *c)
{
	return c->config.linux_ && c->config.linux_->intelRdt;
}

static struct rdt_request request(const struct container *c)
{
	const struct intel_rdt *from = c->config.linux_->intelRdt;
	return (struct rdt_request){
		.root = c->resctrl, .clos = from->closID, .id = c->id, .l3 = from->l3CacheSchema, .bandwidth = from->memBwSchema,
		.schemata = from->schemata.items, .schemata_count = from->schemata.count, .monitoring = from->enableMonitoring || from->enableCMT || from->enableMBM,   /* the latter two: 1.1 and 1.2 */
	};
}

static int find(struct container *c, struct err *e)
{
	size_t bytes;
	int mounts = openat(AT_FDCWD, "/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (mounts < 0)
		return err_sys(e, "cannot open /proc/self/mountinfo");
	int result = rdt_find(mounts, texts_room(c, &bytes), e);
	io_close(mounts);
	if (result < 0)
		return -1;
	c->resctrl = texts_keep(c);
	return 0;
}

static int plan(struct container *c, struct err *e)
{
	size_t bytes;
	if (find(c, e) < 0)
		return -1;
	struct rdt_request r = request(c);
	if (rdt_plan(&r, texts_room(c, &bytes), e) < 0)
		return -1;
	c->resctrl_leftover = texts_keep(c);
	return 0;
}

int intel_rdt_plan(struct container *c, struct err *e)
{
	return intel_rdt_wanted(c) && plan(c, e) < 0 ? err_at(e, "linux.intelRdt") : 0;
}

int intel_rdt_find(struct container *c, struct err *e)
{
	return intel_rdt_wanted(c) && find(c, e) < 0 ? err_at(e, "linux.intelRdt") : 0;
}

int intel_rdt_make(struct container *c, struct err *e)
{
	struct rdt_request r = request(c);
	return rdt_make(&r, e) < 0 ? err_at(e, "linux.intelRdt") : 0;
}

int intel_rdt_enter(struct container *c, struct err *e)
{
	struct rdt_request r = request(c);
	return rdt_enter(&r, c->pid, e) < 0 ? err_at(e, "linux.intelRdt") : 0;
}

int intel_rdt_remove(struct container *c, struct err *e)
{
	const char *leftover = c->record.resctrl;
	return leftover && *leftover ? rdt_remove(leftover, e) : 0;
}
