/* SPDX-License-Identifier: ISC */
#include "container/idmapped.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>

#include "base/io.h"
#include "base/sys.h"
#include "container/namespaces.h"
#include "kernel/idmap.h"
#include "kernel/ids.h"
#include "kernel/mount_options.h"

static bool has_mapping(const struct mount *m)
{
	if (m->uidMappings.count || m->gidMappings.count)
		return true;
	for (uint32_t i = 0; i < m->options.count; i++)
		if (strcmp(m->options.items[i], "idmap") == 0 || strcmp(m->options.items[i], "ridmap") == 0)
			return true;
	return false;
}

static size_t take_maps(struct idmap *to, const struct id_mapping *from, size_t count)
{
	for (size_t i = 0; i < count && i < LIMIT_ID_MAPPINGS; i++)
		to[i] = (struct idmap){ from[i].containerID, from[i].hostID, from[i].size };
	return count < LIMIT_ID_MAPPINGS ? count : LIMIT_ID_MAPPINGS;
}

/* The mount's own mappings, or the container's for the bare option, as a user namespace. */
static int open_mapping(const struct container *c, const struct mount *m, struct err *e)
{
	struct idmap uids[LIMIT_ID_MAPPINGS], gids[LIMIT_ID_MAPPINGS];
	const struct linux_config *l = c->config.linux_;
	bool own = m->uidMappings.count || m->gidMappings.count;
	if (!own && !(l && l->uidMappings.count && l->gidMappings.count))
		return err_set(e, "idmap: no mapping: neither the mount has one nor the container");
	size_t uid_count = own ? take_maps(uids, m->uidMappings.items, m->uidMappings.count) : take_maps(uids, l->uidMappings.items, l->uidMappings.count);
	size_t gid_count = own ? take_maps(gids, m->gidMappings.items, m->gidMappings.count) : take_maps(gids, l->gidMappings.items, l->gidMappings.count);
	return idmap_userns(uids, uid_count, gids, gid_count, e);
}

bool idmapped_wanted(const struct container *c)
{
	for (uint32_t i = 0; namespace_own(c, NS_USER) && i < c->config.mounts.count; i++)
		if (has_mapping(&c->config.mounts.items[i]))
			return true;
	return false;
}

static int prepare_one(struct container *c, const struct mount *m, int *tree, struct err *e)
{
	static LARGE struct mount_options options;
	mount_options_clear(&options);
	for (uint32_t i = 0; i < m->options.count; i++)
		if (mount_option_add(&options, m->options.items[i], e) < 0)
			return err_at(e, "options[%u]", (unsigned)i);
	bool recursive = options.flags & MS_REC || (m->type && strcmp(m->type, "rbind") == 0);
	*tree = sys_open_tree(c->bundle_fd, m->source ? m->source : "", SYS_OPEN_TREE_CLONE | O_CLOEXEC | AT_NO_AUTOMOUNT | (recursive ? SYS_AT_RECURSIVE : 0));
	if (*tree < 0)
		return err_sys(e, "cannot open source \"%s\"", m->source ? m->source : "");
	int space = open_mapping(c, m, e);
	if (space < 0)
		return -1;
	struct sys_mount_attr attr = { .attr_set = SYS_MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)space };
	int result = sys_mount_setattr(*tree, "", AT_EMPTY_PATH | (options.extensions & MOUNT_RIDMAP ? SYS_AT_RECURSIVE : 0), &attr);
	if (result < 0)
		err_sys(e, "cannot map the mount's IDs%s", errno == EINVAL ? " (the filesystem can't)" : "");
	io_close(space);
	return result;
}

int idmapped_prepare(struct container *c, struct err *e)
{
	c->idmapped_count = 0;
	for (uint32_t i = 0; i < c->config.mounts.count; i++) {
		const struct mount *m = &c->config.mounts.items[i];
		if (!has_mapping(m))
			continue;
		if (c->idmapped_count == LIMIT_IDMAPPED_MOUNTS)
			return ERR_LIMIT(e, "mounts with an ID mapping in a user namespace", LIMIT_IDMAPPED_MOUNTS);
		c->idmapped[c->idmapped_count].mount = i;
		int *tree = &c->idmapped[c->idmapped_count++].tree;
		if (prepare_one(c, m, tree, e) < 0)
			return err_at(e, "mounts[%u] \"%s\"", (unsigned)i, m->destination);
	}
	return 0;
}

int idmapped_source(struct container *c, const struct mount *m, struct mount_request *r, struct err *e)
{
	if (!has_mapping(m))
		return 0;
	if (!namespace_own(c, NS_USER)) {
		r->userns_fd = open_mapping(c, m, e);
		return r->userns_fd < 0 ? -1 : 0;
	}
	for (unsigned i = 0; i < c->idmapped_count; i++)
		if (&c->config.mounts.items[c->idmapped[i].mount] == m) {
			r->source_fd = c->idmapped[i].tree;
			r->source_detached = true;
		}
	return 0;
}

void idmapped_done(struct container *c, const struct mount_request *r)
{
	io_close(r->userns_fd);
	for (unsigned i = 0; i < c->idmapped_count; i++)
		if (r->source_fd >= 0 && c->idmapped[i].tree == r->source_fd)
			c->idmapped[i].tree = io_close(c->idmapped[i].tree);
}
