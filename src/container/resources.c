/* SPDX-License-Identifier: ISC */
/* linux.resources and linux.cgroupsPath (runtime-spec, config-linux.md, "Control groups") in the words of kernel/cgroup.h. */
#include "container/resources.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static void take(struct cgroup_limits *l, enum cgroup_value v, int64_t value)
{
	l->has |= CGROUP_HAS(v);
	l->value[v] = value;
}

/* One row a number or boolean of memory, cpu, pids. */
enum form { I64, U64, BOOLEAN };
struct row { const struct object *table; const char *name; uint16_t offset; uint8_t form, value; };
#define MEMORY(member, form, value) { &memory_object, #member, offsetof(struct memory_resources, member), form, CGROUP_MEMORY_##value }
#define CPU(member, form, value) { &cpu_object, #member, offsetof(struct cpu_resources, member), form, CGROUP_CPU_##value }
static const struct row rows[] = {
	MEMORY(limit, I64, LIMIT), MEMORY(reservation, I64, RESERVATION), MEMORY(swap, I64, SWAP), MEMORY(kernel, I64, KERNEL),
	MEMORY(kernelTCP, I64, KERNEL_TCP), MEMORY(swappiness, U64, SWAPPINESS), MEMORY(disableOOMKiller, BOOLEAN, DISABLE_OOM_KILLER),
	MEMORY(useHierarchy, BOOLEAN, USE_HIERARCHY), MEMORY(checkBeforeUpdate, BOOLEAN, CHECK_BEFORE_UPDATE),
	CPU(shares, U64, SHARES), CPU(quota, I64, QUOTA), CPU(period, U64, PERIOD), CPU(burst, U64, BURST), CPU(realtimeRuntime, I64, RT_RUNTIME),
	CPU(realtimePeriod, U64, RT_PERIOD), CPU(idle, I64, IDLE),
	{ &pids_object, "limit", offsetof(struct pids_resources, limit), I64, CGROUP_PIDS_LIMIT },
};

static void take_rows(struct cgroup_limits *l, const struct object *table, const void *object)
{
	for (size_t i = 0; object && i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		const char *at = (const char *)object + r->offset;
		if (r->table != table || !spec_has(table, object, r->name))
			continue;
		if (r->form == BOOLEAN)
			take(l, r->value, *(const bool *)at);
		else
			take(l, r->value, *(const int64_t *)(const void *)at);
	}
}

static int take_device(struct container *c, const struct device_rule *from, struct err *e)
{
	if (c->limits.device_count == CONTAINER_DEVICE_RULES - CGROUP_DEVICE_DEFAULTS)
		return err_set(e, "linux.resources.devices: more than %d rules (CONTAINER_DEVICE_RULES in container/container.h)", CONTAINER_DEVICE_RULES - CGROUP_DEVICE_DEFAULTS);
	const char *access = from->access ? from->access : "";
	c->device_rules[c->limits.device_count++] = (struct cgroup_device_rule){
		.allow = from->allow, .type = from->type && *from->type ? *from->type : 'a',
		.major = spec_has(&device_rule_object, from, "major") ? from->major : -1,
		.minor = spec_has(&device_rule_object, from, "minor") ? from->minor : -1,
		.read = !*access || strchr(access, 'r'), .write = !*access || strchr(access, 'w'), .mknod = !*access || strchr(access, 'm'),
	};
	return 0;
}

/* runc's: what every container may use stands behind the config's own rules; without any rule devices are not restricted. */
static int take_devices(struct container *c, const struct resources *r, struct err *e)
{
	for (uint32_t i = 0; i < r->devices.count; i++)
		if (take_device(c, &r->devices.items[i], e) < 0)
			return -1;
	if (!r->devices.count)
		return 0;
	memcpy(c->device_rules + c->limits.device_count, cgroup_device_defaults, sizeof cgroup_device_defaults);
	c->limits.device_count += CGROUP_DEVICE_DEFAULTS;
	c->limits.devices = c->device_rules;
	return 0;
}

