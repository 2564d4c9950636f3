/* SPDX-License-Identifier: ISC */
/* Every flag of generate, in the order in which they act, as oci-runtime-tool has them (what clears, what adds, what removes one; mounts: removed before added); new properties behind those. */
#include "check/generate.h"

#include <string.h>

#include "base/str.h"

/* "@ FLAG-PREFIX PATH-PREFIX" begins a group; else OP, the flag's name, its member ("." for the same word), how values are cut:
 *   a:b:c    members of an object by position, '*' a key (an item with the same is replaced or removed), '?' may be missing, '!' -1 removes it, '%' -1 is no limit, '$' the rest of the text; behind the
 *            last one "name=value" parts; the first character is the separator where it is no letter
 *   k=v      of maps and env; "k" before ':' is the key of a map of objects; "," a list in one value
 */
static const char rows[] =
	"@ \n"
	"=oci-version ociVersion\n=hostname .\n=domainname .\n+label annotations k=v\n"
	"=rootfs-path root.path\n=rootfs-readonly root.readonly\npprivileged process.capabilities\n"
	"@ process.\n"
	"=args .\nfenv-file env k=v\n+env . k=v\n"
	"@process- process.\n"
	"=uid user.uid\n=gid user.gid\n=umask user.umask\n=username user.username\n+groups user.additionalGids ,\n=cwd .\n=no-new-privileges noNewPrivileges\n"
	"=terminal .\n+consolesize consoleSize width:height\n"
	"0cap-drop-all capabilities\n"
	"+cap-add capabilities ,CAP\n"
	"@process-cap-add- process.capabilities.\n"
	"+ambient . ,CAP\n+bounding . ,CAP\n+effective . ,CAP\n+inheritable . ,CAP\n+permitted . ,CAP\n"
	"@process- process.\n"
	"-cap-drop capabilities ,CAP\n"
	"@process-cap-drop- process.capabilities.\n"
	"-ambient . ,CAP\n-bounding . ,CAP\n-effective . ,CAP\n-inheritable . ,CAP\n-permitted . ,CAP\n"
	"@process-rlimits- process.rlimits\n"
	"0remove-all\n+add *type:%hard:%soft\n-remove *type\n"
	"@mounts- mounts\n"
	"0remove-all\n-remove *destination\njadd\n"
	"@hooks-prestart- hooks.prestart\n0remove-all\njadd\n"
	"@hooks-createRuntime- hooks.createRuntime\n0remove-all\njadd\n"
	"@hooks-createContainer- hooks.createContainer\n0remove-all\njadd\n"
	"@hooks-startContainer- hooks.startContainer\n0remove-all\njadd\n"
	"@hooks-poststart- hooks.poststart\n0remove-all\njadd\n"
	"@hooks-poststop- hooks.poststop\n0remove-all\njadd\n"
	"@linux- process.\n"
	"=apparmor apparmorProfile\n=selinux-label selinuxLabel\n=oom-score-adj oomScoreAdj\n"
	"@linux- linux.\n"
	"=cgroups-path cgroupsPath\n+masked-paths maskedPaths\n+readonly-paths readonlyPaths\n=mount-label mountLabel\n+sysctl . k=v\n"
	"=rootfs-propagation rootfsPropagation\n=intelRdt-closid intelRdt.closID\n=intelRdt-l3CacheSchema intelRdt.l3CacheSchema\n"
	"0namespace-remove-all namespaces\n+uidmappings uidMappings hostID:containerID:size\n+gidmappings gidMappings hostID:containerID:size\n"
	"+namespace-add namespaces *type:?$path\n-namespace-remove namespaces *type\n"
	"0device-remove-all devices\n+device-add devices type:major:minor:*path\n-device-remove devices *path\n"
	"@linux- linux.resources.\n"
	"+device-cgroup-add devices ,allow\n-device-cgroup-remove devices ,*allow\n=cpus cpu.cpus\n=mems cpu.mems\n=realtime-period cpu.realtimePeriod\n"
	"=realtime-runtime cpu.realtimeRuntime\n=disable-oom-kill memory.disableOOMKiller\n=pids-limit pids.limit\n+hugepage-limits-add hugepageLimits *pageSize:%limit\n"
	"-hugepage-limits-drop hugepageLimits *pageSize\n=network-classid network.classID\n+network-priorities network.priorities *name:!priority\n"
	"+unified . k=v\n+rdma . k\n"
	"@linux-cpu- linux.resources.cpu.\n"
	"=period .\n=quota .\n=shares .\n=burst .\n=idle .\n"
	"@linux-mem- linux.resources.memory.\n"
	"=limit .\n=reservation .\n=swap .\n=swappiness .\n=kernel-limit kernel\n=kernel-tcp kernelTCP\n=check-before-update checkBeforeUpdate\n"
	"@linux-blkio- linux.resources.blockIO.\n"
	"=weight .\n=leaf-weight leafWeight\n+weight-device weightDevice *major:*minor:!weight\n+leaf-weight-device weightDevice *major:*minor:!leafWeight\n"
	"+read-bps-device throttleReadBpsDevice *major:*minor:!rate\n+write-bps-device throttleWriteBpsDevice *major:*minor:!rate\n"
	"+read-iops-device throttleReadIOPSDevice *major:*minor:!rate\n+write-iops-device throttleWriteIOPSDevice *major:*minor:!rate\n"
	"@linux-seccomp- linux.seccomp\n"
	"sremove-all\nsdefault default\nsdefault-force force\nsarch arch\nserrno .\nskill .\nstrace .\nstrap .\nsallow .\nslog .\nsnotify .\nskill-process .\nskill-thread .\nsremove .\n"
	"@linux-seccomp- linux.seccomp.\n"
	"+flags . ,\n=default-errno defaultErrnoRet\n=listener-path listenerPath\n=listener-metadata listenerMetadata\n"
	"@linux- linux.\n"
	"+time-offset timeOffsets k:secs:?nanosecs\n+net-device netDevices k:?name\n=memory-policy-mode memoryPolicy.mode\n=memory-policy-nodes memoryPolicy.nodes\n"
	"+memory-policy-flags memoryPolicy.flags ,\n=personality personality.domain\n=intelRdt-memBwSchema intelRdt.memBwSchema\n+intelRdt-schemata intelRdt.schemata\n"
	"=intelRdt-monitoring intelRdt.enableMonitoring\n"
	"@process- process.\n"
	"+io-priority ioPriority class:priority\n=exec-cpu-initial execCPUAffinity.initial\n=exec-cpu-final execCPUAffinity.final\n"
	"@process-scheduler- process.scheduler.\n"
	"=policy .\n=nice .\n=priority .\n+flags . ,\n=runtime .\n=deadline .\n=period .\n"
	"@solaris- solaris.\n"
	"janet .\n=capped-cpu-ncpus cappedCPU.ncpus\n=capped-memory-physical cappedMemory.physical\n=capped-memory-swap cappedMemory.swap\n=limitpriv .\n"
	"=max-shm-memory maxShmMemory\n=milestone .\n"
	"@vm- vm.\n"
	"=hypervisor-path hypervisor.path\n=hypervisor-parameters hypervisor.parameters\n=kernel-path kernel.path\n=kernel-parameters kernel.parameters\n"
	"=kernel-initrd kernel.initrd\n=image-path image.path\n=image-format image.format\n"
	"@windows- windows.\n"
	"=hyperv-utilityVMPath hyperv.utilityVMPath\n=ignore-flushes-during-boot ignoreFlushesDuringBoot\n+layer-folders layerFolders\n+devices . *id:idType\njnetwork .\n"
	"=network-allowunqualifieddnsquery network.allowUnqualifiedDNSQuery\n=network-networkNamespace network.networkNamespace\njresources-cpu resources.cpu\n"
	"=resources-memory-limit resources.memory.limit\njresources-storage resources.storage\n=servicing .\n";

