/* SPDX-License-Identifier: ISC */
/* Groups of the resctrl filesystem: found, made, entered, removed. The kernel's filesystems/resctrl document; runtime-spec, config-linux.md, "IntelRdt". */
#include "kernel/rdt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "kernel/mountinfo.h"
#include "kernel/probe.h"

#define SCHEMATA_BYTES 16384   /* a line a resource, some ten bytes a cache */

static int take_resctrl(void *context, const struct mountinfo *m)
{
	if (strcmp(m->type, "resctrl") != 0 || strlen(m->mount_point) >= LIMIT_PATH_BYTES)
		return 0;
	strcpy(context, m->mount_point);
	return 1;
}

int rdt_find(int mountinfo_fd, char root[LIMIT_PATH_BYTES], struct err *e)
{
	int found = mountinfo_each(mountinfo_fd, take_resctrl, root, e);
	if (found)
		return found < 0 ? -1 : 0;
	return probe_need(FACILITY_RDT, e) < 0 ? -1 : err_set(e, "the resctrl filesystem is not mounted (mount -t resctrl resctrl /sys/fs/resctrl)");
}

static bool given(const char *text)
{
	return text && *text;
}

static bool limits(const struct rdt_request *r)
{
	return given(r->l3) || given(r->bandwidth) || r->schemata_count;
}

static int group_path(const struct rdt_request *r, char path[LIMIT_PATH_BYTES], struct err *e)
{
	if (given(r->clos) && strcmp(r->clos, "/") == 0)
		return str_format(path, LIMIT_PATH_BYTES, e, "%s", r->root);
	return str_format(path, LIMIT_PATH_BYTES, e, "%s/%s", r->root, given(r->clos) ? r->clos : r->id);
}

static int monitor_path(const struct rdt_request *r, char path[LIMIT_PATH_BYTES], struct err *e)
{
	int length = group_path(r, path, e);
	return length < 0 ? -1 : str_format(path + length, LIMIT_PATH_BYTES - (size_t)length, e, "/mon_groups/%s", r->id);
}

static bool has_info(const struct rdt_request *r, const char *resource)
{
	char path[LIMIT_PATH_BYTES];
	struct err unused;
	return str_format(path, sizeof path, &unused, "%s/info/%s", r->root, resource) > 0 && access(path, F_OK) == 0;
}

int rdt_plan(const struct rdt_request *r, char leftover[LIMIT_PATH_BYTES], struct err *e)
{
	char group[LIMIT_PATH_BYTES];
	*leftover = 0;
	if (group_path(r, group, e) < 0)
		return -1;
	bool exists = access(group, F_OK) == 0;
	if (given(r->clos) && !limits(r) && !exists)
		return err_sys(e, "closID: there is no group %s, and no schemata to make it with", group);
	if (given(r->l3) && !has_info(r, "L3"))
		return err_set(e, "l3CacheSchema: no allocation of L3 caches here (info/L3 in %s)", r->root);
	if (given(r->bandwidth) && !has_info(r, "MB"))
		return err_set(e, "memBwSchema: no allocation of memory bandwidth here (info/MB in %s)", r->root);
	if (!given(r->clos) && !exists)
		return str_format(leftover, LIMIT_PATH_BYTES, e, "%s", group) < 0 ? -1 : 0;
	return r->monitoring && monitor_path(r, leftover, e) < 0 ? -1 : 0;
}

/* The kernel says in a file of its own what was wrong with the last command. Returns -1. */
static int explain(const struct rdt_request *r, struct err *e)
{
	char path[LIMIT_PATH_BYTES], said[256];
	struct err unused;
	if (str_format(path, sizeof path, &unused, "%s/info/last_cmd_status", r->root) < 0 || io_read_file(AT_FDCWD, path, said, sizeof said, &unused) <= 0)
		return -1;
	said[strcspn(said, "\n")] = 0;
	return strcmp(said, "ok") == 0 ? -1 : err_at(e, "%s", said);
}

static int put(const struct rdt_request *r, const char *directory, const char *file, const char *text, struct err *e)
{
	char path[LIMIT_PATH_BYTES];
	if (str_format(path, sizeof path, e, "%s/%s", directory, file) < 0)
		return -1;
	/* the kernel has made it; O_CREAT is for trees that stand in for it */
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int result = fd < 0 ? -1 : io_write(fd, text, strlen(text));
	if (result < 0) {
		err_sys(e, "cannot write %s", path);
		explain(r, e);
	}
	io_close(fd);
	return result;
}

