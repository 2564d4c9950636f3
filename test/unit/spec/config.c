/* SPDX-License-Identifier: ISC */
/* spec: a config.json with every property, and that of `runc spec`. */
#include "spec/config.h"
#include "spec/freebsd.h"
#include "spec/solaris.h"
#include "spec/vm.h"
#include "spec/windows.h"
#include "spec/zos.h"
#include "documents.h"
#include "full.h"

static struct config c;

static void process(const struct process *p)
{
	ok(p->terminal && p->noNewPrivileges && p->consoleSize->height == 25 && p->consoleSize->width == 80, "terminal, noNewPrivileges, consoleSize");
	ok(p->user->uid == 1 && p->user->gid == 2 && p->user->umask == 63 && p->user->additionalGids.count == 2
	   && p->user->additionalGids.items[1] == 4294967295 && strcmp(p->user->username, "containeruser") == 0, "user");
	ok(p->args.count == 3 && strcmp(p->args.items[2], "echo \"x\"") == 0 && p->args.items[3] == 0, "args end with 0");
	ok(p->env.count == 2 && strcmp(p->env.items[1], "TERM=xterm") == 0 && p->env.items[2] == 0, "env too");
	ok(strcmp(p->cwd, "/root") == 0 && strcmp(p->commandLine, "cmd.exe") == 0, "cwd, commandLine");
	ok(p->capabilities->bounding.count == 1 && p->capabilities->effective.count == 2 && p->capabilities->inheritable.count == 0
	   && p->capabilities->permitted.count == 1 && strcmp(p->capabilities->ambient.items[0], "CAP_KILL") == 0, "capabilities");
	ok(p->rlimits.count == 2 && p->rlimits.items[0].hard == UINT64_MAX && p->rlimits.items[0].soft == 0
	   && strcmp(p->rlimits.items[1].type, "RLIMIT_NOFILE") == 0 && p->rlimits.items[1].soft == 512, "rlimits");
	ok(strcmp(p->apparmorProfile, "acme") == 0 && strncmp(p->selinuxLabel, "system_u", 8) == 0, "labels");
	ok(p->oomScoreAdj == -100 && spec_has(&process_object, p, "oomScoreAdj"), "oomScoreAdj");
	ok(strcmp(scheduler_policy_words.words[p->scheduler->policy], "SCHED_DEADLINE") == 0 && p->scheduler->nice == -5 && p->scheduler->flags.count == 1
	   && p->scheduler->runtime == 10000 && p->scheduler->deadline == 20000 && p->scheduler->period == 30000, "scheduler");
	ok(strcmp(io_class_words.words[p->ioPriority->class_], "IOPRIO_CLASS_IDLE") == 0 && p->ioPriority->priority == 4, "ioPriority");
	ok(strcmp(p->execCPUAffinity->initial, "7") == 0 && strcmp(p->execCPUAffinity->final, "0-3,7") == 0, "execCPUAffinity");
}

static void resources(const struct resources *r)
{
	ok(r->devices.count == 2 && !r->devices.items[0].allow && r->devices.items[1].major == 10 && strcmp(r->devices.items[1].access, "rw") == 0
	   && !spec_has(&device_rule_object, &r->devices.items[0], "major") && spec_has(&device_rule_object, &r->devices.items[1], "major"), "resources.devices");
	ok(r->memory->limit == 536870912 && r->memory->reservation == 0 && r->memory->swap == -1 && r->memory->kernel == -1 && r->memory->kernelTCP == -1
	   && r->memory->swappiness == 0 && !r->memory->disableOOMKiller && r->memory->useHierarchy && r->memory->checkBeforeUpdate, "memory");
	ok(spec_has(&memory_object, r->memory, "reservation") && spec_has(&memory_object, r->memory, "swappiness"), "zeroes that are there are there");
	ok(r->cpu->shares == 1024 && r->cpu->quota == 1000000 && r->cpu->burst == 1000000 && r->cpu->period == 500000 && r->cpu->realtimeRuntime == 950000
	   && r->cpu->realtimePeriod == 1000000 && strcmp(r->cpu->cpus, "2-3") == 0 && strcmp(r->cpu->mems, "0-7") == 0 && r->cpu->idle == 0, "cpu");
	ok(r->pids->limit == 0 && spec_has(&pids_object, r->pids, "limit"), "pids.limit may be 0");
	ok(r->blockIO->weight == 10 && r->blockIO->leafWeight == 11 && r->blockIO->weightDevice.items[0].leafWeight == 300
	   && r->blockIO->throttleReadBpsDevice.items[0].rate == 600 && r->blockIO->throttleWriteBpsDevice.items[0].rate == 601
	   && r->blockIO->throttleReadIOPSDevice.items[0].rate == 602 && r->blockIO->throttleWriteIOPSDevice.items[0].minor == 16, "blockIO");
	ok(r->hugepageLimits.count == 1 && r->hugepageLimits.items[0].limit == 9223372036854772000u, "hugepageLimits");
	ok(r->network->classID == 1048577 && strcmp(r->network->priorities.items[0].name, "eth0") == 0, "network");
	ok(r->rdma.count == 2 && strcmp(r->rdma.items[0].key, "mlx5_1") == 0 && r->rdma.items[0].value->hcaObjects == 10000
	   && r->rdma.items[1].value->hcaObjects == 0, "rdma");
	ok(r->unified.count == 2 && strcmp(r->unified.items[0].key, "io.max") == 0 && strcmp(r->unified.items[0].value, "259:0 rbps=2097152\n") == 0, "unified");
}

