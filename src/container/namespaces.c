/* SPDX-License-Identifier: ISC */
/* linux.namespaces, ID mappings and time offsets (runtime-spec, config-linux.md). */
#include "container/namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/io.h"
#include "container/listener.h"
#include "container/net_devices.h"
#include "container/notify.h"
#include "container/wire.h"
#include "kernel/ids.h"
#include "kernel/net.h"
#include "kernel/ns.h"
#include "kernel/sysctl.h"

static const struct namespace_spec *find(const struct container *c, enum namespace_type type)
{
	const struct linux_config *l = c->config.linux_;
	for (uint32_t i = 0; l && i < l->namespaces.count; i++)
		if (l->namespaces.items[i].type == (int32_t)type)
			return &l->namespaces.items[i];
	return 0;
}

static const char *path_of(const struct namespace_spec *n)
{
	return n && n->path && *n->path ? n->path : 0;
}

bool namespace_own(const struct container *c, enum namespace_type type)
{
	return find(c, type);
}

bool namespace_joined(const struct container *c, enum namespace_type type)
{
	return path_of(find(c, type));
}

bool namespace_new(const struct container *c, enum namespace_type type)
{
	return find(c, type) && !namespace_joined(c, type);
}

bool namespaces_need_joiner(const struct container *c)
{
	const struct linux_config *l = c->config.linux_;
	bool any = false;
	for (uint32_t i = 0; l && i < l->namespaces.count; i++)
		any |= path_of(&l->namespaces.items[i]) != 0;
	return namespace_new(c, NS_TIME) || (any && (namespace_own(c, NS_USER) || namespace_joined(c, NS_PID)));
}

bool namespace_network_beside(const struct container *c)
{
	return namespace_new(c, NS_NETWORK) && !namespace_own(c, NS_USER) && !namespaces_need_joiner(c);
}

static int check_maps(const struct container *c, struct err *e)
{
	const struct linux_config *l = c->config.linux_;
	if (!namespace_new(c, NS_USER))
		return 0;
	bool root[2] = { false, false };
	for (uint32_t i = 0; i < l->uidMappings.count; i++)
		root[0] |= l->uidMappings.items[i].containerID == 0 && l->uidMappings.items[i].size;
	for (uint32_t i = 0; i < l->gidMappings.count; i++)
		root[1] |= l->gidMappings.items[i].containerID == 0 && l->gidMappings.items[i].size;
	if (!root[0] || !root[1])
		return err_set(e, "linux.%cidMappings: a new user namespace needs one for container ID 0", root[0] ? 'g' : 'u');
	return 0;
}

static int check_sysctls(const struct container *c, struct err *e)
{
	const struct linux_config *l = c->config.linux_;
	for (uint32_t i = 0; l && i < l->sysctl.count; i++) {
		const char *name = l->sysctl.items[i].key;
		int type = sysctl_namespace(name);
		if (strcmp(name, "kernel.domainname") == 0 && c->config.domainname && strcmp(c->config.domainname, l->sysctl.items[i].value) != 0)
			return err_set(e, "linux.sysctl[\"%s\"]: is not what domainname says", name);
		if (type == SYSCTL_IS_HOSTNAME)
			return err_set(e, "linux.sysctl[\"%s\"]: has a property of its own, hostname", name);
		if (type == SYSCTL_NOT_NAMESPACED)
			return err_set(e, "linux.sysctl[\"%s\"]: is the whole host's, not a container's", name);
		if (!namespace_own(c, (enum namespace_type)type))
			return err_set(e, "linux.sysctl[\"%s\"]: needs a %s namespace of the container's own in linux.namespaces", name, ns_types[type].word);
	}
	return 0;
}

