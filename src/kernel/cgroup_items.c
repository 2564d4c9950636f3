/* SPDX-License-Identifier: ISC */
/* Limits by device, interface or file: block I/O, huge pages, network, rdma, unified. runtime-spec, config-linux.md, "Block IO" to "Unified"; the kernel's cgroup-v1 documents
 * blkio-controller, hugetlb, net_cls, net_prio, rdma; cgroup-v2, "IO", "HugeTLB", "RDMA". */
#include "kernel/cgroup_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"

static const struct { const char *name, *v1, *v2; uint8_t controller; } kinds[CGROUP_ITEM_KINDS] = {
	[CGROUP_ITEM_WEIGHT] = { "blockIO.weightDevice", 0, 0, CGROUP_BLKIO },
	[CGROUP_ITEM_LEAF_WEIGHT] = { "blockIO.weightDevice", "blkio.leaf_weight_device", 0, CGROUP_BLKIO },
	[CGROUP_ITEM_READ_BPS] = { "blockIO.throttleReadBpsDevice", "blkio.throttle.read_bps_device", "rbps", CGROUP_BLKIO },
	[CGROUP_ITEM_WRITE_BPS] = { "blockIO.throttleWriteBpsDevice", "blkio.throttle.write_bps_device", "wbps", CGROUP_BLKIO },
	[CGROUP_ITEM_READ_IOPS] = { "blockIO.throttleReadIOPSDevice", "blkio.throttle.read_iops_device", "riops", CGROUP_BLKIO },
	[CGROUP_ITEM_WRITE_IOPS] = { "blockIO.throttleWriteIOPSDevice", "blkio.throttle.write_iops_device", "wiops", CGROUP_BLKIO },
	[CGROUP_ITEM_HUGEPAGES] = { "hugepageLimits", 0, 0, CGROUP_HUGETLB },
	[CGROUP_ITEM_PRIORITY] = { "network.priorities", "net_prio.ifpriomap", 0, CGROUP_NET_PRIO },
	[CGROUP_ITEM_RDMA] = { "rdma", "rdma.max", "rdma.max", CGROUP_RDMA },
	[CGROUP_ITEM_UNIFIED] = { "unified", 0, 0, CGROUP_CONTROLLERS },
};

int cgroup_item_at(const struct cgroup_item *item, struct err *e)
{
	if (item->kind == CGROUP_ITEM_RDMA || item->kind == CGROUP_ITEM_UNIFIED)
		return err_at(e, "linux.resources.%s[\"%s\"]", kinds[item->kind].name, item->name);
	return err_at(e, "linux.resources.%s[%u]", kinds[item->kind].name, item->index);
}

enum cgroup_controller cgroup_item_controller(const struct cgroup_item *item)
{
	return item->kind == CGROUP_ITEM_UNIFIED ? cgroup_of_word(item->name, strcspn(item->name, ".")) : kinds[item->kind].controller;
}

/* A file that only some kernels have: option says which. */
static int put(const char *directory, const char *file, const char *text, const char *option, struct err *e)
{
	if (cgroup_put(directory, file, text, e) == 0)
		return 0;
	return e->number == ENOENT ? err_num(e, ENOENT, "no %s here (%s)", file, option) : -1;
}

/* blkio.weight was CFQ's, which went with Linux 5.0; BFQ has names of its own. v2's io.weight is iocost's, and runc writes it only where BFQ is not. */
static int put_weight(const char *directory, bool v2, const char *device, uint64_t weight, struct err *e)
{
	char text[64], file[32];
	bool plain = v2 ? !cgroup_has_file(directory, "io.bfq.weight") : cgroup_has_file(directory, "blkio.weight");
	if (weight < 10 || weight > 1000)
		return err_set(e, "weight %llu is not within 10 … 1000", (unsigned long long)weight);
	snprintf(file, sizeof file, "%s.%sweight%s", v2 ? "io" : "blkio", plain ? "" : "bfq.", *device && !v2 ? "_device" : "");
	snprintf(text, sizeof text, "%s%llu", device, (unsigned long long)(v2 && plain ? cgroup_io_weight(weight) : weight));
	return put(directory, file, text, v2 ? "CONFIG_BFQ_GROUP_IOSCHED, CONFIG_BLK_CGROUP_IOCOST" : "CONFIG_BFQ_GROUP_IOSCHED", e);
}

static int put_block(const char *directory, const struct cgroup_item *i, bool v2, struct err *e)
{
	char device[48], text[96];
	snprintf(device, sizeof device, "%lld:%lld ", (long long)i->major, (long long)i->minor);
	if (i->kind == CGROUP_ITEM_WEIGHT)
		return put_weight(directory, v2, device, i->value, e);
	if (i->kind == CGROUP_ITEM_LEAF_WEIGHT && v2)
		return 0;   /* v2 has no such thing: a cgroup with children has no processes */
	if (!v2)
		snprintf(text, sizeof text, "%s%llu", device, (unsigned long long)i->value);
	else if (i->value)
		snprintf(text, sizeof text, "%s%s=%llu", device, kinds[i->kind].v2, (unsigned long long)i->value);
	else
		snprintf(text, sizeof text, "%s%s=max", device, kinds[i->kind].v2);   /* as 0 on v1: no limit */
	return put(directory, v2 ? "io.max" : kinds[i->kind].v1, text, i->kind == CGROUP_ITEM_LEAF_WEIGHT ? "CONFIG_CFQ_GROUP_IOSCHED, before Linux 5.0" : "CONFIG_BLK_DEV_THROTTLING", e);
}

