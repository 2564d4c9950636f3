/* SPDX-License-Identifier: ISC */
/* Which hierarchies there are, and where in them a container goes. cgroups(7), proc_pid_mountinfo(5), proc_pid_cgroup(5);
 * runtime-spec, config-linux.md, "Cgroups Path". */
#include "kernel/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>
#include <linux/magic.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/path.h"
#include "base/str.h"
#include "kernel/cgroup_parts.h"
#include "kernel/mountinfo.h"
#include "kernel/probe.h"

static const struct { const char *v1, *v2; } words[CGROUP_CONTROLLERS] = {
	[CGROUP_CPU] = { "cpu", "cpu" }, [CGROUP_CPUACCT] = { "cpuacct", 0 }, [CGROUP_CPUSET] = { "cpuset", "cpuset" },
	[CGROUP_MEMORY] = { "memory", "memory" }, [CGROUP_DEVICES] = { "devices", 0 }, [CGROUP_FREEZER] = { "freezer", 0 },
	[CGROUP_BLKIO] = { "blkio", "io" }, [CGROUP_PIDS] = { "pids", "pids" }, [CGROUP_HUGETLB] = { "hugetlb", "hugetlb" },
	[CGROUP_NET_CLS] = { "net_cls", 0 }, [CGROUP_NET_PRIO] = { "net_prio", 0 }, [CGROUP_RDMA] = { "rdma", "rdma" },
	[CGROUP_PERF_EVENT] = { "perf_event", "perf_event" }, [CGROUP_MISC] = { "misc", "misc" }, [CGROUP_SYSTEMD] = { "name=systemd", 0 },
};
/* A v2 tree does these without a controller of that name: cpu.stat, a BPF program, cgroup.freeze */
#define V2_ALWAYS (CGROUP_BIT(CGROUP_CPUACCT) | CGROUP_BIT(CGROUP_DEVICES) | CGROUP_BIT(CGROUP_FREEZER))

static LARGE struct cgroup_host host;
static bool host_known, v2_known;
static pid_t host_pid;   /* 0: the caller */

const char *cgroup_word(enum cgroup_controller c)
{
	return words[c].v1;
}

const char *cgroup_word_v2(enum cgroup_controller c)
{
	return words[c].v2;
}

enum cgroup_controller cgroup_of_word(const char *word, size_t length)
{
	int c = 0;
	while (c < CGROUP_CONTROLLERS && !(words[c].v2 && strlen(words[c].v2) == length && strncmp(words[c].v2, word, length) == 0))
		c++;
	return c;
}

/* Bits of the words between separators; unknown words are left out. */
static uint32_t bits_of(const char *list, char separator, bool v2)
{
	uint32_t bits = 0;
	char stop[3] = { separator, '\n', 0 };
	while (*list) {
		size_t length = strcspn(list, stop);
		for (int c = 0; c < CGROUP_CONTROLLERS; c++) {
			const char *word = v2 ? words[c].v2 : words[c].v1;
			if (word && strlen(word) == length && strncmp(word, list, length) == 0)
				bits |= CGROUP_BIT(c);
		}
		list += length + (list[length] != 0);
	}
	return bits;
}

static const char *keep(struct cgroup_host *h, const char *text)
{
	size_t length = strlen(text) + 1;
	if (h->used + length > sizeof h->text)
		return 0;
	char *copy = memcpy(h->text + h->used, text, length);
	h->used += length;
	return copy;
}

static bool is_below(const char *path, const char *directory)
{
	size_t length = strlen(directory);
	return strncmp(path, directory, length) == 0 && (!path[length] || path[length] == '/');
}

/* What is mounted over a directory hides what was mounted in it before. */
static void forget_hidden(struct cgroup_host *h, const char *mount_point)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < h->count; i++)
		if (!is_below(h->hierarchies[i].mount, mount_point))
			h->hierarchies[kept++] = h->hierarchies[i];
	h->count = kept;
}