int namespaces_check(const struct container *c, struct err *e)
{
	const struct linux_config *l = c->config.linux_;
	if (getauxval(AT_EUID) != 0 && !namespace_own(c, NS_USER))
		return err_set(e, "linux.namespaces: rootless container requires user namespaces");
	if (l && l->timeOffsets.count && !namespace_new(c, NS_TIME))
		return err_set(e, "linux.timeOffsets: needs a new time namespace in linux.namespaces");
	if (l && !namespace_own(c, NS_MOUNT) && (l->maskedPaths.count || l->readonlyPaths.count))
		return err_set(e, "linux.%s: needs a mount namespace of the container's own in linux.namespaces", l->maskedPaths.count ? "maskedPaths" : "readonlyPaths");
	return check_maps(c, e) < 0 || check_sysctls(c, e) < 0 ? -1 : 0;
}

int namespaces_open(struct container *c, struct err *e)
{
	const struct linux_config *l = c->config.linux_;
	c->new_namespaces = 0;
	for (uint32_t i = 0; l && i < l->namespaces.count; i++) {
		const struct namespace_spec *n = &l->namespaces.items[i];
		const char *path = path_of(n);
		if (!path) {
			c->new_namespaces |= ns_types[n->type].flag;
			continue;
		}
		c->joined[n->type] = ns_open(path, n->type, e);
		if (c->joined[n->type] < 0)
			return err_at(e, "linux.namespaces[%u].path", (unsigned)i);
	}
	return 0;
}

/* What a process may join depends on its user namespace: the host's is tried first, then that of the container. Joining a mount namespace changes what
 * paths mean, so that it is last. */
int namespaces_join(struct container *c, struct err *e)
{
	static const uint8_t order[] = { NS_PID, NS_NETWORK, NS_IPC, NS_UTS, NS_CGROUP, NS_TIME, NS_USER, NS_PID, NS_NETWORK, NS_IPC, NS_UTS, NS_CGROUP, NS_TIME, NS_MOUNT };
	bool user_joined = c->joined[NS_USER] < 0;
	for (size_t i = 0; i < sizeof order; i++) {
		int type = order[i];
		if (c->joined[type] < 0)
			continue;
		if (ns_join(c->joined[type], type, e) < 0) {
			if (e->number == EPERM && !user_joined && type != NS_USER)
				continue;
			return err_at(e, "linux.namespaces: cannot join %s", find(c, (enum namespace_type)type)->path);
		}
		user_joined |= type == NS_USER;
		c->joined[type] = io_close(c->joined[type]);
	}
	return 0;
}

int namespaces_new_time(struct container *c, struct err *e)
{
	struct ns_time_offset offsets[4];
	const struct linux_config *l = c->config.linux_;
	size_t count = 0;
	if (unshare((int)ns_types[NS_TIME].flag) < 0)
		return err_sys(e, "linux.namespaces: cannot make a time namespace");
	for (uint32_t i = 0; i < l->timeOffsets.count; i++) {
		if (count == sizeof offsets / sizeof *offsets)
			break;   /* spec/ knows two clocks */
		offsets[count++] = (struct ns_time_offset){
			.boottime = *l->timeOffsets.items[i].key == 'b', .seconds = l->timeOffsets.items[i].value->secs, .nanoseconds = l->timeOffsets.items[i].value->nanosecs,
		};
	}
	return count && ns_write_time_offsets(offsets, count, e) < 0 ? err_at(e, "linux.timeOffsets") : 0;
}

typedef int (*write_map)(pid_t pid, const struct idmap *maps, size_t count, struct err *e);

static int write_uid(pid_t pid, const struct idmap *maps, size_t count, struct err *e)
{
	return ids_write_uid_map(pid, maps, count, e);
}

static int write_gid(pid_t pid, const struct idmap *maps, size_t count, struct err *e)
{
	return ids_write_gid_map(pid, maps, count, geteuid() != 0, e);
}

