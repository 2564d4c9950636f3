/* SPDX-License-Identifier: ISC */
/* runlet spec: a config.json to begin with, as `runc spec` makes it. */
#include "cmd/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/out.h"
#include "kernel/cgroup.h"
#include "spec/version.h"

static const char *bundle, *file = "config.json";
static bool rootless;
static const struct option options[] = {
	{ "bundle",   'b', OPTION_TEXT, &bundle,   "DIR",  "the bundle that gets it (the working directory)" },
	{ "file",     'f', OPTION_TEXT, &file,     "FILE", "its name (config.json)" },
	{ "rootless", 0,   OPTION_FLAG, &rootless, 0,      "for a user who is not root: a user namespace, no network namespace, no resources" },
};

enum when { ALWAYS, ROOT, ROOTLESS, CGROUP2 };   /* CGROUP2: where that is all the host has */
struct part { enum when when; const char *text; };

#define CAPABILITIES "[\n\t\t\t\t\"CAP_AUDIT_WRITE\",\n\t\t\t\t\"CAP_KILL\",\n\t\t\t\t\"CAP_NET_BIND_SERVICE\"\n\t\t\t]"
#define MOUNT(where, type, source, options) \
	"\t\t{\n\t\t\t\"destination\": \"" where "\",\n\t\t\t\"type\": \"" type "\",\n\t\t\t\"source\": \"" source "\"" options "\n\t\t}"
#define OPTIONS(list) ",\n\t\t\t\"options\": [" list "]"
#define NAMESPACE(type) "\t\t\t{\n\t\t\t\t\"type\": \"" type "\"\n\t\t\t}"

static const struct part parts[] = {
	{ ALWAYS,
	  "{\n\t\"ociVersion\": \"" SPEC_VERSION "\",\n\t\"process\": {\n\t\t\"terminal\": true,\n\t\t\"user\": {\n\t\t\t\"uid\": 0,\n\t\t\t\"gid\": 0\n\t\t},\n"
	  "\t\t\"args\": [\n\t\t\t\"sh\"\n\t\t],\n\t\t\"env\": [\n\t\t\t\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\",\n\t\t\t\"TERM=xterm\"\n\t\t],\n"
	  "\t\t\"cwd\": \"/\",\n\t\t\"capabilities\": {\n\t\t\t\"bounding\": " CAPABILITIES ",\n\t\t\t\"effective\": " CAPABILITIES ",\n\t\t\t\"permitted\": " CAPABILITIES "\n\t\t},\n"
	  "\t\t\"rlimits\": [\n\t\t\t{\n\t\t\t\t\"type\": \"RLIMIT_NOFILE\",\n\t\t\t\t\"hard\": 1024,\n\t\t\t\t\"soft\": 1024\n\t\t\t}\n\t\t],\n"
	  "\t\t\"noNewPrivileges\": true\n\t},\n\t\"root\": {\n\t\t\"path\": \"rootfs\",\n\t\t\"readonly\": true\n\t},\n\t\"hostname\": \"runlet\",\n\t\"mounts\": [\n"
	  MOUNT("/proc", "proc", "proc", "") ",\n"
	  MOUNT("/dev", "tmpfs", "tmpfs", OPTIONS("\"nosuid\", \"strictatime\", \"mode=755\", \"size=65536k\"")) ",\n" },
	{ ROOT, MOUNT("/dev/pts", "devpts", "devpts", OPTIONS("\"nosuid\", \"noexec\", \"newinstance\", \"ptmxmode=0666\", \"mode=0620\", \"gid=5\"")) ",\n" },
	{ ROOTLESS, MOUNT("/dev/pts", "devpts", "devpts", OPTIONS("\"nosuid\", \"noexec\", \"newinstance\", \"ptmxmode=0666\", \"mode=0620\"")) ",\n" },
	{ ALWAYS,
	  MOUNT("/dev/shm", "tmpfs", "shm", OPTIONS("\"nosuid\", \"noexec\", \"nodev\", \"mode=1777\", \"size=65536k\"")) ",\n"
	  MOUNT("/dev/mqueue", "mqueue", "mqueue", OPTIONS("\"nosuid\", \"noexec\", \"nodev\"")) ",\n" },
	{ ROOT, MOUNT("/sys", "sysfs", "sysfs", OPTIONS("\"nosuid\", \"noexec\", \"nodev\", \"ro\"")) ",\n" },
	{ ROOTLESS, MOUNT("/sys", "none", "/sys", OPTIONS("\"rbind\", \"nosuid\", \"noexec\", \"nodev\", \"ro\"")) ",\n" },
	{ ALWAYS,
	  MOUNT("/sys/fs/cgroup", "cgroup", "cgroup", OPTIONS("\"nosuid\", \"noexec\", \"nodev\", \"relatime\", \"ro\"")) "\n\t],\n\t\"linux\": {\n" },
	{ ROOT,
	  "\t\t\"resources\": {\n\t\t\t\"devices\": [\n\t\t\t\t{\n\t\t\t\t\t\"allow\": false,\n\t\t\t\t\t\"access\": \"rwm\"\n\t\t\t\t}\n\t\t\t]\n\t\t},\n" },
	{ ROOTLESS,   /* two IDs are filled in */
	  "\t\t\"uidMappings\": [\n\t\t\t{\n\t\t\t\t\"containerID\": 0,\n\t\t\t\t\"hostID\": %u,\n\t\t\t\t\"size\": 1\n\t\t\t}\n\t\t],\n"
	  "\t\t\"gidMappings\": [\n\t\t\t{\n\t\t\t\t\"containerID\": 0,\n\t\t\t\t\"hostID\": %u,\n\t\t\t\t\"size\": 1\n\t\t\t}\n\t\t],\n" },
	{ ALWAYS, "\t\t\"namespaces\": [\n" NAMESPACE("pid") ",\n" },
	{ ROOT, NAMESPACE("network") ",\n" },
	{ ALWAYS, NAMESPACE("ipc") ",\n" NAMESPACE("uts") ",\n" },
	{ CGROUP2, NAMESPACE("cgroup") ",\n" },
	{ ROOTLESS, NAMESPACE("user") ",\n" },
	{ ALWAYS,
	  NAMESPACE("mount") "\n\t\t],\n\t\t\"maskedPaths\": [\n\t\t\t\"/proc/acpi\",\n\t\t\t\"/proc/asound\",\n\t\t\t\"/proc/kcore\",\n\t\t\t\"/proc/keys\",\n"
	  "\t\t\t\"/proc/latency_stats\",\n\t\t\t\"/proc/timer_list\",\n\t\t\t\"/proc/timer_stats\",\n\t\t\t\"/proc/sched_debug\",\n\t\t\t\"/sys/firmware\",\n\t\t\t\"/proc/scsi\"\n\t\t],\n"
	  "\t\t\"readonlyPaths\": [\n\t\t\t\"/proc/bus\",\n\t\t\t\"/proc/fs\",\n\t\t\t\"/proc/irq\",\n\t\t\t\"/proc/sys\",\n\t\t\t\"/proc/sysrq-trigger\"\n\t\t]\n\t}\n}\n" },
};