static int take_mount(void *context, const struct mountinfo *m)
{
	struct cgroup_host *h = context;
	bool v2 = strcmp(m->type, "cgroup2") == 0;
	struct cgroup_hierarchy one = { .v2 = v2 };
	forget_hidden(h, m->mount_point);
	if (!v2 && strcmp(m->type, "cgroup") != 0)
		return 0;
	one.controllers = v2 ? V2_ALWAYS : bits_of(m->super_options, ',', false);
	for (unsigned i = 0; i < h->count; i++)
		if (h->hierarchies[i].v2 == v2 && (v2 || h->hierarchies[i].controllers & one.controllers))
			return 0;   /* mounted a second time elsewhere */
	if ((!v2 && !one.controllers) || h->count == CGROUP_HIERARCHIES)
		return 0;
	one.mount = keep(h, m->mount_point);
	one.root = keep(h, m->root);
	if (one.mount && one.root)
		h->hierarchies[h->count++] = one;
	return 0;
}

/* The caller's cgroup below what is mounted: in a container both begin with the same directory of the host. */
static const char *below_root(const char *path, const char *root)
{
	if (strcmp(root, "/") == 0)
		return path;
	if (!is_below(path, root))
		return 0;
	path += strlen(root);
	return *path ? path : "/";
}

/* "8:pids:/path", "4:cpu,cpuacct:/path", "1:name=systemd:/path", "0::/path" */
static int take_own(void *context, char *line)
{
	struct cgroup_host *h = context;
	char *list = strchr(line, ':'), *path = list ? strchr(list + 1, ':') : 0;
	if (!path)
		return 0;
	*path++ = 0;
	bool v2 = !*++list;
	uint32_t bits = bits_of(list, ',', false);
	for (unsigned i = 0; i < h->count; i++) {
		struct cgroup_hierarchy *one = &h->hierarchies[i];
		if (one->v2 == v2 && (v2 || one->controllers & bits)) {
			const char *own = below_root(path, one->root);
			one->own = own ? keep(h, own) : 0;
		}
	}
	return v2 && h->count == 1;
}

int cgroup_host_parse(struct cgroup_host *h, int mountinfo_fd, int cgroup_fd, struct err *e)
{
	memset(h, 0, offsetof(struct cgroup_host, text));
	h->v2 = -1;
	if (mountinfo_each(mountinfo_fd, take_mount, h, e) < 0 || lines_each(cgroup_fd, take_own, h, e) < 0)
		return -1;
	for (unsigned i = 0; i < h->count; i++)
		if (h->hierarchies[i].v2)
			h->v2 = (int)i;
	return 0;
}

/* A host with the v2 tree alone, as runc tells one: it is /sys/fs/cgroup itself, and whole (inode 1), not a part of it bound there. Reading mountinfo costs
 * the kernel 0.07 ms on a machine with few mounts. */
#define UNIFIED_MOUNT "/sys/fs/cgroup"
static bool is_unified(void)
{
	struct statfs fs;
	struct stat st;
	return statfs(UNIFIED_MOUNT, &fs) == 0 && (unsigned long)fs.f_type == CGROUP2_SUPER_MAGIC && stat(UNIFIED_MOUNT, &st) == 0 && st.st_ino == 1;
}

static int read_unified(struct cgroup_host *h, int cgroup_fd, struct err *e)
{
	h->hierarchies[0] = (struct cgroup_hierarchy){ .v2 = true, .controllers = V2_ALWAYS, .mount = UNIFIED_MOUNT, .root = "/" };
	h->count = 1;
	h->v2 = 0;
	return lines_each(cgroup_fd, take_own, h, e) < 0 ? -1 : 0;
}

void cgroup_host_of(pid_t pid)
{
	host_pid = pid;
}

