/* SPDX-License-Identifier: ISC */
/* update (runc(8), runc-update): linux.resources of a living container changed, and kept merged, so that a later update knows what was not said again. */
#include "container/container.h"

#include <errno.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/out.h"
#include "container/bundle.h"
#include "container/resources.h"
#include "container/state.h"
#include "container/store.h"

/* What engines write for "not set": "", 0, an empty list. A 0 means something in a few. */
static bool is_unset(const struct object *table, const struct field *f, const void *member)
{
	static const char *const zero_counts[] = { "idle", "burst", "swappiness" };
	const struct string_map *list = member;
	const char *const *text = member;
	switch (f->kind) {
	case KIND_STRING:
		return !*text || !**text;
	case KIND_LIST: case KIND_MAP: case KIND_OBJECT_MAP:
		return !list->count;
	case KIND_I64: case KIND_U64:
		if (*(const uint64_t *)member || table == &pids_object)
			return false;
		for (size_t i = 0; i < sizeof zero_counts / sizeof *zero_counts; i++)
			if (strcmp(f->name, zero_counts[i]) == 0)
				return false;
		return true;
	}
	return false;
}

static size_t size_of(const struct field *f)
{
	switch (f->kind) {
	case KIND_BOOL: return sizeof(bool);
	case KIND_I64: case KIND_U64: return sizeof(uint64_t);
	case KIND_U32: return sizeof(uint32_t);
	case KIND_STRING: case KIND_OBJECT: return sizeof(void *);
	}
	return sizeof(struct string_map);
}

/* Members of one struct that another one has, too; those that are objects are left to the caller. */
static void overlay_flat(const struct object *table, void *to, const void *from)
{
	for (unsigned i = 0; i < table->count; i++) {
		const struct field *f = &table->fields[i];
		const char *member = (const char *)from + f->offset;
		if (f->kind == KIND_OBJECT || !(((const struct node *)from)->present >> i & 1) || is_unset(table, f, member))
			continue;
		memcpy((char *)to + f->offset, member, size_of(f));
		((struct node *)to)->present |= 1ull << i;
	}
}

/* *to: what base says, and change over it; memory, cpu … member by member. */
static int overlay(struct container *c, struct resources *to, const struct resources *base, const struct resources *change, struct err *e)
{
	*to = *base;
	overlay_flat(&resources_object, to, change);
	for (unsigned i = 0; i < resources_object.count; i++) {
		const struct field *f = &resources_object.fields[i];
		const void *old, *new;
		if (f->kind != KIND_OBJECT)
			continue;
		memcpy(&old, (const char *)base + f->offset, sizeof old);
		memcpy(&new, (const char *)change + f->offset, sizeof new);
		if (!new)
			continue;
		void *both = arena_array(&c->document->arena, 1, f->of->size, 16, e);
		if (!both)
			return -1;
		if (old)
			memcpy(both, old, f->of->size);
		overlay_flat(f->of, both, new);
		memcpy((char *)to + f->offset, &both, sizeof both);
		to->node.present |= 1ull << i;
	}
	return 0;
}

/* What the container has: from the last update, or from its config. */
static int read_kept(struct container *c, struct resources *kept, struct err *e)
{
	DOCUMENT_REGIONS(regions, LIMIT_RESOURCES_BYTES, LIMIT_RESOURCES_BYTES / 8, 4 * LIMIT_RESOURCES_BYTES);
	static struct document document;
	DOCUMENT_INIT(&document, STORE_RESOURCES, regions);
	if (document_read(&document, c->state_fd, STORE_RESOURCES, e) == 0)
		return document_decode_first(&document, &resources_object, kept, e);
	if (e->number != ENOENT)
		return -1;
	const struct linux_config *l = c->config.linux_;
	*kept = l && l->resources ? *l->resources : (struct resources){ 0 };
	return 0;
}

/* The record knows the directories before they are made. */
static int record_cgroups(struct container *c, struct err *e)
{
	size_t bytes;
	char *room = texts_room(c, &bytes);
	if (cgroup_format(&c->cgroup, room, bytes) < 0)
		return err_set(e, "linux.cgroupsPath: too long for the record");
	c->record.cgroups = texts_keep(c);
	return record_write(c->state_fd, &c->record, e);
}

static int apply(struct container *c, struct err *e)
{
	const char *before = c->record.cgroups;
	unsigned first = c->cgroup.count;
	struct err unused;
	cgroup_host_of((pid_t)c->record.pid);
	if (cgroup_extend(&c->cgroup, c->config.linux_ ? c->config.linux_->cgroupsPath : 0, c->id, &c->limits, e) < 0 || record_cgroups(c, e) < 0)
		return -1;
	if (cgroup_grow(&c->cgroup, first, e) == 0) {
		if (cgroup_update(&c->cgroup, &c->limits, e) == 0)
			return cgroup_move(&c->cgroup, first, e);
		cgroup_shrink(&c->cgroup, first);
	}
	c->record.cgroups = before;
	if (record_write(c->state_fd, &c->record, &unused) < 0)
		log_warn("%s", unused.text);
	return -1;
}

/* Whoever finds the file knows that the record's cgroups are no longer those of create: it is there before they change. */
static int keep(const struct container *c, const struct resources *r, struct err *e)
{
	static LARGE char text[LIMIT_RESOURCES_BYTES];
	struct out o;
	out_init(&o, -1, text, sizeof text);
	document_emit(&o, &resources_object, r, false);
	if (o.failed)
		return ERR_LIMIT(e, "linux.resources: bytes to be kept", LIMIT_RESOURCES_BYTES);
	return io_replace_file(c->state_fd, STORE_RESOURCES, text, o.used, 0600, e);
}

int container_update(struct container *c, const struct resources *change, struct err *e)
{
	struct resources kept, whole;
	struct err unused;
	if (state_find_alive(c, true, e) < 0)
		return -1;
	if (!c->cgroup.count)
		return err_set(e, "the container has no cgroup that could be limited");
	if (bundle_reread(c, e) < 0 || read_kept(c, &kept, e) < 0 || overlay(c, &whole, &kept, change, e) < 0)
		return -1;
	if (resources_change(c, &whole, change, e) < 0)
		return -1;
	bool is_kept = keep(c, &whole, e) == 0;
	if (is_kept && apply(c, e) == 0)
		return 0;
	/* also where only the sync of what was written failed */
	if (keep(c, &kept, &unused) < 0 && is_kept)
		log_warn("%s", unused.text);
	return -1;
}
