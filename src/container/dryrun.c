/* SPDX-License-Identifier: ISC */
/* --dry-run: the plan of create or run for people and for programs, beside what this kernel has (kernel/probe.h). Nothing is made. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/out.h"
#include "base/str.h"
#include "container/begin.h"
#include "container/console.h"
#include "container/container.h"
#include "container/launch.h"
#include "container/namespaces.h"
#include "container/pidfd.h"
#include "container/process.h"
#include "container/resources.h"
#include "container/rootfs.h"
#include "container/store.h"
#include "json/json.h"
#include "kernel/ns.h"

/* --- what a step needs ----------------------------------------------------------------------------------------------------------------- */
struct needs { unsigned count; enum facility list[FACILITY_COUNT]; };

static void need(struct needs *n, enum facility f)
{
	for (unsigned i = 0; i < n->count; i++)
		if (n->list[i] == f)
			return;
	if (f != FACILITY_END)
		n->list[n->count++] = f;
}

/* What is missing and yet no failure: the step goes on with a warning. */
static bool optional(enum facility f)
{
	return f == FACILITY_KEYS;
}

static void needs_new_namespaces(const struct container *c, struct needs *n)
{
	for (int i = 0; i < NS_COUNT; i++)
		if (namespace_new(c, (enum namespace_type)i) && i != NS_CGROUP && !(i == NS_NETWORK && namespace_network_beside(c)))
			need(n, ns_types[i].facility);
}

static void needs_joined_namespaces(const struct container *c, struct needs *n)
{
	for (int i = 0; i < NS_COUNT; i++)
		if (namespace_joined(c, (enum namespace_type)i))
			need(n, ns_types[i].facility);
}

static void needs_cgroups(const struct container *c, struct needs *n)
{
	for (unsigned i = 0; i < c->cgroup.count; i++) {
		if (c->cgroup.dirs[i].v2)
			need(n, FACILITY_CGROUP_V2);
		for (unsigned controller = CGROUP_CPU; controller <= CGROUP_RDMA; controller++)
			if (c->cgroup.dirs[i].controllers & CGROUP_BIT(controller))
				need(n, (enum facility)(FACILITY_CGROUP_CPU + controller));
	}
}

static void needs_device_rules(const struct container *c, struct needs *n)
{
	bool files = false, tree = false;
	for (unsigned i = 0; i < c->cgroup.count; i++) {
		files |= !c->cgroup.dirs[i].v2 && (c->cgroup.dirs[i].controllers & CGROUP_BIT(CGROUP_DEVICES));
		tree |= c->cgroup.dirs[i].v2;
	}
	if (files || tree)
		need(n, files ? FACILITY_CGROUP_DEVICES : FACILITY_CGROUP_BPF);
}

static void needs_of_mounts(const struct container *c, uint32_t from, uint32_t to, struct needs *n)
{
	for (uint32_t i = from; i < to; i++)
		if (c->config.mounts.items[i].type)
			need(n, probe_filesystem(c->config.mounts.items[i].type));
}
static void needs_first_mounts(const struct container *c, struct needs *n) { needs_of_mounts(c, 0, rootfs_first_later_mount(c), n); }
static void needs_later_mounts(const struct container *c, struct needs *n) { needs_of_mounts(c, rootfs_first_later_mount(c), c->config.mounts.count, n); }

static void needs_terminal(const struct container *c, struct needs *n)
{
	(void)c;
	need(n, FACILITY_DEVPTS);
}

/* --- what a step acts upon ------------------------------------------------------------------------------------------------------------- */
#define DETAIL_BYTES (LIMIT_PATH_BYTES + 64)

static void detail_state(const struct container *c, char *text)      { snprintf(text, DETAIL_BYTES, "%s/%s", c->options.root, c->id); }
static void detail_rootfs(const struct container *c, char *text)     { snprintf(text, DETAIL_BYTES, "%s", c->rootfs); }
static void detail_pid_file(const struct container *c, char *text)   { snprintf(text, DETAIL_BYTES, "%s", c->options.pid_file); }
static void detail_console(const struct container *c, char *text)    { snprintf(text, DETAIL_BYTES, "%s", c->options.console_socket); }
static void detail_pidfd(const struct container *c, char *text)      { snprintf(text, DETAIL_BYTES, "%s", pidfd_socket(c)); }
static void detail_program(const struct container *c, char *text)    { snprintf(text, DETAIL_BYTES, "%s", c->config.process->args.items[0]); }
static void detail_cgroups(const struct container *c, char *text)
{
	snprintf(text, DETAIL_BYTES, c->cgroup.count > 1 ? "%s and %u more" : "%s", cgroup_path(&c->cgroup, 0), c->cgroup.count - 1);
}
static void detail_user(const struct container *c, char *text)
{
	const struct user_spec *user = c->config.process->user;
	snprintf(text, DETAIL_BYTES, "%lu:%lu", user ? (unsigned long)user->uid : 0, user ? (unsigned long)user->gid : 0);
}
static void detail_mounts(const struct container *c, char *text)     { snprintf(text, DETAIL_BYTES, "%u", (unsigned)rootfs_first_later_mount(c)); }
static void detail_later(const struct container *c, char *text)      { snprintf(text, DETAIL_BYTES, "%u", (unsigned)(c->config.mounts.count - rootfs_first_later_mount(c))); }