static int take_item(struct container *c, struct cgroup_item item, struct err *e)
{
	if (c->limits.item_count == CONTAINER_ITEMS)
		return err_set(e, "linux.resources: more than %d devices, page sizes, interfaces and files (CONTAINER_ITEMS in container/container.h)", CONTAINER_ITEMS);
	c->items[c->limits.item_count++] = item;
	c->limits.items = c->items;
	return 0;
}

static int take_throttle(struct container *c, const throttle_list *list, enum cgroup_item_kind kind, struct err *e)
{
	for (uint32_t i = 0; i < list->count; i++) {
		const struct throttle_device *d = &list->items[i];
		if (take_item(c, (struct cgroup_item){ .kind = kind, .index = (uint16_t)i, .major = d->major, .minor = d->minor, .value = d->rate }, e) < 0)
			return -1;
	}
	return 0;
}

static int take_block_io(struct container *c, const struct block_io *b, struct err *e)
{
	if (b->weight)
		take(&c->limits, CGROUP_BLKIO_WEIGHT, b->weight);
	if (b->leafWeight)
		take(&c->limits, CGROUP_BLKIO_LEAF_WEIGHT, b->leafWeight);
	for (uint32_t i = 0; i < b->weightDevice.count; i++) {
		const struct weight_device *d = &b->weightDevice.items[i];
		struct cgroup_item item = { .kind = CGROUP_ITEM_WEIGHT, .index = (uint16_t)i, .major = d->major, .minor = d->minor, .value = d->weight };
		if (d->weight && take_item(c, item, e) < 0)
			return -1;
		item.kind = CGROUP_ITEM_LEAF_WEIGHT;
		item.value = d->leafWeight;
		if (d->leafWeight && take_item(c, item, e) < 0)
			return -1;
	}
	if (take_throttle(c, &b->throttleReadBpsDevice, CGROUP_ITEM_READ_BPS, e) < 0 || take_throttle(c, &b->throttleWriteBpsDevice, CGROUP_ITEM_WRITE_BPS, e) < 0)
		return -1;
	return take_throttle(c, &b->throttleReadIOPSDevice, CGROUP_ITEM_READ_IOPS, e) < 0 ? -1 : take_throttle(c, &b->throttleWriteIOPSDevice, CGROUP_ITEM_WRITE_IOPS, e);
}

static int take_network(struct container *c, const struct network_resources *n, struct err *e)
{
	if (n->classID)
		take(&c->limits, CGROUP_NET_CLASS, n->classID);
	for (uint32_t i = 0; i < n->priorities.count; i++) {
		const struct interface_priority *p = &n->priorities.items[i];
		if (take_item(c, (struct cgroup_item){ .kind = CGROUP_ITEM_PRIORITY, .index = (uint16_t)i, .name = p->name, .value = p->priority }, e) < 0)
			return -1;
	}
	return 0;
}

static int take_items(struct container *c, const struct resources *r, struct err *e)
{
	if (r->blockIO && take_block_io(c, r->blockIO, e) < 0)
		return -1;
	if (r->network && take_network(c, r->network, e) < 0)
		return -1;
	for (uint32_t i = 0; i < r->hugepageLimits.count; i++) {
		const struct hugepage_limit *h = &r->hugepageLimits.items[i];
		if (take_item(c, (struct cgroup_item){ .kind = CGROUP_ITEM_HUGEPAGES, .index = (uint16_t)i, .name = h->pageSize, .value = h->limit }, e) < 0)
			return -1;
	}
	for (uint32_t i = 0; i < r->rdma.count; i++) {
		const struct rdma_limit *l = r->rdma.items[i].value;
		struct cgroup_item item = {
			.kind = CGROUP_ITEM_RDMA, .name = r->rdma.items[i].key, .handles = spec_has(&rdma_limit_object, l, "hcaHandles") ? (int64_t)l->hcaHandles : -1,
			.objects = spec_has(&rdma_limit_object, l, "hcaObjects") ? (int64_t)l->hcaObjects : -1,
		};
		if (take_item(c, item, e) < 0)
			return -1;
	}
	for (uint32_t i = 0; i < r->unified.count; i++)
		if (take_item(c, (struct cgroup_item){ .kind = CGROUP_ITEM_UNIFIED, .name = r->unified.items[i].key, .text = r->unified.items[i].value }, e) < 0)
			return -1;
	return 0;
}