static int read_host(struct err *e)
{
	char path[32] = "/proc/self/cgroup";
	if (host_pid)
		snprintf(path, sizeof path, "/proc/%d/cgroup", (int)host_pid);
	int own = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC), result;
	host.v2 = -1;
	if (own < 0)   /* ENOENT: a kernel without control groups */
		return errno == ENOENT && access("/proc/self", F_OK) == 0 ? 0 : err_sys(e, "cannot read %s", path);
	if (is_unified()) {
		result = read_unified(&host, own, e);
	} else {
		int mounts = openat(AT_FDCWD, "/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
		result = mounts < 0 ? err_sys(e, "cannot read /proc/self/mountinfo") : cgroup_host_parse(&host, mounts, own, e);
		io_close(mounts);
	}
	io_close_later(own);
	return result;
}

const struct cgroup_host *cgroup_host(struct err *e)
{
	if (!host_known && !(host_known = read_host(e) == 0))
		err_at(e, "control groups");
	return host_known ? &host : 0;
}

/* The controllers of the v2 tree are only read when one is looked for that v1 does not have. */
static void know_v2(struct cgroup_hierarchy *one)
{
	char path[LIMIT_PATH_BYTES], list[512];
	struct err e;
	v2_known = true;
	if (str_format(path, sizeof path, &e, "%s/cgroup.controllers", one->mount) < 0)
		return;
	if (io_read_kernel_file(path, list, sizeof list, &e) > 0)
		one->controllers |= bits_of(list, ' ', true);
}

int cgroup_find(const struct cgroup_host *h, enum cgroup_controller c)
{
	for (unsigned i = 0; i < h->count; i++)
		if (!h->hierarchies[i].v2 && h->hierarchies[i].controllers & CGROUP_BIT(c))
			return (int)i;
	if (h->v2 < 0)
		return -1;
	if (!(h->hierarchies[h->v2].controllers & CGROUP_BIT(c)) && h == &host && !v2_known)
		know_v2(&host.hierarchies[host.v2]);
	return h->hierarchies[h->v2].controllers & CGROUP_BIT(c) ? h->v2 : -1;
}

/* The hierarchy that keeps track of the container's processes. */
static int find_tracking(const struct cgroup_host *h)
{
	if (h->v2 >= 0)
		return h->v2;
	int index = cgroup_find(h, CGROUP_FREEZER);
	if (index < 0)
		index = cgroup_find(h, CGROUP_PIDS);
	return index < 0 && h->count ? 0 : index;
}

/* FACILITY_CGROUP_CPU and its successors are in our order, up to rdma. */
static int no_controller(enum cgroup_controller c, struct err *e)
{
	if (c == CGROUP_NET_CLS || c == CGROUP_NET_PRIO)
		return err_num(e, ENOENT, "no %s controller here, which cgroup v2 does not have (CONFIG_CGROUP_%s)", cgroup_word(c), c == CGROUP_NET_CLS ? "NET_CLASSID" : "NET_PRIO");
	if (c > CGROUP_RDMA)
		return err_num(e, ENOENT, "no %s controller here (%s)", cgroup_word(c), c == CGROUP_MISC ? "CONFIG_CGROUP_MISC" : "CONFIG_CGROUP_PERF");
	return err_num(e, ENOENT, "no %s here (%s)", probe_name(FACILITY_CGROUP_CPU + c), probe_option(FACILITY_CGROUP_CPU + c));
}

static int missing(const struct cgroup_limits *limits, enum cgroup_controller c, struct err *e)
{
	no_controller(c, e);
	for (int v = 0; v < CGROUP_VALUES; v++)
		if (limits->has & CGROUP_HAS(v) && cgroup_value_controller(v) == c)
			return err_at(e, "linux.resources.%s", cgroup_value_name(v));
	for (size_t i = 0; i < limits->item_count; i++)
		if (limits->items[i].kind != CGROUP_ITEM_UNIFIED && cgroup_item_controller(&limits->items[i]) == c)
			return cgroup_item_at(&limits->items[i], e);
	return err_at(e, "linux.resources.%s", cgroup_word(c));
}

