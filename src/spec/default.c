/* SPDX-License-Identifier: ISC */
/* The config.json to begin with (runtime-spec, config.md; runc-spec(8)): JSON in pieces, read by the same tables as any other. */
#include "spec/default.h"

#include <unistd.h>

#include "base/out.h"
#include "spec/table.h"
#include "spec/version.h"

enum when { ALWAYS, ROOT, ROOTLESS, IDS, CGROUP };   /* IDS: rootless, the caller's two are filled in */

#define CAPABILITIES "[\"CAP_AUDIT_WRITE\",\"CAP_KILL\",\"CAP_NET_BIND_SERVICE\"]"
#define MOUNT(where, type, source, more) "{\"destination\":\"" where "\",\"type\":\"" type "\",\"source\":\"" source "\"" more "}"
#define OPTIONS(list) ",\"options\":[" list "]"
#define DEVPTS "\"nosuid\",\"noexec\",\"newinstance\",\"ptmxmode=0666\",\"mode=0620\""
#define NAMESPACE(type) "{\"type\":\"" type "\"}"
#define MAPPING(member) "\"" member "\":[{\"containerID\":0,\"hostID\":%u,\"size\":1}]"

static const struct { enum when when; const char *text; } parts[] = {
	{ ALWAYS,
	  "{\"ociVersion\":\"" SPEC_VERSION "\",\"process\":{\"terminal\":true,\"user\":{\"uid\":0,\"gid\":0},\"args\":[\"sh\"],"
	  "\"env\":[\"" SPEC_DEFAULT_PATH "\",\"TERM=xterm\"],\"cwd\":\"/\","
	  "\"capabilities\":{\"bounding\":" CAPABILITIES ",\"effective\":" CAPABILITIES ",\"permitted\":" CAPABILITIES "},"
	  "\"rlimits\":[{\"type\":\"RLIMIT_NOFILE\",\"hard\":1024,\"soft\":1024}],\"noNewPrivileges\":true},"
	  "\"root\":{\"path\":\"rootfs\",\"readonly\":true},\"hostname\":\"runlet\",\"mounts\":["
	  MOUNT("/proc", "proc", "proc", "") ","
	  MOUNT("/dev", "tmpfs", "tmpfs", OPTIONS("\"nosuid\",\"strictatime\",\"mode=755\",\"size=65536k\"")) "," },
	{ ROOT, MOUNT("/dev/pts", "devpts", "devpts", OPTIONS(DEVPTS ",\"gid=5\"")) "," },
	{ ROOTLESS, MOUNT("/dev/pts", "devpts", "devpts", OPTIONS(DEVPTS)) "," },
	{ ALWAYS,
	  MOUNT("/dev/shm", "tmpfs", "shm", OPTIONS("\"nosuid\",\"noexec\",\"nodev\",\"mode=1777\",\"size=65536k\"")) ","
	  MOUNT("/dev/mqueue", "mqueue", "mqueue", OPTIONS("\"nosuid\",\"noexec\",\"nodev\"")) "," },
	{ ROOT, MOUNT("/sys", "sysfs", "sysfs", OPTIONS("\"nosuid\",\"noexec\",\"nodev\",\"ro\"")) "," },
	{ ROOTLESS, MOUNT("/sys", "none", "/sys", OPTIONS("\"rbind\",\"nosuid\",\"noexec\",\"nodev\",\"ro\"")) "," },
	{ ALWAYS, MOUNT("/sys/fs/cgroup", "cgroup", "cgroup", OPTIONS("\"nosuid\",\"noexec\",\"nodev\",\"relatime\",\"ro\"")) "],\"linux\":{" },
	{ ROOT, "\"resources\":{\"devices\":[{\"allow\":false,\"access\":\"rwm\"}]}," },
	{ IDS, MAPPING("uidMappings") "," MAPPING("gidMappings") "," },
	{ ALWAYS, "\"namespaces\":[" NAMESPACE("pid") "," },
	{ ROOT, NAMESPACE("network") "," },
	{ ALWAYS, NAMESPACE("ipc") "," NAMESPACE("uts") "," },
	{ CGROUP, NAMESPACE("cgroup") "," },
	{ ROOTLESS, NAMESPACE("user") "," },
	{ ALWAYS,
	  NAMESPACE("mount") "],\"maskedPaths\":[\"/proc/acpi\",\"/proc/asound\",\"/proc/kcore\",\"/proc/keys\",\"/proc/latency_stats\",\"/proc/timer_list\","
	  "\"/proc/timer_stats\",\"/proc/sched_debug\",\"/sys/firmware\",\"/proc/scsi\"],"
	  "\"readonlyPaths\":[\"/proc/bus\",\"/proc/fs\",\"/proc/irq\",\"/proc/sys\",\"/proc/sysrq-trigger\"]}}" },
};

static bool wanted(enum when when, unsigned flags)
{
	switch (when) {
	case ALWAYS: return true;
	case ROOT: return !(flags & SPEC_DEFAULT_ROOTLESS);
	case ROOTLESS: case IDS: return flags & SPEC_DEFAULT_ROOTLESS;
	case CGROUP: return flags & SPEC_DEFAULT_CGROUP;
	}
	return false;
}

int spec_default_config(struct document *d, unsigned flags, struct config *c, struct err *e)
{
	struct out out;
	out_init(&out, -1, d->text, d->text_size);
	for (unsigned i = 0; i < COUNT_OF(parts); i++) {
		if (!wanted(parts[i].when, flags))
			continue;
		if (parts[i].when == IDS)
			out_printf(&out, parts[i].text, (unsigned)geteuid(), (unsigned)getegid());
		else
			out_text(&out, parts[i].text);
	}
	if (out_flush(&out, e) < 0 || document_parse(d, out.used, e) < 0)
		return err_at(e, "the default config");
	return document_decode_first(d, &config_object, c, e);
}
