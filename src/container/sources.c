/* SPDX-License-Identifier: ISC */
/* Sources of bind mounts that the runtime opens for init. */
#include "container/sources.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/proc.h"
#include "base/str.h"
#include "container/namespaces.h"
#include "container/rootfs.h"
#include "container/wire.h"
#include "kernel/idmap.h"
#include "kernel/mount_bind.h"
#include "kernel/ns.h"
#include "kernel/probe.h"

static size_t take_maps(struct idmap *to, const struct id_mapping *from, size_t count)
{
	for (size_t i = 0; i < count && i < LIMIT_ID_MAPPINGS; i++)
		to[i] = (struct idmap){ from[i].containerID, from[i].hostID, from[i].size };
	return count < LIMIT_ID_MAPPINGS ? count : LIMIT_ID_MAPPINGS;
}

/* crun's "uids=CONTAINER-HOST-SIZE#…;gids=…": the part that begins with name. Returns how many, or -1: it does not parse. */
static int parse_maps(const char *text, const char *name, struct idmap *to)
{
	const char *at = strstr(text, name);
	int count = 0;
	for (at = at ? at + strlen(name) : ""; *at && *at != ';'; at += *at == '#') {
		uint64_t numbers[3];
		for (int i = 0; i < 3; i++) {
			char word[16];
			size_t length = strcspn(at, "-#;");
			if (snprintf(word, sizeof word, "%.*s", (int)length, at) >= (int)sizeof word || str_u64(word, &numbers[i]) < 0 || numbers[i] > UINT32_MAX)
				return -1;
			at += length;
			if (i < 2 && *at++ != '-')
				return -1;
		}
		if (count == LIMIT_ID_MAPPINGS)
			return -1;
		to[count++] = (struct idmap){ (uint32_t)numbers[0], (uint32_t)numbers[1], (uint32_t)numbers[2] };
	}
	return count;
}

/* The option's text, the mount's own mappings, or the container's. */
static int open_mapping(const struct container *c, const struct mount *m, const struct mount_options *o, struct err *e)
{
	struct idmap uids[LIMIT_ID_MAPPINGS], gids[LIMIT_ID_MAPPINGS];
	const struct linux_config *l = c->config.linux_;
	const struct id_mapping *uid_items = m->uidMappings.items, *gid_items = m->gidMappings.items;
	uint32_t uid_count = m->uidMappings.count, gid_count = m->gidMappings.count;
	if (o->idmap) {
		int uids_parsed = parse_maps(o->idmap, "uids=", uids), gids_parsed = parse_maps(o->idmap, "gids=", gids);
		if (uids_parsed <= 0 || gids_parsed <= 0)
			return err_set(e, "idmap=%s: expected uids=CONTAINER-HOST-SIZE;gids=CONTAINER-HOST-SIZE", o->idmap);
		return idmap_userns(uids, (size_t)uids_parsed, gids, (size_t)gids_parsed, e);
	}
	if (!uid_count && !gid_count) {
		if (namespace_own(c, NS_USER))
			return ns_open_pid(c->pid, NS_USER, e);
		if (!l || !l->uidMappings.count)
			return err_set(e, "idmap: no mapping is given");
		uid_items = l->uidMappings.items, uid_count = l->uidMappings.count;
		gid_items = l->gidMappings.items, gid_count = l->gidMappings.count;
	}
	return idmap_userns(uids, take_maps(uids, uid_items, uid_count), gids, take_maps(gids, gid_items, gid_count), e);
}

static bool is_mapped(const struct mount *m, const struct mount_options *o)
{
	return m->uidMappings.count || m->gidMappings.count || o->extensions & (MOUNT_IDMAP | MOUNT_RIDMAP);
}

static int enter_mounts(const struct container *c, struct err *e)
{
	int mounts = ns_open_pid(c->pid, NS_MOUNT, e);
	return mounts < 0 ? -1 : ns_join(mounts, NS_MOUNT, e);
}

/* Namespaces are opened by names in the runtime's /proc, the source by its name in init's mount namespace, where earlier mounts may have put it; of a container that lives, at the host. */
static int open_source(const struct container *c, const struct mount *m, struct err *e)
{
	static LARGE struct mount_options options;
	mount_options_clear(&options);
	for (uint32_t i = 0; i < m->options.count; i++)
		if (mount_option_add(&options, m->options.items[i], e) < 0)
			return err_at(e, "options[%u]", (unsigned)i);
	bool mapped = is_mapped(m, &options);
	int userns = mapped ? open_mapping(c, m, &options, e) : -1;
	if ((mapped && userns < 0) || (!c->live && enter_mounts(c, e) < 0))
		return -1;
	if (chdir(c->bundle) < 0)
		return err_sys(e, "cannot enter the bundle %s", c->bundle);
	struct mount_request r = { .source = m->source, .source_fd = -1, .userns_fd = userns, .options = &options };
	if (m->type && strcmp(m->type, "rbind") == 0)
		options.flags |= MS_REC;
	if (mapped || c->live)
		return mount_bind_detached(&r, e);
	int fd = openat(AT_FDCWD, m->source ? m->source : "", O_PATH | O_CLOEXEC);
	return fd < 0 ? err_sys(e, "cannot open source \"%s\"", m->source ? m->source : "") : fd;
}