static int check_unified(const struct cgroup_host *h, const struct cgroup_item *item, uint32_t *wanted, struct err *e)
{
	enum cgroup_controller c = cgroup_item_controller(item);
	if (strchr(item->name, '/') || !strchr(item->name, '.') || *item->name == '.')
		return err_set(e, "not the name of a cgroup file");
	if (h->v2 < 0)
		return err_set(e, "no cgroup v2 tree here (%s)", probe_option(FACILITY_CGROUP_V2));
	if (strncmp(item->name, "cgroup.", 7) == 0)
		return 0;
	if (c == CGROUP_CONTROLLERS)
		return err_set(e, "the requested cgroup controller `%.*s` is not available: no cgroup v2 controller has such a file", (int)strcspn(item->name, "."), item->name);
	int index = cgroup_find(h, c);
	if (index < 0)
		return no_controller(c, e);
	if (index != h->v2)
		return err_set(e, "invalid configuration: the %s controller is mounted as cgroup v1 here", cgroup_word(c));
	*wanted |= CGROUP_BIT(c);
	return 0;
}

/* Bits of the v2 controllers whose files linux.resources.unified names. */
static int unified_needs(const struct cgroup_host *h, const struct cgroup_limits *limits, uint32_t *wanted, struct err *e)
{
	*wanted = 0;
	for (size_t i = 0; limits && i < limits->item_count; i++)
		if (limits->items[i].kind == CGROUP_ITEM_UNIFIED && check_unified(h, &limits->items[i], wanted, e) < 0)
			return cgroup_item_at(&limits->items[i], e);
	return 0;
}

/* The name below the mount, absolute and clean. */
static int place(const struct cgroup_hierarchy *one, const char *cgroups_path, const char *id, char clean[LIMIT_PATH_BYTES], struct err *e)
{
	char name[LIMIT_PATH_BYTES], joined[LIMIT_PATH_BYTES];
	const char *base = "";
	int up = 0;
	/* cleaned by itself first: ".." stops at its own beginning, not at the caller's cgroup */
	if (str_format(joined, sizeof joined, e, "/%s", cgroups_path ? cgroups_path : id) < 0)
		return -1;
	if (path_clean(joined, name, sizeof name) < 0)
		return err_sys(e, "linux.cgroupsPath");
	if (strchr(name, '\n') || strcmp(name, "/") == 0)
		return err_set(e, "linux.cgroupsPath: not a name for a cgroup");
	if (!(cgroups_path && *cgroups_path == '/') && one->own) {
		base = one->own;
		const char *slash = strrchr(base, '/');
		up = one->v2 && slash ? (int)(slash - base) : (int)strlen(base);
		if (strcmp(base, "/") == 0)
			up = 0;
	}
	return str_format(clean, LIMIT_PATH_BYTES, e, "%.*s%s", up, base, name);
}

/* How many directories at the end are not there; the last one is taken to be missing, and its parent to be there where it is the caller's own. */
static int count_missing(const char *path, size_t top, bool parent_known, struct err *e)
{
	char parent[LIMIT_PATH_BYTES];
	size_t length = strlen(path);
	int count = 0;
	memcpy(parent, path, length + 1);
	do {
		while (parent[--length] != '/')
			;
		parent[length] = 0;
		if (++count > LIMIT_CGROUP_DEPTH)
			return ERR_LIMIT(e, "linux.cgroupsPath: directories to be made", LIMIT_CGROUP_DEPTH);
	} while (!parent_known && length > top && access(parent, F_OK) < 0);
	return count;
}

