/* SPDX-License-Identifier: ISC */
/* Kernel parameters: which are a namespace's own, and writing one. sysctl(8), runtime-spec, config-linux.md, "Sysctl". */
#include "kernel/sysctl.h"

#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "kernel/ns.h"
#include "kernel/procfs.h"

/* A name ending with "." stands for all below it. `type` is a word of ns_types. */
static const struct { const char *name, *type; } namespaced[] = {
	{ "kernel.msgmax", "ipc" }, { "kernel.msgmnb", "ipc" }, { "kernel.msgmni", "ipc" }, { "kernel.sem", "ipc" },
	{ "kernel.shmall", "ipc" }, { "kernel.shmmax", "ipc" }, { "kernel.shmmni", "ipc" }, { "kernel.shm_rmid_forced", "ipc" },
	{ "fs.mqueue.", "ipc" }, { "kernel.domainname", "uts" }, { "net.", "network" }, { "user.", "user" },
};

/* The name's path with '/' between components. As sysctl.d(5): where a '/' comes first, slashes separate and dots are literal; else dots separate
 * and a '/' stands for a literal dot. 0 or -1: too long, empty, or with a component that leaves the tree. */
static int to_path(const char *name, char *path, size_t size)
{
	size_t length = strlen(name);
	bool slashes = name[strcspn(name, "./")] == '/';
	if (!length || length >= size)
		return -1;
	for (size_t i = 0; i <= length; i++)
		path[i] = slashes || (name[i] != '.' && name[i] != '/') ? name[i] : name[i] == '.' ? '/' : '.';
	for (const char *at = path; ; at++) {
		size_t n = strcspn(at, "/");
		if (n == 0 || (n <= 2 && strncmp(at, "..", n) == 0))
			return -1;
		at += n;
		if (!*at)
			return 0;
	}
}

int sysctl_namespace(const char *name)
{
	char path[LIMIT_PATH_BYTES];
	if (to_path(name, path, sizeof path) < 0)
		return SYSCTL_NOT_NAMESPACED;
	if (strcmp(path, "kernel/hostname") == 0)
		return SYSCTL_IS_HOSTNAME;
	for (size_t i = 0; i < sizeof namespaced / sizeof *namespaced; i++) {
		char known[64];
		if (to_path(namespaced[i].name, known, sizeof known) < 0) {
			/* ends with a separator: a prefix */
			if (str_starts(path, known))
				return ns_find(namespaced[i].type);
		} else if (strcmp(path, known) == 0) {
			return ns_find(namespaced[i].type);
		}
	}
	return SYSCTL_NOT_NAMESPACED;
}

int sysctl_write(const char *name, const char *value, struct err *e)
{
	char path[LIMIT_PATH_BYTES], full[LIMIT_PATH_BYTES];
	if (to_path(name, path, sizeof path) < 0)
		return err_set(e, "sysctl \"%s\": not a name of a kernel parameter", name);
	if (str_format(full, sizeof full, e, "sys/%s", path) < 0)
		return -1;
	return procfs_write(full, value, e);
}
