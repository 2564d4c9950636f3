/* SPDX-License-Identifier: ISC */
/* The program in the containers: what it is asked for stands in /config.json, the bundle's config as it was written, whatever the runtime made of it. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <linux/capability.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/str.h"
#include "conform/inside.h"
#include "kernel/caps.h"
#include "kernel/rlimit.h"

DOCUMENT_REGIONS(inside_region, 65536, 8192, 131072);

static void put_line(const char *text)
{
	io_write(1, text, strlen(text));
	io_write(1, "\n", 1);
}

void wrong(struct inside *in, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	put_line(text);
	in->complaints++;
}

static int append(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	int result = fd < 0 ? -1 : io_write(fd, text, strlen(text));
	io_close(fd);
	return result;
}

void note(const char *format, ...)
{
	char text[600];
	va_list args;
	va_start(args, format);
	int length = vsnprintf(text, sizeof text - 1, format, args);
	va_end(args);
	if (length < 0 || (size_t)length >= sizeof text - 1)
		return;
	strcpy(text + length, "\n");
	append("/log/events", text);
}

int inside_main(int argc, char **argv, char **environment)
{
	static struct document d;
	static struct config config;
	struct err e;
	struct inside in = { .check = check_find(argv[0]), .config = &config, .argc = argc, .argv = argv, .environment = environment };
	DOCUMENT_INIT(&d, "/config.json", inside_region);
	if (!in.check)
		return 90;
	if (document_read(&d, AT_FDCWD, "/config.json", &e) < 0 || document_decode_first(&d, &config_object, &config, &e) < 0) {
		put_line(e.text);
		return 91;
	}
	if (in.check->inside)
		in.check->inside(&in);
	put_line("end");
	return 0;
}

/* --- hooks: DIR LABEL [HOW] ------------------------------------------------------------------------------------------------------------- */
static void record(const char *dir, const char *label, const char *kind, const char *text)
{
	char path[400];
	snprintf(path, sizeof path, "%s/%s.%s", dir, label, kind);
	append(path, text);
}

static void record_place(const char *dir, const char *label)
{
	static const char *const spaces[] = { "mnt", "uts", "ipc", "net", "pid" };
	char link[64], path[64], text[600];
	struct stat st;
	size_t used = 0;
	for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
		snprintf(path, sizeof path, "/proc/self/ns/%s", spaces[i]);
		ssize_t length = readlink(path, link, sizeof link - 1);
		link[length > 0 ? length : 0] = 0;
		used += (size_t)snprintf(text + used, sizeof text - used, "%s\n", link);
	}
	if (stat("/", &st) == 0)
		snprintf(text + used, sizeof text - used, "root %llu:%llu\n", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	record(dir, label, "place", text);
}

int hook_main(int argc, char **argv, char **environment)
{
	static char state[16384];
	char events[300], line[200];
	const char *dir = argv[0], *label = argv[1], *how = argc > 2 ? argv[2] : "";
	ssize_t length = io_read(0, state, sizeof state - 1);
	state[length > 0 ? length : 0] = 0;
	record(dir, label, "state", state);
	record_place(dir, label);
	for (int i = 0; i < argc; i++) {
		record(dir, label, "args", argv[i]);
		record(dir, label, "args", "\n");
	}
	for (int i = 0; environment[i]; i++) {
		record(dir, label, "env", environment[i]);
		record(dir, label, "env", "\n");
	}
	snprintf(events, sizeof events, "%s/events", dir);
	snprintf(line, sizeof line, "%s\n", label);
	if (append(events, line) < 0)
		return 92;
	if (strcmp(how, "sleep") == 0)
		sleep(30);
	return strcmp(how, "fail") == 0 ? 7 : 0;
}

/* --- the process ------------------------------------------------------------------------------------------------------------------------ */
void in_nothing(struct inside *in)
{
	(void)in;
}