static int add_dir(struct cgroup *g, const struct cgroup_hierarchy *one, uint32_t controllers, const char *cgroups_path, const char *id, struct err *e)
{
	char name[LIMIT_PATH_BYTES];
	struct cgroup_dir *d = &g->dirs[g->count];
	if (place(one, cgroups_path, id, name, e) < 0)
		return -1;
	size_t room = sizeof g->text - g->used, top = strlen(one->mount);
	int n = snprintf(g->text + g->used, room, "%s%s", one->mount, name);
	if (n < 0 || (size_t)n >= room)
		return err_set(e, "linux.cgroupsPath: more than %d bytes of paths in all hierarchies (kernel/cgroup.h: CGROUP_TEXT_BYTES)", CGROUP_TEXT_BYTES);
	int made = count_missing(g->text + g->used, top, !cgroups_path, e);
	if (made < 0)
		return -1;
	*d = (struct cgroup_dir){ .v2 = one->v2, .controllers = controllers, .made = (uint16_t)made, .top = (uint16_t)top, .path = (uint16_t)g->used };
	g->used += (size_t)n + 1;
	g->count++;
	return 0;
}

static void add_spare(struct cgroup *g, const struct cgroup_hierarchy *one, uint32_t avoid, const char *cgroups_path, const char *id)
{
	struct err unused;
	size_t before = g->used;
	if (one->v2 || one->controllers & avoid)
		return;
	if (add_dir(g, one, one->controllers, cgroups_path, id, &unused) == 0)
		g->dirs[g->count - 1].spare = true;
	else
		g->used = before;
}

int cgroup_plan(struct cgroup *g, const char *cgroups_path, const char *id, const struct cgroup_limits *limits, struct err *e)
{
	uint32_t needs = limits ? cgroup_needs(limits) : 0, wanted[CGROUP_HIERARCHIES] = { 0 }, unified;
	bool used[CGROUP_HIERARCHIES] = { false };
	const struct cgroup_host *h = cgroup_host(e);
	g->count = 0;
	g->used = 0;
	if (!h || unified_needs(h, limits, &unified, e) < 0)
		return -1;
	if (unified)
		wanted[h->v2] = unified;
	for (int c = 0; c < CGROUP_CONTROLLERS; c++) {
		if (!(needs & CGROUP_BIT(c)))
			continue;
		int index = cgroup_find(h, c);
		if (index < 0)
			return missing(limits, c, e);
		used[index] = true;
		wanted[index] |= CGROUP_BIT(c);
	}
	int tracking = find_tracking(h);
	if (tracking >= 0)
		used[tracking] = true;
	if (cgroups_path && !*cgroups_path)
		cgroups_path = 0;
	for (unsigned i = 0; i < h->count; i++)
		if (used[i] && add_dir(g, &h->hierarchies[i], h->hierarchies[i].v2 ? wanted[i] : h->hierarchies[i].controllers, cgroups_path, id, e) < 0)
			return -1;
	for (unsigned i = 0; i < h->count; i++)
		if (!used[i])
			add_spare(g, &h->hierarchies[i], limits ? limits->avoid : 0, cgroups_path, id);
	return 0;
}

/* The directory in that hierarchy; v1's holds all of a hierarchy's controllers. */
static struct cgroup_dir *dir_in(struct cgroup *g, const struct cgroup_hierarchy *one)
{
	for (unsigned i = 0; i < g->count; i++)
		if (g->dirs[i].v2 == one->v2 && (one->v2 || g->dirs[i].controllers & one->controllers))
			return &g->dirs[i];
	return 0;
}

/* Whether g has the controller; where it was spare it no longer is. */
static bool take_spare(struct cgroup *g, enum cgroup_controller c)
{
	for (unsigned i = 0; i < g->count; i++)
		if (g->dirs[i].controllers & CGROUP_BIT(c)) {
			g->dirs[i].due = g->dirs[i].spare;
			g->dirs[i].spare = false;
			return true;
		}
	return false;
}

