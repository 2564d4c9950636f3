/* SPDX-License-Identifier: ISC */
#include "check/needs.h"

#include <string.h>

#include "base/str.h"

static const char **list;

static void need(bool so, enum facility f, const char *place)
{
	if (so && !list[f])
		list[f] = place;
}

static void of_mounts(const struct config *c)
{
	for (uint32_t i = 0; i < c->mounts.count; i++) {
		const struct mount *m = &c->mounts.items[i];
		need(m->type && probe_filesystem(m->type), probe_filesystem(m->type ? m->type : ""), "mounts");
		need(m->uidMappings.count, FACILITY_MOUNT_SETATTR, "mounts");
		for (uint32_t j = 0; j < m->options.count; j++) {
			static const char *const recursive[] = { "rro", "rnosuid", "rnodev", "rnoexec", "rnosymfollow", "idmap", "ridmap" };
			need(str_word(m->options.items[j], recursive, sizeof recursive / sizeof *recursive) >= 0, FACILITY_MOUNT_SETATTR, "mounts");
		}
	}
}

static void of_process(const struct process *p)
{
	need(p->terminal, FACILITY_DEVPTS, "process.terminal");
	need(p->apparmorProfile && *p->apparmorProfile, FACILITY_APPARMOR, "process.apparmorProfile");
	need(p->selinuxLabel && *p->selinuxLabel, FACILITY_SELINUX, "process.selinuxLabel");
}

static void of_resources(const struct resources *r)
{
	const struct cpu_resources *cpu = r->cpu;
	bool set = cpu && (cpu->cpus || cpu->mems);
	need(r->devices.count, FACILITY_CGROUP_DEVICES, "linux.resources.devices");
	need(r->memory, FACILITY_CGROUP_MEMORY, "linux.resources.memory");
	need(set, FACILITY_CGROUP_CPUSET, "linux.resources.cpu");
	need(cpu && (!set || cpu->shares || cpu->quota || cpu->period || cpu->burst || cpu->idle || cpu->realtimeRuntime || cpu->realtimePeriod), FACILITY_CGROUP_CPU, "linux.resources.cpu");
	need(r->blockIO, FACILITY_CGROUP_BLKIO, "linux.resources.blockIO");
	need(r->hugepageLimits.count, FACILITY_CGROUP_HUGETLB, "linux.resources.hugepageLimits");
	need(r->network && r->network->classID, FACILITY_CGROUP_NET_CLS, "linux.resources.network");
	need(r->network && r->network->priorities.count, FACILITY_CGROUP_NET_PRIO, "linux.resources.network");
	need(r->pids, FACILITY_CGROUP_PIDS, "linux.resources.pids");
	need(r->rdma.count, FACILITY_CGROUP_RDMA, "linux.resources.rdma");
	need(r->unified.count, FACILITY_CGROUP_V2, "linux.resources.unified");
}

void needs_of(const struct config *c, const char *places[FACILITY_COUNT])
{
	const struct linux_config *l = c->linux_;
	list = places;
	of_mounts(c);
	if (c->process)
		of_process(c->process);
	for (uint32_t i = 0; l && i < l->namespaces.count; i++)
		need(true, FACILITY_NS_PID + (unsigned)l->namespaces.items[i].type, "linux.namespaces");
	if (!l)
		return;
	need(l->seccomp, FACILITY_SECCOMP_FILTER, "linux.seccomp");
	need(l->memoryPolicy, FACILITY_MEMORY_POLICY, "linux.memoryPolicy");
	need(l->intelRdt, FACILITY_RDT, "linux.intelRdt");
	need(l->mountLabel && *l->mountLabel, FACILITY_SELINUX, "linux.mountLabel");
	if (l->resources)
		of_resources(l->resources);
}