static size_t word(const char *text)
{
	return strcspn(text, " \n");
}

static void join(char *to, size_t size, const char *first, const char *second)
{
	size_t a = word(first), b = word(second);
	if (a + b < size) {   /* the rows are ours: test/tools/generate-flags sees all of them */
		memcpy(to, first, a);
		memcpy(to + a, second, b);
		to[a + b] = '\0';
	}
}

bool generate_next(struct generate_row *r)
{
	bool first = !r->at;
	const char *at = first ? rows : r->at;
	for (; *at == '@'; at = strchr(at, '\n') + 1) {
		r->prefix = at + 1;
		r->group = r->prefix + word(r->prefix) + 1;
	}
	if (!*at)
		return false;
	const char *name = at + 1, *next = name + word(name), *member = *next == ' ' ? next + 1 : next, *form = member + word(member);
	bool whole = word(r->group) && r->group[word(r->group) - 1] != '.';   /* the group is of one member: what follows the name is the form */
	r->flag = first ? 0 : r->flag + 1;
	r->op = *at;
	join(r->name, sizeof r->name, r->prefix, name);
	join(r->path, sizeof r->path, r->group, whole ? "" : *member == '.' ? name : member);
	form = whole ? member : *form == ' ' ? form + 1 : "";
	if (r->op == 's' && (*member == '.' || !word(member)))
		form = name;
	join(r->form, sizeof r->form, form, "");
	r->at = strchr(at, '\n') + 1;
	return true;
}

int generate_flag(struct generate *g, const char *name, const char *value)
{
	struct generate_row r = { .at = 0 };
	while (generate_next(&r))
		if (strcmp(r.name, name) == 0 && generate_apply(g, &r, value, true) < 0)
			return -1;
	return 0;
}