/* Of the config, beside the step's own row. */
static const struct { int (*apply)(struct container *, struct err *); void (*needs)(const struct container *, struct needs *); void (*detail)(const struct container *, char *); } more[] = {
	{ begin_record,        0,                       detail_state },
	{ namespaces_open,     needs_joined_namespaces, 0 },
	{ console_connect,     0,                       detail_console },
	{ resources_make,      needs_cgroups,           detail_cgroups },
	{ launch_init,         needs_new_namespaces,    0 },
	{ begin_pid_file,      0,                       detail_pid_file },
	{ pidfd_hand_out,      0,                       detail_pidfd },
	{ resources_devices,   needs_device_rules,      0 },
	{ rootfs_prepare,      0,                       detail_rootfs },
	{ rootfs_mounts,       needs_first_mounts,      detail_mounts },
	{ rootfs_later_mounts, needs_later_mounts,      detail_later },
	{ console_open,        needs_terminal,          0 },
	{ process_user,        0,                       detail_user },
	{ process_executable,  0,                       detail_program },
};

struct line { const struct step *step; struct needs needs; char detail[DETAIL_BYTES]; };

static void describe(const struct container *c, const struct step *s, struct line *l)
{
	l->step = s;
	l->needs.count = 0;
	*l->detail = 0;
	for (const enum facility *f = s->needs; f && *f != FACILITY_END; f++)
		if (*f != FACILITY_SECCOMP_FILTER || (c->config.linux_ && c->config.linux_->seccomp))
			need(&l->needs, *f);
	for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
		if (more[i].apply != s->apply)
			continue;
		if (more[i].needs)
			more[i].needs(c, &l->needs);
		if (more[i].detail)
			more[i].detail(c, l->detail);
	}
}

/* --- printing -------------------------------------------------------------------------------------------------------------------------- */
static const char *const where_words[] = { [RUNTIME] = "runtime", [BESIDE] = "beside", [INIT] = "init", [INSIDE] = "inside" };
#define WHAT_COLUMN 28
#define NEEDS_COLUMN 82

static const char *here(enum facility f)
{
	return probe_has(f) ? "here" : optional(f) ? "missing: goes on without" : "MISSING";
}

/* Moves to a column, from the one that text of that many bytes ended in. */
static void pad(struct out *out, size_t from, size_t to)
{
	out_printf(out, "%*s", from < to ? (int)(to - from) : 1, "");
}

static void print_line(struct out *out, const struct line *l)
{
	size_t used = strlen(l->step->what) + (*l->detail ? strlen(l->detail) + 2 : 0);
	out_printf(out, "%-18s%-10s%s%s", l->step->name, where_words[l->step->where], l->step->what, *l->detail ? ": " : "");
	out_text(out, l->detail);
	for (unsigned i = 0; i < l->needs.count; i++) {
		enum facility f = l->needs.list[i];
		if (i || WHAT_COLUMN + used >= NEEDS_COLUMN)
			out_text(out, "\n");
		pad(out, i || WHAT_COLUMN + used >= NEEDS_COLUMN ? 0 : WHAT_COLUMN + used, NEEDS_COLUMN);
		out_printf(out, "%s (%s): %s", probe_name(f), probe_option(f), here(f));
	}
	out_text(out, "\n");
}

static void member(struct out *out, const char *name, const char *value)
{
	out_printf(out, "\"%s\":", name);
	json_quote(out, value);
	out_text(out, ",");
}

static void print_object(struct out *out, const struct line *l)
{
	out_text(out, "{");
	member(out, "name", l->step->name);
	member(out, "where", where_words[l->step->where]);
	member(out, "what", l->step->what);
	if (*l->detail)
		member(out, "detail", l->detail);
	out_text(out, "\"needs\":[");
	for (unsigned i = 0; i < l->needs.count; i++) {
		enum facility f = l->needs.list[i];
		out_text(out, i ? ",{" : "{");
		member(out, "name", probe_name(f));
		member(out, "option", probe_option(f));
		out_printf(out, "\"required\":%s,\"here\":%s}", optional(f) ? "false" : "true", probe_has(f) ? "true" : "false");
	}
	out_text(out, "]}");
}

static int check_id(const struct container *c, struct err *e)
{
	struct stat st;
	int root = store_open_root(c->options.root, false, e);
	if (root < 0)
		return e->number == ENOENT ? 0 : -1;
	int found = fstatat(root, c->id, &st, AT_SYMLINK_NOFOLLOW);
	io_close(root);
	return found == 0 ? err_set(e, "container \"%s\" already exists", c->id) : 0;
}

int container_dry_run(struct container *c, const char *format, struct out *out, unsigned *missing, struct err *e)
{
	static LARGE struct line line;
	static const char *const formats[] = { "table", "json" };
	int json = str_word(format, formats, 2);
	bool any = false;
	if (json < 0)
		return err_set(e, "--format %s: neither table nor json", format);
	if (check_id(c, e) < 0 || container_prepare(c, e) < 0)
		return -1;
	*missing = 0;
	if (json)
		out_text(out, "{\"steps\":[");
	else
		out_printf(out, "%-18s%-10s%-*s%s\n", "STEP", "WHERE", NEEDS_COLUMN - WHAT_COLUMN, "WHAT", "NEEDS");
	for (size_t i = 0; i < c->plan.count; i++) {
		if (!c->plan.steps[i]->apply)
			continue;
		describe(c, c->plan.steps[i], &line);
		if (json && any)
			out_text(out, ",");
		any = true;
		(json ? print_object : print_line)(out, &line);
		for (unsigned n = 0; n < line.needs.count; n++)
			*missing += !probe_has(line.needs.list[n]) && !optional(line.needs.list[n]);
	}
	if (json)
		out_printf(out, "],\"missing\":%u}\n", *missing);
	return 0;
}
