/* SPDX-License-Identifier: ISC */
/* Rules between the parts of a config for Linux: runtime-spec, config-linux.md. */
#include "check/rules.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/io.h"
#include "base/path.h"
#include "base/str.h"
#include "kernel/seccomp.h"

enum presence { ABSENT, JOINED, NEW };

static enum presence has(const struct check *c, enum namespace_type type)
{
	const struct linux_config *l = c->config->linux_;
	for (uint32_t i = 0; i < l->namespaces.count; i++)
		if (l->namespaces.items[i].type == (int32_t)type && (l->namespaces.items[i].node.present & 1))
			return l->namespaces.items[i].path && *l->namespaces.items[i].path ? JOINED : NEW;
	return ABSENT;
}

/* What the tables demand an entry for should be a new namespace: a joined one is somebody else's. */
static void new_namespaces(struct check *c)
{
	const struct linux_config *l = c->config->linux_;
	const struct { bool set; enum namespace_type type; const char *member; } needs[] = {
		{ c->config->hostname && *c->config->hostname, NS_UTS, "hostname" }, { c->config->domainname && *c->config->domainname, NS_UTS, "domainname" },
		{ l->uidMappings.count > 0, NS_USER, "linux.uidMappings" }, { l->gidMappings.count > 0, NS_USER, "linux.gidMappings" },
		{ l->timeOffsets.count > 0, NS_TIME, "linux.timeOffsets" },
	};
	for (unsigned i = 0; i < sizeof needs / sizeof *needs; i++)
		if (needs[i].set && has(c, needs[i].type) == JOINED)
			rule_broken_at(c, "~N%s\1the %s namespace is not a new one", needs[i].member, namespace_words.words[needs[i].type]);
}

static void sysctls(struct check *c)
{
	static const struct { const char *prefix; enum namespace_type type; } owners[] = {
		{ "net.", NS_NETWORK }, { "fs.mqueue.", NS_IPC }, { "fs.mqueue.", NS_MOUNT }, { "kernel.shm", NS_IPC }, { "kernel.msg", NS_IPC }, { "kernel.sem", NS_IPC },
	};
	const struct string_map *map = &c->config->linux_->sysctl;
	for (uint32_t i = 0; i < map->count; i++)
		for (unsigned o = 0; o < sizeof owners / sizeof *owners; o++) {
			enum presence there = has(c, owners[o].type);
			if (str_starts(map->items[i].key, owners[o].prefix) && there != NEW)
				rule_broken_at(c, there == ABSENT ? "!Clinux.sysctl[\"%.300s\"]\1needs a new %s namespace" : "~Clinux.sysctl[\"%.300s\"]\1needs a new %s namespace",
				               map->items[i].key, namespace_words.words[owners[o].type]);
		}
}

static void existing_device(struct check *c, const struct device_node *d, uint32_t i)
{
	struct stat st;
	int fd = rule_open(c, d->path, O_NOFOLLOW);
	if (fd < 0)
		return;
	mode_t type = strcmp(d->type, "p") == 0 ? S_IFIFO : strcmp(d->type, "b") == 0 ? S_IFBLK : S_IFCHR;
	bool differs = fstat(fd, &st) < 0 || (st.st_mode & S_IFMT) != type || (type != S_IFIFO && st.st_rdev != makedev((unsigned)d->major, (unsigned)d->minor));
	io_close(fd);
	if (differs || (spec_has(&device_node_object, d, "fileMode") && (st.st_mode & 07777) != (d->fileMode & 07777))
	    || (spec_has(&device_node_object, d, "uid") && st.st_uid != d->uid) || (spec_has(&device_node_object, d, "gid") && st.st_gid != d->gid))
		rule_broken_at(c, "!Dlinux.devices[%u].path\1another file is there in the root filesystem", i);
}

static void devices(struct check *c)
{
	const struct device_node *d = c->config->linux_->devices.items;
	for (uint32_t i = 0; i < c->config->linux_->devices.count && i < LIMIT_MOUNTS; i++) {
		bool path = false, number = false, fifo;
		if (!d[i].type || !d[i].path)
			continue;
		fifo = *d[i].type == 'p';
		for (uint32_t before = 0; before < i; before++) {
			if (!d[before].type || !d[before].path)
				continue;
			path |= strcmp(d[i].path, d[before].path) == 0;
			number |= !fifo && (*d[i].type == 'b') == (*d[before].type == 'b') && *d[before].type != 'p' && d[i].major == d[before].major && d[i].minor == d[before].minor;
		}
		if (path)
			rule_broken_at(c, "!Dlinux.devices[%u].path\1is there twice", i);
		if (number)
			rule_broken_at(c, "~Dlinux.devices[%u]\1its type, major and minor are there twice", i);
		if (fifo && (d[i].major != 0 || d[i].minor != 0))
			rule_broken_at(c, "~Dlinux.devices[%u]\1a FIFO has no numbers", i);
		existing_device(c, &d[i], i);
	}
}