/* The value of cache id in a line's list "0=7ff;1=7f", without leading zeros; its length in *length, 0: no such cache. */
static const char *value_of(const char *list, const char *id, size_t id_length, size_t *length)
{
	for (*length = 0; *list && *list != '\n'; list += strcspn(list, ";\n"), list += *list == ';') {
		list += strspn(list, " \t");
		if (strncmp(list, id, id_length) != 0 || list[id_length] != '=')
			continue;
		list += id_length + 1;
		*length = strcspn(list, "; \t\n");
		while (*length > 1 && *list == '0')
			list++, --*length;
		break;
	}
	return list;
}

/* Whether every cache of schema ("L3:0=7f0;1=1f") has the same value in the file's line of that resource. */
static bool matches(const char *schema, const char *file)
{
	size_t name = strcspn(schema, ":");
	const char *line = file;
	if (!schema[name])
		return false;
	for (; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		line += strspn(line, " \t");
		if (strncmp(line, schema, name + 1) == 0)
			break;
	}
	if (!*line)
		return false;
	for (const char *at = schema + name + 1; *at; at += strcspn(at, ";"), at += *at == ';') {
		size_t wanted_length, has_length, id = strcspn(at += strspn(at, " \t"), "=;");
		const char *wanted = value_of(at, at, id, &wanted_length), *has = value_of(line + name + 1, at, id, &has_length);
		if (!wanted_length || wanted_length != has_length || strncasecmp(wanted, has, has_length) != 0)
			return false;
	}
	return true;
}

static int compare(const struct rdt_request *r, const char *group, struct err *e)
{
	static LARGE char text[SCHEMATA_BYTES];
	char path[LIMIT_PATH_BYTES];
	if (str_format(path, sizeof path, e, "%s/schemata", group) < 0 || io_read_file(AT_FDCWD, path, text, sizeof text, e) < 0)
		return -1;
	if (given(r->l3) && !matches(r->l3, text))
		return err_set(e, "l3CacheSchema: the group %s exists and has another one", group);
	if (given(r->bandwidth) && !matches(r->bandwidth, text))
		return err_set(e, "memBwSchema: the group %s exists and has another one", group);
	return 0;
}

/* l3CacheSchema first, schemata last, in one write. */
static int put_schemata(const struct rdt_request *r, const char *group, struct err *e)
{
	static LARGE char text[SCHEMATA_BYTES];
	size_t used = 0;
	for (size_t i = 0; i < r->schemata_count + 2; i++) {
		const char *line = i == 0 ? r->l3 : i == 1 ? r->bandwidth : r->schemata[i - 2];
		int length = given(line) ? str_format(text + used, sizeof text - used, e, "%s\n", line) : 0;
		if (length < 0)
			return err_at(e, "schemata: more than %d bytes", SCHEMATA_BYTES);
		used += (size_t)length;
	}
	return used ? put(r, group, "schemata", text, e) : 0;
}

int rdt_make(const struct rdt_request *r, struct err *e)
{
	char group[LIMIT_PATH_BYTES];
	if (group_path(r, group, e) < 0)
		return -1;
	int made = mkdir(group, 0755);
	if (made < 0 && errno != EEXIST) {
		err_sys(e, "cannot make the group %s", group);
		return explain(r, e);
	}
	if (made < 0 && (given(r->l3) || given(r->bandwidth)) && compare(r, group, e) < 0)
		return -1;
	return put_schemata(r, group, e);
}

int rdt_enter(const struct rdt_request *r, pid_t pid, struct err *e)
{
	char path[LIMIT_PATH_BYTES], text[16];
	snprintf(text, sizeof text, "%d", (int)pid);
	if (group_path(r, path, e) < 0 || put(r, path, "tasks", text, e) < 0)
		return -1;
	if (!r->monitoring)
		return 0;
	if (monitor_path(r, path, e) < 0)
		return -1;
	if (mkdir(path, 0755) < 0 && errno != EEXIST) {
		err_sys(e, "enableMonitoring: cannot make the group %s", path);
		return explain(r, e);
	}
	return put(r, path, "tasks", text, e);
}

int rdt_remove(const char *leftover, struct err *e)
{
	return rmdir(leftover) < 0 && errno != ENOENT ? err_sys(e, "cannot remove the resctrl group %s", leftover) : 0;
}