static int take_limits(struct container *c, const struct resources *r, struct err *e)
{
	struct cgroup_limits *l = &c->limits;
	take_rows(l, &memory_object, r->memory);
	take_rows(l, &cpu_object, r->cpu);
	take_rows(l, &pids_object, r->pids);
	if (r->cpu && r->cpu->cpus && *r->cpu->cpus) {
		take(l, CGROUP_CPUSET_CPUS, 0);
		l->cpus = r->cpu->cpus;
	}
	if (r->cpu && r->cpu->mems && *r->cpu->mems) {
		take(l, CGROUP_CPUSET_MEMS, 0);
		l->mems = r->cpu->mems;
	}
	return take_items(c, r, e) < 0 ? -1 : take_devices(c, r, e);
}

static void forget_limits(struct container *c)
{
	c->limits.has = 0;
	c->limits.device_count = 0;
	c->limits.devices = 0;
	c->limits.item_count = 0;
}

int resources_change(struct container *c, const struct resources *whole, const struct resources *change, struct err *e)
{
	static const uint32_t together[] = {
		CGROUP_HAS(CGROUP_MEMORY_LIMIT) | CGROUP_HAS(CGROUP_MEMORY_SWAP) | CGROUP_HAS(CGROUP_MEMORY_CHECK_BEFORE_UPDATE),
		CGROUP_HAS(CGROUP_CPU_QUOTA) | CGROUP_HAS(CGROUP_CPU_PERIOD),
	};
	struct cgroup_limits all = { 0 };
	take_rows(&all, &memory_object, whole->memory);
	take_rows(&all, &cpu_object, whole->cpu);
	forget_limits(c);
	if (take_limits(c, change, e) < 0)
		return -1;
	uint32_t given = c->limits.has;
	for (size_t i = 0; i < sizeof together / sizeof *together; i++)
		for (int v = 0; given & together[i] && v < CGROUP_VALUES; v++)
			if (all.has & together[i] & ~given & CGROUP_HAS(v))
				take(&c->limits, v, all.value[v]);
	/* no limit of memory is none of memory and swap either, where that was not spoken of */
	if (given & CGROUP_HAS(CGROUP_MEMORY_LIMIT) && !(given & CGROUP_HAS(CGROUP_MEMORY_SWAP)) && c->limits.value[CGROUP_MEMORY_LIMIT] == -1)
		take(&c->limits, CGROUP_MEMORY_SWAP, -1);
	return 0;
}

/* A new cgroup is unlimited: to ask for that needs no controller, and engines do ask for it where there is none. */
static void leave_unlimited(struct cgroup_limits *limits)
{
	static const struct { enum cgroup_value value; enum cgroup_controller controller; } all[] = {
		{ CGROUP_PIDS_LIMIT, CGROUP_PIDS }, { CGROUP_MEMORY_LIMIT, CGROUP_MEMORY }, { CGROUP_MEMORY_RESERVATION, CGROUP_MEMORY },
		{ CGROUP_MEMORY_SWAP, CGROUP_MEMORY }, { CGROUP_CPU_QUOTA, CGROUP_CPU },
	};
	struct err unused;
	const struct cgroup_host *host = limits->has ? cgroup_host(&unused) : 0;
	for (size_t i = 0; host && i < sizeof all / sizeof *all; i++)
		if (limits->has & CGROUP_HAS(all[i].value) && limits->value[all[i].value] == -1 && cgroup_find(host, all[i].controller) < 0)
			limits->has &= ~CGROUP_HAS(all[i].value);
}