/* Both counts: of what is in use, and of what is reserved by mmap(2), since Linux 5.7. */
static int put_hugepages(const char *directory, const struct cgroup_item *i, bool v2, struct err *e)
{
	char file[64], text[24];
	snprintf(text, sizeof text, "%llu", (unsigned long long)i->value);
	snprintf(file, sizeof file, "hugetlb.%.24s.%s", i->name, v2 ? "max" : "limit_in_bytes");
	if (cgroup_put(directory, file, text, e) < 0)
		return e->number == ENOENT ? err_num(e, ENOENT, "no huge pages of %.24s here (CONFIG_HUGETLBFS; hugepagesz= names sizes that the CPU has)", i->name) : -1;
	snprintf(file, sizeof file, "hugetlb.%.24s.rsvd.%s", i->name, v2 ? "max" : "limit_in_bytes");
	return cgroup_has_file(directory, file) ? cgroup_put(directory, file, text, e) : 0;
}

static int put_rdma(const char *directory, const struct cgroup_item *i, struct err *e)
{
	char text[320], handles[32] = "", objects[32] = "";
	if (i->handles >= 0)
		snprintf(handles, sizeof handles, " hca_handle=%lld", (long long)i->handles);
	if (i->objects >= 0)
		snprintf(objects, sizeof objects, " hca_object=%lld", (long long)i->objects);
	snprintf(text, sizeof text, "%.240s%s%s", i->name, handles, objects);
	return cgroup_put(directory, "rdma.max", text, e);
}

static int put_priority(const char *directory, const struct cgroup_item *i, struct err *e)
{
	char text[96];
	snprintf(text, sizeof text, "%.64s %llu", i->name, (unsigned long long)i->value);
	return cgroup_put(directory, "net_prio.ifpriomap", text, e);
}

static int put_item(const char *directory, const struct cgroup_item *i, bool v2, struct err *e)
{
	switch (i->kind) {
	case CGROUP_ITEM_HUGEPAGES: return put_hugepages(directory, i, v2, e);
	case CGROUP_ITEM_PRIORITY: return put_priority(directory, i, e);
	case CGROUP_ITEM_RDMA: return put_rdma(directory, i, e);
	case CGROUP_ITEM_UNIFIED: return cgroup_put(directory, i->name, i->text, e);
	default: return put_block(directory, i, v2, e);
	}
}

/* Where the controller's files are, if that is in a directory of this version; else 0. */
static const char *directory_of(const struct cgroup *g, enum cgroup_controller c, bool v2)
{
	const struct cgroup_dir *d = cgroup_dir_of(g, c);
	return d && d->v2 == v2 ? cgroup_dir_path(g, d) : 0;
}

static int apply_values(const struct cgroup *g, const struct cgroup_limits *l, bool v2, struct err *e)
{
	const char *blkio = directory_of(g, CGROUP_BLKIO, v2), *net_cls = directory_of(g, CGROUP_NET_CLS, v2);
	char text[24];
	if (blkio && cgroup_wants(l, CGROUP_BLKIO_WEIGHT) && put_weight(blkio, v2, "", (uint64_t)l->value[CGROUP_BLKIO_WEIGHT], e) < 0)
		return cgroup_value_at(e, CGROUP_BLKIO_WEIGHT);
	snprintf(text, sizeof text, "%lld", (long long)l->value[CGROUP_BLKIO_LEAF_WEIGHT]);
	if (blkio && !v2 && cgroup_wants(l, CGROUP_BLKIO_LEAF_WEIGHT) && put(blkio, "blkio.leaf_weight", text, "CONFIG_CFQ_GROUP_IOSCHED, before Linux 5.0", e) < 0)
		return cgroup_value_at(e, CGROUP_BLKIO_LEAF_WEIGHT);
	if (net_cls && cgroup_wants(l, CGROUP_NET_CLASS) && cgroup_put_number(net_cls, "net_cls.classid", l->value[CGROUP_NET_CLASS], e) < 0)
		return cgroup_value_at(e, CGROUP_NET_CLASS);
	return 0;
}

int cgroup_items_apply(const struct cgroup *g, const struct cgroup_limits *limits, bool v2, struct err *e)
{
	if (apply_values(g, limits, v2, e) < 0)
		return -1;
	for (size_t i = 0; i < limits->item_count; i++) {
		const struct cgroup_item *item = &limits->items[i];
		const struct cgroup_dir *tree = v2 && item->kind == CGROUP_ITEM_UNIFIED ? cgroup_dir_v2(g) : 0;
		const char *directory = item->kind != CGROUP_ITEM_UNIFIED ? directory_of(g, cgroup_item_controller(item), v2) : tree ? cgroup_dir_path(g, tree) : 0;
		if (directory && put_item(directory, item, v2, e) < 0)
			return cgroup_item_at(item, e);
	}
	return 0;
}
