/* SPDX-License-Identifier: ISC */
/* User and group IDs by the raw calls, and the maps of a user namespace. setresuid(2), user_namespaces(7), newuidmap(1). */
#include "kernel/ids.h"

#include <errno.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/proc.h"
#include "base/str.h"
#include "base/sys.h"
#include "kernel/procfs.h"

/* 32-bit CPUs that once had 16-bit IDs have a second call for the wide ones */
#ifdef SYS_setresuid32
#define CALL_SETRESUID SYS_setresuid32
#define CALL_SETRESGID SYS_setresgid32
#else
#define CALL_SETRESUID SYS_setresuid
#define CALL_SETRESGID SYS_setresgid
#endif

int ids_set(uid_t uid, gid_t gid, const gid_t *groups, size_t group_count, bool keep_groups, bool unchanged, struct err *e)
{
	if (!keep_groups && sys_setgroups(group_count, groups) < 0)
		return err_sys(e, "cannot set %zu additional groups", group_count);
	if (unchanged && getauxval(AT_UID) == uid && getauxval(AT_EUID) == uid && getauxval(AT_GID) == gid && getauxval(AT_EGID) == gid)
		return 0;
	if (syscall(CALL_SETRESGID, gid, gid, gid) < 0)
		return err_sys(e, "cannot set gid %lu%s", (unsigned long)gid, errno == EINVAL ? " (not mapped in the user namespace)" : "");
	if (syscall(CALL_SETRESUID, uid, uid, uid) < 0)
		return err_sys(e, "cannot set uid %lu%s", (unsigned long)uid, errno == EINVAL ? " (not mapped in the user namespace)" : "");
	return 0;
}

#define MAP_LINE_BYTES 34   /* three numbers of 10 digits, two spaces, a newline */

/* newuidmap PID INSIDE OUTSIDE COUNT …: the set-uid helper of an unprivileged user, who may map what /etc/subuid gives him */
static int run_helper(const char *program, pid_t pid, const struct idmap *maps, size_t count, struct err *e)
{
	static const char *const places[] = { "/usr/bin/", "/usr/local/bin/", "/bin/", "/usr/sbin/", "/sbin/" };
	static LARGE char numbers[3 * LIMIT_ID_MAPPINGS + 1][12];
	static LARGE char *argv[3 * LIMIT_ID_MAPPINGS + 3];
	char *const environment[] = { 0 };
	size_t n = 0;
	argv[0] = (char *)(uintptr_t)program;
	snprintf(numbers[n], sizeof numbers[n], "%d", (int)pid);
	for (size_t i = 0; i < count; i++) {
		snprintf(numbers[3 * i + 1], sizeof numbers[0], "%lu", (unsigned long)maps[i].inside);
		snprintf(numbers[3 * i + 2], sizeof numbers[0], "%lu", (unsigned long)maps[i].outside);
		snprintf(numbers[3 * i + 3], sizeof numbers[0], "%lu", (unsigned long)maps[i].count);
	}
	for (n = 0; n < 3 * count + 1; n++)
		argv[n + 1] = numbers[n];
	argv[n + 1] = 0;
	pid_t child = fork();
	if (child < 0)
		return err_sys(e, "cannot fork for %s", program);
	if (child == 0) {
		char path[64];
		for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
			snprintf(path, sizeof path, "%s%s", places[i], program);
			execve(path, argv, environment);
		}
		_exit(127);
	}
	int status = proc_wait(child);
	if (status == 127)
		return err_set(e, "%s: not found; an unprivileged user needs it to map more than the own ID (Debian package uidmap)", program);
	return status == 0 ? 0 : err_set(e, "%s failed with exit status %d", program, status);
}

static int write_map(pid_t pid, const char *file, const char *helper, const struct idmap *maps, size_t count, struct err *e)
{
	static LARGE char text[LIMIT_ID_MAPPINGS * MAP_LINE_BYTES + 1];
	char path[40];
	size_t used = 0;
	if (count > LIMIT_ID_MAPPINGS)
		return ERR_LIMIT(e, file, LIMIT_ID_MAPPINGS);
	for (size_t i = 0; i < count; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%lu %lu %lu\n", (unsigned long)maps[i].inside,
					 (unsigned long)maps[i].outside, (unsigned long)maps[i].count);
	snprintf(path, sizeof path, "%d/%s", (int)pid, file);
	if (procfs_write(path, text, e) == 0)
		return 0;
	if (e->number != EPERM || geteuid() == 0)
		return -1;
	return run_helper(helper, pid, maps, count, e);
}

int ids_write_uid_map(pid_t pid, const struct idmap *maps, size_t count, struct err *e)
{
	return write_map(pid, "uid_map", "newuidmap", maps, count, e);
}

int ids_write_gid_map(pid_t pid, const struct idmap *maps, size_t count, bool deny_setgroups, struct err *e)
{
	char path[40];
	snprintf(path, sizeof path, "%d/setgroups", (int)pid);
	/* ENOENT: a kernel before 3.19, which asks for nothing */
	if (deny_setgroups && procfs_write(path, "deny", e) < 0 && e->number != ENOENT)
		return -1;
	return write_map(pid, "gid_map", "newgidmap", maps, count, e);
}