static void linux_section(const struct linux_config *l)
{
	ok(l->uidMappings.items[0].hostID == 1000 && l->gidMappings.items[0].size == 32000, "mappings");
	ok(l->sysctl.count == 1 && strcmp(l->sysctl.items[0].value, "1") == 0, "sysctl");
	ok(strcmp(l->cgroupsPath, "/myRuntime/myContainer") == 0, "cgroupsPath");
	ok(l->namespaces.count == NS_TYPES && l->namespaces.items[0].type == NS_PID && strcmp(l->namespaces.items[0].path, "/proc/1234/ns/pid") == 0
	   && l->namespaces.items[5].type == NS_USER && l->namespaces.items[7].type == NS_TIME && l->namespaces.items[7].path == 0, "namespaces");
	ok(l->devices.count == 2 && l->devices.items[0].fileMode == 438 && spec_has(&device_node_object, &l->devices.items[0], "uid")
	   && !spec_has(&device_node_object, &l->devices.items[1], "uid"), "devices");
	ok(l->netDevices.count == 2 && strcmp(l->netDevices.items[0].value->name, "container_eth0") == 0 && l->netDevices.items[1].value->name == 0, "netDevices");
	ok(strcmp(l->rootfsPropagation, "slave") == 0 && l->maskedPaths.count == 1 && l->readonlyPaths.count == 2 && l->mountLabel[0] == 's', "propagation, paths, label");
	ok(strcmp(l->intelRdt->closID, "guaranteed") == 0 && l->intelRdt->schemata.count == 1 && l->intelRdt->l3CacheSchema[0] == 'L'
	   && l->intelRdt->memBwSchema[0] == 'M' && l->intelRdt->enableMonitoring && l->intelRdt->enableCMT && !l->intelRdt->enableMBM, "intelRdt");
	ok(strcmp(l->memoryPolicy->mode, "MPOL_INTERLEAVE") == 0 && strcmp(l->memoryPolicy->nodes, "2-3") == 0 && l->memoryPolicy->flags.count == 1, "memoryPolicy");
	ok(strcmp(l->personality->domain, "LINUX32") == 0, "personality");
	ok(l->timeOffsets.count == 2 && l->timeOffsets.items[0].value->secs == -172800 && l->timeOffsets.items[1].value->nanosecs == 999999999, "timeOffsets");
	resources(l->resources);
	const struct seccomp_spec *s = l->seccomp;
	ok(strcmp(s->defaultAction, "SCMP_ACT_ERRNO") == 0 && s->defaultErrnoRet == 38 && s->architectures.count == 2 && s->flags.count == 1
	   && strcmp(s->listenerPath, "/run/s") == 0 && strcmp(s->listenerMetadata, "m") == 0, "seccomp");
	ok(s->syscalls.count == 2 && s->syscalls.items[0].names.count == 2 && s->syscalls.items[1].args.count == 2
	   && s->syscalls.items[1].args.items[0].value == UINT64_MAX && s->syscalls.items[1].args.items[0].valueTwo == 2
	   && strcmp(s->syscalls.items[1].args.items[1].op, "SCMP_CMP_EQ") == 0
	   && spec_has(&seccomp_rule_object, &s->syscalls.items[1], "errnoRet") && !spec_has(&seccomp_rule_object, &s->syscalls.items[0], "errnoRet"), "seccomp.syscalls");
}

static void other_platforms(void)
{
	ok(strcmp(c.solaris->cappedCPU->ncpus, "8") == 0 && strcmp(c.solaris->anet.items[0].linkProtection, "mac-nospoof, ip-nospoof") == 0, "solaris");
	ok(c.windows->resources->cpu->shares == 65535 && c.windows->resources->cpu->affinity.items[0].mask == 3 && c.windows->network->DNSSearchList.count == 2
	   && c.windows->credentialSpec.length == 43 && *c.windows->credentialSpec.text == '{', "windows");
	ok(c.vm->hwConfig->iomems.items[0].firstMFN == 33024 && c.vm->hwConfig->irqs.items[1] == 22 && strcmp(c.vm->kernel->initrd, "/initrd.img") == 0, "vm");
	ok(c.zos->namespaces.count == 2 && strcmp(c.zos->namespaces.items[1].type, "mount") == 0, "zos");
	ok(c.freebsd->jail->enforceStatfs == 2 && c.freebsd->jail->allow->mlock && !c.freebsd->jail->allow->suser && c.freebsd->devices.items[0].mode == 438, "freebsd");
}