int cgroup_extend(struct cgroup *g, const char *cgroups_path, const char *id, const struct cgroup_limits *limits, struct err *e)
{
	uint32_t needs = cgroup_needs(limits), unified;
	const struct cgroup_host *h = cgroup_host(e);
	if (!h || unified_needs(h, limits, &unified, e) < 0)
		return -1;
	for (unsigned i = 0; i < g->count; i++)
		if (g->dirs[i].v2)
			g->dirs[i].controllers |= unified;
	if (cgroups_path && !*cgroups_path)
		cgroups_path = 0;
	for (int c = 0; c < CGROUP_CONTROLLERS; c++) {
		if (!(needs & CGROUP_BIT(c)) || take_spare(g, c))
			continue;
		int index = cgroup_find(h, c);
		if (index < 0)
			return missing(limits, c, e);
		const struct cgroup_hierarchy *one = &h->hierarchies[index];
		struct cgroup_dir *d = dir_in(g, one);
		if (d)
			d->controllers |= CGROUP_BIT(c);
		else if (add_dir(g, one, one->v2 ? CGROUP_BIT(c) : one->controllers, cgroups_path, id, e) < 0)
			return -1;
	}
	return 0;
}

const char *cgroup_path(const struct cgroup *g, unsigned i)
{
	return g->text + g->dirs[i].path;
}

const struct cgroup_dir *cgroup_dir_of(const struct cgroup *g, enum cgroup_controller c)
{
	for (unsigned i = 0; i < g->count; i++)
		if (g->dirs[i].controllers & CGROUP_BIT(c))
			return &g->dirs[i];
	return 0;
}

const struct cgroup_dir *cgroup_dir_v2(const struct cgroup *g)
{
	for (unsigned i = 0; i < g->count; i++)
		if (g->dirs[i].v2)
			return &g->dirs[i];
	return 0;
}

int cgroup_format(const struct cgroup *g, char *buffer, size_t size)
{
	size_t used = 0;
	if (size)
		*buffer = 0;
	for (unsigned i = 0; i < g->count; i++) {
		const struct cgroup_dir *d = &g->dirs[i];
		int n = snprintf(buffer + used, size - used, "%d %lx %u %u %s\n", d->v2 ? 2 : !d->spare, (unsigned long)d->controllers, d->made, d->top, cgroup_path(g, i));
		if (n < 0 || (size_t)n >= size - used)
			return -1;
		used += (size_t)n;
	}
	return (int)used;
}

/* A number in a base, ended by a space; UINT32_MAX: none. */
static uint32_t take_number(const char **at, unsigned base)
{
	uint32_t value = 0;
	const char *start = *at;
	for (; **at && **at != ' '; ++*at) {
		char c = **at;
		unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
		if (digit >= base || value > 0xffffff)
			return UINT32_MAX;
		value = value * base + digit;
	}
	if (*at == start || **at != ' ')
		return UINT32_MAX;
	++*at;
	return value;
}

static bool parse_line(struct cgroup *g, const char **text)
{
	struct cgroup_dir *d = &g->dirs[g->count];
	if (g->count == CGROUP_HIERARCHIES)
		return false;
	uint32_t version = take_number(text, 10), controllers = take_number(text, 16), made = take_number(text, 10), top = take_number(text, 10);
	size_t length = strcspn(*text, "\n"), parts = 0;
	if (version > 2 || controllers == UINT32_MAX || (*text)[0] != '/' || g->used + length >= sizeof g->text || top > length)
		return false;
	*d = (struct cgroup_dir){ .v2 = version == 2, .spare = version == 0, .controllers = controllers, .made = (uint16_t)made, .top = (uint16_t)top, .path = (uint16_t)g->used };
	memcpy(g->text + g->used, *text, length);
	g->text[g->used + length] = 0;
	for (size_t i = top; i < length; i++)
		parts += (*text)[i] == '/';
	g->used += length + 1;
	g->count++;
	*text += length + ((*text)[length] == '\n');
	return made <= parts && made <= LIMIT_CGROUP_DEPTH;
}

int cgroup_parse(struct cgroup *g, const char *text, struct err *e)
{
	g->count = 0;
	g->used = 0;
	while (*text)
		if (!parse_line(g, &text))
			return err_set(e, "the record's cgroups are damaged");
	return 0;
}