static int map(struct container *c, const struct id_mapping *from, size_t count, write_map write, const char *place, struct err *e)
{
	struct idmap maps[LIMIT_ID_MAPPINGS];
	if (count > LIMIT_ID_MAPPINGS)
		return ERR_LIMIT(e, place, LIMIT_ID_MAPPINGS);
	for (size_t i = 0; i < count; i++)
		maps[i] = (struct idmap){ from[i].containerID, from[i].hostID, from[i].size };
	return write(c->pid, maps, count, e) < 0 ? err_at(e, "%s", place) : 0;
}

int namespaces_map(struct container *c, struct err *e)
{
	const struct linux_config *l = c->config.linux_;
	if (map(c, l->gidMappings.items, l->gidMappings.count, write_gid, "linux.gidMappings", e) < 0)
		return -1;
	return map(c, l->uidMappings.items, l->uidMappings.count, write_uid, "linux.uidMappings", e);
}

int namespaces_become_root(struct container *c, struct err *e)
{
	(void)c;
	return ids_set(0, 0, 0, 0, true, false, e) < 0 ? err_at(e, "linux.uidMappings") : 0;
}

int namespaces_new_cgroup(struct container *c, struct err *e)
{
	(void)c;
	return unshare(CLONE_NEWCGROUP) < 0 ? err_sys(e, "linux.namespaces: cannot make a cgroup namespace") : 0;
}

static int open_own_network(struct err *e)
{
	int fd = openat(AT_FDCWD, "/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	return fd < 0 ? err_sys(e, "cannot open /proc/self/ns/net") : fd;
}

/* Whether this process has something to do in the network namespace of before: hooks, the host's devices, sockets that may be abstract ones. */
static bool returns(const struct container *c)
{
	return c->config.hooks || notify_wanted(c) || listener_wanted(c) || c->config.linux_->netDevices.count;
}

/* 0.05 ms, for whom the other would have to wait: init, where this process has a filter to find. */
static bool loopback_by_init(const struct container *c)
{
	return c->config.linux_->seccomp;
}

static int make_network(const struct container *c, bool back, int own, int *made, struct err *e)
{
	struct err lost;
	if (unshare(CLONE_NEWNET) < 0)
		return err_sys(e, "linux.namespaces: cannot make a network namespace");
	int result = (!loopback_by_init(c) && net_loopback_up(e) < 0) || (*made = open_own_network(e)) < 0 ? -1 : 0;
	if (back && ns_join(own, NS_NETWORK, &lost) < 0 && result == 0) {
		*e = lost;
		return err_at(e, "cannot return to the network namespace of before");
	}
	return result;
}

int namespaces_make_network(struct container *c, struct err *e)
{
	bool back = returns(c);
	int own = back ? open_own_network(e) : -1, made = -1;
	if (back && own < 0)
		return -1;
	int result = make_network(c, back, own, &made, e);
	/* before init has it: its sysctls may be those of a device */
	if (result == 0)
		result = net_devices_give(c, made, e);
	io_close_later(own);
	if (result == 0)
		result = wire_tell(c->wire, MESSAGE_NETWORK, made, e);   /* at once: init needs it 0.17 ms before RELEASE */
	io_close_later(made);
	return result;
}

int namespaces_take_network(struct container *c, struct err *e)
{
	struct message m;
	while (c->network < 0) {
		int got = plan_receive(c, &m, e);
		if (got <= 0)
			return got < 0 ? -1 : err_set(e, "the runtime is gone");
	}
	int result = ns_join(c->network, NS_NETWORK, e);
	c->network = io_close_later(c->network);
	return result == 0 && loopback_by_init(c) ? net_loopback_up(e) : result;
}

int namespaces_explain(const struct container *c, struct err *e)
{
	struct err lacks;
	for (int i = 0; i < NS_TYPES; i++)
		if (namespace_new(c, (enum namespace_type)i) && probe_need(ns_types[i].facility, &lacks) < 0)
			return err_set(e, "linux.namespaces: %s", lacks.text);
	return -1;
}