static bool cgroup2_alone(void)
{
	struct err unused;
	const struct cgroup_host *h = cgroup_host(&unused);
	return h && h->count == 1 && h->v2 == 0;
}

static void put(struct out *out)
{
	bool cgroup2 = cgroup2_alone();
	for (size_t i = 0; i < COUNT(parts); i++) {
		const struct part *p = &parts[i];
		if (p->when != ALWAYS && !(p->when == CGROUP2 ? cgroup2 : p->when == (rootless ? ROOTLESS : ROOT)))
			continue;
		if (strchr(p->text, '%'))
			out_printf(out, p->text, (unsigned)geteuid(), (unsigned)getegid());
		else
			out_text(out, p->text);
	}
}

static int write_spec(struct err *e)
{
	static char buffer[8192];
	struct out out;
	int dirfd = bundle ? open(bundle, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : AT_FDCWD;
	if (dirfd == -1)
		return err_sys(e, "cannot open the bundle %s", bundle);
	int fd = openat(dirfd, file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (bundle)
		io_close(dirfd);
	if (fd < 0)
		return errno == EEXIST ? err_set(e, "%s exists: it is not overwritten", file) : err_sys(e, "cannot make %s", file);
	out_init(&out, fd, buffer, sizeof buffer);
	put(&out);
	int result = out_flush(&out, e);
	io_close(fd);
	return result;
}

static int run(int argc, char **argv)
{
	struct err e;
	(void)argc;
	(void)argv;
	return write_spec(&e) < 0 ? cmd_fail(&e) : 0;
}

const struct command command_spec = {
	.name = "spec", .arguments = "", .summary = "write a config.json to begin with",
	.more = "It runs `sh` in a terminal, in the directory rootfs. Example: runlet spec -b /srv/web",
	.options = options, .option_count = COUNT(options), .run = run, .least = 0, .most = 0,
};