void in_arguments(struct inside *in)
{
	const struct process *p = in->config->process;
	char here[1024];
	expect(in, (uint32_t)in->argc + 2 == p->args.count, "%d arguments, not %u", in->argc + 2, (unsigned)p->args.count);
	for (int i = 0; i < in->argc && (uint32_t)i + 2 < p->args.count; i++)
		expect(in, strcmp(in->argv[i], p->args.items[i + 2]) == 0, "args[%d] is \"%s\", not \"%s\"", i + 2, in->argv[i], p->args.items[i + 2]);
	expect(in, getcwd(here, sizeof here) && strcmp(here, p->cwd) == 0, "the working directory is %s, not %s", here, p->cwd);
	for (uint32_t i = 0; i < p->env.count; i++) {
		char name[100];
		size_t length = strcspn(p->env.items[i], "=");
		snprintf(name, sizeof name, "%.*s", (int)length, p->env.items[i]);
		const char *value = getenv(name);
		expect(in, value && strcmp(value, p->env.items[i] + length + 1) == 0, "the environment has %s=%s, not %s", name, value ? value : "(unset)", p->env.items[i]);
	}
}

static bool in_groups(const gid_t *groups, int count, int64_t gid)
{
	for (int i = 0; i < count; i++)
		if (groups[i] == (gid_t)gid)
			return true;
	return false;
}

void in_user(struct inside *in)
{
	const struct user_spec *u = in->config->process->user;
	gid_t groups[64];
	int count = getgroups(64, groups);
	expect(in, getuid() == u->uid && geteuid() == u->uid, "uid %u and effective %u, not %u", (unsigned)getuid(), (unsigned)geteuid(), (unsigned)u->uid);
	expect(in, getgid() == u->gid && getegid() == u->gid, "gid %u and effective %u, not %u", (unsigned)getgid(), (unsigned)getegid(), (unsigned)u->gid);
	for (uint32_t i = 0; i < u->additionalGids.count; i++)
		expect(in, in_groups(groups, count, u->additionalGids.items[i]), "group %lld is missing", (long long)u->additionalGids.items[i]);
	for (int i = 0; i < count; i++) {
		bool wanted = groups[i] == u->gid;
		for (uint32_t j = 0; j < u->additionalGids.count; j++)
			wanted |= (gid_t)u->additionalGids.items[j] == groups[i];
		expect(in, wanted, "is in group %u, which was not asked for", (unsigned)groups[i]);
	}
	if (spec_has(&user_spec_object, u, "umask")) {
		mode_t mask = umask(0);
		expect(in, mask == u->umask, "the umask is %04o, not %04o", (unsigned)mask, (unsigned)u->umask);
	}
}

static uint64_t asked(const struct strings *names, uint64_t known)
{
	uint64_t set = 0;
	for (uint32_t i = 0; i < names->count; i++) {
		int number = caps_find(names->items[i]);
		if (number >= 0)
			set |= 1ull << number;
	}
	return set & known;
}

/* A line of /proc/self/status. */
static bool status_line(const char *name, char *value, size_t size)
{
	static char text[8192];
	struct err e;
	if (!*text && io_read_file(AT_FDCWD, "/proc/self/status", text, sizeof text, &e) < 0)
		return false;
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (str_starts(line, name) && line[strlen(name)] == ':') {
			line += strlen(name) + 1;
			line += strspn(line, " \t");
			snprintf(value, size, "%.*s", (int)strcspn(line, "\n"), line);
			return true;
		}
	return false;
}

static void one_set(struct inside *in, const char *word, const char *line, const struct strings *names, uint64_t known)
{
	char value[64] = "";
	status_line(line, value, sizeof value);
	uint64_t found = strtoull(value, 0, 16), wanted = asked(names, known);
	for (unsigned i = 0; i < CAPS_COUNT; i++)
		if ((found ^ wanted) >> i & 1)
			wrong(in, "%s is %s the %s set", caps_name(i), found >> i & 1 ? "without being asked for in" : "missing in", word);
}