/* As the record has them. */
static int format(struct container *c, size_t rest, struct err *e)
{
	size_t bytes;
	char *room = texts_room(c, &bytes);
	if (cgroup_format(&c->cgroup, room, bytes - rest) < 0)
		return err_set(e, "linux.cgroupsPath: too long for the record");
	c->cgroups = texts_keep(c);
	return 0;
}

/* v1 gives a new cgroup no realtime (CONFIG_RT_GROUP_SCHED), and a realtime process could not be in it. */
static bool is_realtime(const struct container *c)
{
	const struct scheduler_spec *s = c->config.process ? c->config.process->scheduler : 0;
	return s && (strcmp(scheduler_policy_words.words[s->policy], "SCHED_FIFO") == 0 || strcmp(scheduler_policy_words.words[s->policy], "SCHED_RR") == 0);
}

int resources_plan(struct container *c, struct err *e)
{
	const struct linux_config *l = c->config.linux_;
	forget_limits(c);
	c->cgroup.count = 0;
	c->cgroups = "";
	if (c->options.no_cgroups)
		return 0;
	if (l && l->resources && take_limits(c, l->resources, e) < 0)
		return -1;
	leave_unlimited(&c->limits);
	c->limits.avoid = is_realtime(c) ? CGROUP_BIT(CGROUP_CPU) : 0;
	if (cgroup_plan(&c->cgroup, l ? l->cgroupsPath : 0, c->id, &c->limits, e) < 0)
		return -1;
	return format(c, LIMIT_PATH_BYTES, e);   /* the executable's is still to come */
}

/* A user who is not root mostly may not make cgroups; without limits there is nothing that would be missed but keeping track. --rootless says who is to be taken for one. */
static bool can_do_without(const struct container *c, int number)
{
	bool rootless = c->options.rootless ? c->options.rootless > 0 : geteuid() != 0;
	const char *path = c->config.linux_ ? c->config.linux_->cgroupsPath : 0;
	return rootless && (number == EACCES || number == EPERM || number == EROFS) && !c->limits.has && !c->limits.device_count
	       && !c->limits.item_count && !(path && *path);
}

static int do_without(struct container *c, const struct err *why)
{
	struct err unused;
	log_debug("no cgroup: %s", why->text);
	cgroup_remove(&c->cgroup, &unused);
	c->cgroup.count = 0;
	c->record.cgroups = "";
	return 0;
}

/* v1 takes device rules one by one, and between the first, which denies all, and the last init could not open its terminal: there they are written before init exists.
 * v2's are one program, attached while init works. */
bool resources_devices_beside(const struct container *c)
{
	for (unsigned i = 0; i < c->cgroup.count; i++)
		if (!c->cgroup.dirs[i].v2 && (c->cgroup.dirs[i].controllers & CGROUP_BIT(CGROUP_DEVICES)))
			return false;
	return true;
}

int resources_make(struct container *c, struct err *e)
{
	struct cgroup_limits limits = c->limits;
	if (resources_devices_beside(c))
		limits.device_count = 0;
	unsigned planned = c->cgroup.count;
	if (cgroup_create(&c->cgroup, e) < 0)
		return can_do_without(c, e->number) ? do_without(c, e) : -1;
	/* the record is written anew with init's pid; one that names directories that are none does no harm until then */
	if (c->cgroup.count < planned && format(c, 0, e) == 0)
		c->record.cgroups = c->cgroups;
	return cgroup_apply(&c->cgroup, &limits, e);
}

int resources_devices(struct container *c, struct err *e)
{
	const struct cgroup_dir *d = cgroup_dir_v2(&c->cgroup);
	struct cgroup_limits rules = { .devices = c->limits.devices, .device_count = c->limits.device_count, .new_fd = d && d->made && c->cgroup_fd > 0 ? c->cgroup_fd : 0 };
	return cgroup_apply(&c->cgroup, &rules, e);
}

/* What is left is found by the record alone. */
int resources_remove(struct container *c, struct err *e)
{
	return cgroup_remove(&c->cgroup, e) < 0 ? UNDO_HELD : 0;
}