static void every_property(void)
{
	is_str(decode(&config_object, &c, full), "ok", "a config with every property is decoded");
	ok(strcmp(c.ociVersion, "1.3.0") == 0 && strcmp(c.hostname, "slartibartfast") == 0 && strcmp(c.domainname, "example.org") == 0, "version and names");
	ok(strcmp(c.root->path, "rootfs") == 0 && c.root->readonly, "root");
	ok(c.mounts.count == 2 && c.mounts.items[0].options.count == 0 && strcmp(c.mounts.items[1].options.items[2], "idmap") == 0
	   && c.mounts.items[1].uidMappings.items[0].size == 10 && c.mounts.items[1].gidMappings.count == 1, "mounts");
	ok(c.hooks->prestart.items[0].timeout == 5 && strcmp(c.hooks->prestart.items[0].args.items[1], "b") == 0
	   && strcmp(c.hooks->createRuntime.items[0].path, "/bin/b") == 0 && strcmp(c.hooks->createContainer.items[0].path, "/bin/c") == 0
	   && strcmp(c.hooks->startContainer.items[0].path, "/bin/d") == 0 && strcmp(c.hooks->poststart.items[0].path, "/bin/e") == 0
	   && strcmp(c.hooks->poststop.items[0].path, "/bin/f") == 0, "hooks");
	ok(c.annotations.count == 2 && strcmp(c.annotations.items[0].key, "org.example.a") == 0 && *c.annotations.items[1].value == '\0', "annotations");
	process(c.process);
	linux_section(c.linux_);
	other_platforms();
	ok(c.node.unknown == 0 && c.linux_->node.unknown == 0 && c.process->node.unknown == 0, "no member of the specification is unknown");
}

/* What `runc spec` writes, with its nulls and white space. */
static void common_config(void)
{
	static const char text[] =
		"{\n\t'ociVersion': '1.2.1',\n\t'process': {\n\t\t'terminal': true,\n\t\t'user': {\n\t\t\t'uid': 0,\n\t\t\t'gid': 0\n\t\t},\n"
		"\t\t'args': [\n\t\t\t'sh'\n\t\t],\n\t\t'env': [\n\t\t\t'PATH=/usr/local/sbin:/usr/bin',\n\t\t\t'TERM=xterm'\n\t\t],\n\t\t'cwd': '/',\n"
		"\t\t'capabilities': {\n\t\t\t'bounding': [\n\t\t\t\t'CAP_AUDIT_WRITE',\n\t\t\t\t'CAP_KILL',\n\t\t\t\t'CAP_NET_BIND_SERVICE'\n\t\t\t],\n"
		"\t\t\t'ambient': null\n\t\t},\n\t\t'rlimits': [\n\t\t\t{\n\t\t\t\t'type': 'RLIMIT_NOFILE',\n\t\t\t\t'hard': 1024,\n\t\t\t\t'soft': 1024\n\t\t\t}\n"
		"\t\t],\n\t\t'noNewPrivileges': true\n\t},\n\t'root': {\n\t\t'path': 'rootfs',\n\t\t'readonly': true\n\t},\n\t'hostname': 'runc',\n"
		"\t'mounts': [\n\t\t{\n\t\t\t'destination': '/proc',\n\t\t\t'type': 'proc',\n\t\t\t'source': 'proc'\n\t\t}\n\t],\n"
		"\t'hooks': null,\n\t'linux': {\n\t\t'resources': {\n\t\t\t'devices': [\n\t\t\t\t{\n\t\t\t\t\t'allow': false,\n\t\t\t\t\t'access': 'rwm'\n\t\t\t\t}\n"
		"\t\t\t]\n\t\t},\n\t\t'namespaces': [\n\t\t\t{\n\t\t\t\t'type': 'pid'\n\t\t\t},\n\t\t\t{\n\t\t\t\t'type': 'uts',\n\t\t\t\t'path': ''\n\t\t\t}\n\t\t]\n\t}\n}\n";

	is_str(decode(&config_object, &c, text), "ok", "the config of `runc spec`");
	ok(c.process->user->uid == 0 && c.process->args.count == 1 && c.process->capabilities->ambient.count == 0 && c.hooks == 0, "null is absent");
	ok(!spec_has(&config_object, &c, "hooks") && spec_has(&config_object, &c, "mounts") && !spec_has(&config_object, &c, "no such member"), "also for spec_has");
	ok(!spec_has(&process_object, c.process, "oomScoreAdj") && c.process->oomScoreAdj == 0, "and absent is not 0");
	ok(c.linux_->resources->devices.count == 1 && c.linux_->namespaces.items[1].type == NS_UTS, "linux");
	is_str(decode(&config_object, &c, "{'ociVersion':'1.0.0','root':{'path':'r'}}"), "ok", "the least");
	ok(c.process == 0 && c.linux_ == 0 && c.mounts.items == 0, "nothing else is there");
}

int main(void)
{
	every_property();
	common_config();
	return done_testing();
}