void in_capabilities(struct inside *in)
{
	const struct capabilities *c = in->config->process->capabilities;
	uint64_t known = 0;
	for (unsigned i = 0; i < CAPS_COUNT; i++)
		if (prctl(PR_CAPBSET_READ, (unsigned long)i, 0, 0, 0) >= 0)
			known |= 1ull << i;
	one_set(in, "effective", "CapEff", &c->effective, known);
	one_set(in, "permitted", "CapPrm", &c->permitted, known);
	one_set(in, "inheritable", "CapInh", &c->inheritable, known);
	one_set(in, "bounding", "CapBnd", &c->bounding, known);
	one_set(in, "ambient", "CapAmb", &c->ambient, known);
}

void in_rlimits(struct inside *in)
{
	const struct process *p = in->config->process;
	for (uint32_t i = 0; i < p->rlimits.count; i++) {
		const struct rlimit_spec *l = &p->rlimits.items[i];
		int resource = rlimit_find(l->type);
		struct { uint64_t soft, hard; } found = { 0, 0 };
		if (syscall(SYS_prlimit64, 0, resource, (void *)0, &found) < 0)
			wrong(in, "%s cannot be read: %s", l->type, strerror(errno));
		expect(in, found.soft == l->soft && found.hard == l->hard, "%s is %llu:%llu, not %llu:%llu", l->type, (unsigned long long)found.soft,
		       (unsigned long long)found.hard, (unsigned long long)l->soft, (unsigned long long)l->hard);
	}
}

void in_no_new_privileges(struct inside *in)
{
	int found = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	expect(in, found == in->config->process->noNewPrivileges, "no_new_privs is %d, not %d", found, in->config->process->noNewPrivileges);
}

void in_oom_score(struct inside *in)
{
	char text[32] = "";
	struct err e;
	io_read_file(AT_FDCWD, "/proc/self/oom_score_adj", text, sizeof text, &e);
	expect(in, atoi(text) == in->config->process->oomScoreAdj, "oom_score_adj is %d, not %d", atoi(text), (int)in->config->process->oomScoreAdj);
}

static void label(struct inside *in, const char *file, const char *wanted, const char *what)
{
	char text[300] = "";
	struct err e;
	if (!wanted)
		return;
	io_read_file(AT_FDCWD, file, text, sizeof text, &e);
	text[strcspn(text, "\n")] = 0;
	expect(in, str_starts(text, wanted), "the %s is \"%s\", not \"%s\"", what, text, wanted);
}

void in_labels(struct inside *in)
{
	label(in, "/proc/self/attr/current", in->config->process->apparmorProfile, "AppArmor profile");
	label(in, "/proc/self/attr/current", in->config->process->selinuxLabel, "SELinux label");
}

void in_descriptors(struct inside *in)
{
	struct dir d;
	struct dir_entry entry;
	int fd = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	expect(in, fd >= 0, "/proc/self/fd cannot be opened");
	dir_start(&d, fd);
	unsigned seen = 0;
	while (dir_next(&d, &entry) == 1) {
		int number = atoi(entry.name);
		char path[64], target[300];
		if (number <= 2)
			seen |= 1u << number;
		if (number <= 2 || number == fd)
			continue;
		snprintf(path, sizeof path, "/proc/self/fd/%d", number);
		ssize_t length = readlink(path, target, sizeof target - 1);
		target[length > 0 ? length : 0] = 0;
		wrong(in, "file descriptor %d is open: %s", number, target);
	}
	expect(in, seen == 7, "not all of the descriptors 0, 1 and 2 are open");
	io_close(fd);
}

void in_names(struct inside *in)
{
	struct utsname names;
	uname(&names);
	if (in->config->hostname)
		expect(in, strcmp(names.nodename, in->config->hostname) == 0, "the host name is %s, not %s", names.nodename, in->config->hostname);
	if (in->config->domainname)
		expect(in, strcmp(names.domainname, in->config->domainname) == 0, "the domain name is %s, not %s", names.domainname, in->config->domainname);
}