static uint32_t host_id(const struct id_mapping *maps, uint32_t count, uint32_t id)
{
	for (uint32_t i = 0; i < count; i++)
		if (id - maps[i].containerID < maps[i].size)
			return maps[i].hostID + (id - maps[i].containerID);
	return 0;
}

static int open_device(const struct container *c, uint32_t index, struct err *e)
{
	const struct linux_config *l = c->config.linux_;
	if (index >= l->devices.count)
		return err_set(e, "no such device");
	struct dev_node node = rootfs_node(&l->devices.items[index]);
	node.uid = host_id(l->uidMappings.items, l->uidMappings.count, node.uid);
	node.gid = host_id(l->gidMappings.items, l->gidMappings.count, node.gid);
	umask(0);
	return enter_mounts(c, e) < 0 ? -1 : dev_detached(c->bundle, &node, e);
}

/* Devices are asked for by numbers behind those of all mounts. One that the runtime may not make, init binds from the host, with the owner and mode of there. */
static void answer(const struct container *c, uint32_t index, struct err *e)
{
	bool device = index >= LIMIT_MOUNTS;
	int fd = device ? open_device(c, index - LIMIT_MOUNTS, e) : index < c->config.mounts.count ? open_source(c, &c->config.mounts.items[index], e) : err_set(e, "no such mount");
	bool denied = fd < 0 && device && e->number != EMFILE && e->number != ENFILE && e->number != ENOMEM;
	_exit((fd < 0 && !denied ? wire_send_error(c->wire, e) : wire_send(c->wire, MESSAGE_SOURCE, 0, fd)) < 0);
}

int sources_answer(struct container *c, int32_t index, struct err *e)
{
	pid_t pid = proc_clone(0, -1);
	if (pid < 0)
		return err_sys(e, "cannot make a process");
	if (pid == 0)
		answer(c, (uint32_t)index, e);
	/* init waits for the answer */
	return proc_wait(pid) == 0 ? 0 : err_set(e, "cannot hand init the source of a mount, or a device");
}

/* An ordinary user's runtime can't open more than its init can. */
static bool can_open(const struct container *c, const struct mount_request *r)
{
	if (!namespace_own(c, NS_USER))
		return true;
	int fd = openat(AT_FDCWD, r->source ? r->source : "", O_PATH | O_CLOEXEC), number = errno;
	io_close(fd);
	return fd >= 0 || number != EACCES;
}

/* The answer's fd in c->source, -1 where there is none. */
static int ask(struct container *c, uint32_t index, struct err *e)
{
	struct message m;
	c->source = -1;
	if (wire_send(c->wire, MESSAGE_SOURCE, (int32_t)index, -1) < 0)
		return err_sys(e, "cannot talk to the runtime");
	do {
		int got = plan_receive(c, &m, e);
		if (got <= 0)
			return got < 0 ? -1 : err_set(e, "the runtime is gone");
	} while (m.type != MESSAGE_SOURCE);
	return 0;
}

int sources_device(struct container *c, uint32_t index, int *made, struct err *e)
{
	/* an ordinary user can't make one either; where mount_setattr(2) is, open_tree(2) is */
	if (!namespace_new(c, NS_USER) || c->record.owner || !probe_has(FACILITY_MOUNT_SETATTR))
		return 0;
	if (ask(c, LIMIT_MOUNTS + index, e) < 0)
		return -1;
	*made = c->source;
	return 0;
}

int sources_take(struct container *c, uint32_t index, struct mount_request *r, struct mount_options *o, struct err *e)
{
	const struct mount *m = &c->config.mounts.items[index];
	bool mapped = is_mapped(m, o);
	if (mapped && !(o->flags & MS_BIND))
		return err_set(e, "ID mappings are for bind mounts, not for type \"%s\"", r->type);
	if (!(o->flags & MS_BIND) || o->flags & MS_REMOUNT || (!mapped && !c->live && can_open(c, r)))
		return 0;
	if (ask(c, index, e) < 0)
		return -1;
	r->source_fd = c->source;
	r->source_detached = mapped || c->live;
	o->extensions &= ~(unsigned)(MOUNT_IDMAP | MOUNT_RIDMAP);
	return 0;
}