/* "0-3,7" */
static bool is_cpu_list(const char *text)
{
	for (const char *at = text;; at++) {
		size_t digits = strspn(at, "0123456789");
		at += digits;
		if (digits && *at == '-') {
			digits = strspn(at + 1, "0123456789");
			at += 1 + digits;
		}
		if (!digits || *at != ',')
			return digits && !*at;
	}
}

static void cpu_lists(struct check *c)
{
	const struct resources *r = c->config->linux_->resources;
	const struct { const char *text, *place; } all[] = {
		{ r && r->cpu ? r->cpu->cpus : 0, "linux.resources.cpu.cpus" }, { r && r->cpu ? r->cpu->mems : 0, "linux.resources.cpu.mems" },
		{ c->config->linux_->memoryPolicy ? c->config->linux_->memoryPolicy->nodes : 0, "linux.memoryPolicy.nodes" },
	};
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i].text && *all[i].text && !is_cpu_list(all[i].text))
			rule_broken_at(c, "~U%s\1is no list like 0-3,7", all[i].place);
}

static void resources(struct check *c)
{
	const struct resources *r = c->config->linux_->resources;
	const struct memory_resources *m = r ? r->memory : 0;
	if (m && m->limit > 0 && m->swap > 0 && m->swap < m->limit)
		rule_broken_at(c, "!Ylinux.resources.memory.swap\1is memory and swap together: less than limit");
	if (m && m->limit > 0 && m->reservation > m->limit)
		rule_broken_at(c, "~Ylinux.resources.memory.reservation\1more than limit");
}

/* user:role:type, with a level or without */
static void labels(struct check *c)
{
	const struct { const char *label, *place; } all[] = {
		{ c->config->linux_->mountLabel, "linux.mountLabel" }, { c->config->process ? c->config->process->selinuxLabel : 0, "process.selinuxLabel" },
	};
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		unsigned colons = 0;
		for (const char *at = all[i].label; at && *at; at++)
			colons += *at == ':';
		if (all[i].label && *all[i].label && colons < 2)
			rule_broken_at(c, "~L%s\1is no USER:ROLE:TYPE[:LEVEL]", all[i].place);
	}
}

static void seccomp(struct check *c)
{
	const struct seccomp_spec *s = c->config->linux_->seccomp;
	for (uint32_t i = 0; s && i < s->syscalls.count; i++)
		for (uint32_t n = 0; n < s->syscalls.items[i].names.count; n++)
			if (s->syscalls.items[i].names.items[n] && !seccomp_knows(s->syscalls.items[i].names.items[n]))
				rule_broken_at(c, "~Slinux.seccomp.syscalls[%u].names[%u]\1no such system call", i, n);
}

/* What the kernel takes for a network device: dev_valid_name() */
static bool is_device_name(const char *name)
{
	size_t length = strlen(name);
	return length > 0 && length < 16 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && strcspn(name, "/: \t\n\v\f\r") == length;
}

static void net_devices(struct check *c)
{
	const struct linux_config *l = c->config->linux_;
	for (uint32_t i = 0; i < l->netDevices.count; i++) {
		const char *key = l->netDevices.items[i].key, *name = l->netDevices.items[i].value ? l->netDevices.items[i].value->name : 0;
		if (!is_device_name(key))
			rule_broken_at(c, "!Vlinux.netDevices[\"%.300s\"]\1is no name of a network device", key);
		if (name && *name && !is_device_name(name))
			rule_broken_at(c, "!Vlinux.netDevices[\"%.300s\"].name\1is no name of a network device", key);
	}
	if (l->netDevices.count && has(c, NS_NETWORK) == ABSENT)
		rule_broken_at(c, "!Vlinux.netDevices\1needs a \"network\" entry in linux.namespaces");
}

void rules_linux(struct check *c)
{
	new_namespaces(c);
	sysctls(c);
	devices(c);
	resources(c);
	cpu_lists(c);
	labels(c);
	seccomp(c);
	net_devices(c);
}
