/* SPDX-License-Identifier: ISC */
/* One mount inside a root that is not ours, by fd: mount(2), mount_setattr(2), open_tree(2); runtime-spec, config.md, "Mounts".
 * All of this runs in the container's new mount namespace, with the host's root still at "/" and its /proc usable, and with umask 0. */
#ifndef KERNEL_MOUNT_H
#define KERNEL_MOUNT_H

#include <stdbool.h>
#include "base/err.h"
#include "kernel/mount_options.h"

struct mount_request {
	int root_fd;              /* O_PATH of the rootfs (kernel/root.h); destination is resolved inside it */
	const char *destination;  /* made where missing: a directory (0755), or an empty file (0644) for a bind of a non-directory */
	const char *source;       /* of a bind: already absolute or relative to the working directory; 0: the type's name is used */
	int source_fd;            /* of a bind, opened by somebody who may: used instead of source; -1: none. Stays the caller's */
	bool source_detached;     /* source_fd, where there is one, is a mount of its own that nobody sees (open_tree(2), OPEN_TREE_CLONE): it is moved here */
	const char *type;         /* 0, "" or "none" are allowed for binds */
	const struct mount_options *options;
	const char *label;        /* SELinux mount label for the data ("context=…"); 0: none */
	int userns_fd;            /* the mapping of idmap/ridmap and of mappings in the config; -1: none. Stays the caller's */
	bool alone;               /* in a mount namespace that is new and passes nothing on: nobody else gets at what is mounted there */
	bool delay_readonly;      /* leave MS_RDONLY away although options say it (a tmpfs on /dev is filled first): mount_readonly() later */
};

/* mount_apply: does all of it: source, destination, mount(2), the remount that a bind's flags need, propagation, recursive attributes. Common path: openat2,
 * mount, close. Fallbacks as runc's: a remount refused in a user namespace is retried with the locked flags of the source; a sysfs that is refused
 * (EPERM, EBUSY: no network namespace of ours) becomes a recursive bind of /sys. Type "cgroup" is not for this: see kernel/mount_cgroup.h.
 * 0, or -1: "cannot open source \"/x\": …", "cannot mount tmpfs: …", "no mqueue filesystem here (CONFIG_POSIX_MQUEUE): …". The destination is for the caller to prefix. */
int mount_apply(const struct mount_request *r, struct err *e);
/* mount_own_tmpfs: an fd (O_PATH, stays mount's) of the tmpfs that mount_apply put on the clean path, which nobody else can reach and nothing has covered since. -1: there is none. */
int mount_own_tmpfs(int root_fd, const char *clean);
/* mount_own_proc: the same (O_RDONLY) of the procfs on /proc, in which nothing has been mounted; readonly, where it is not 0: whether it was to be read-only. */
int mount_own_proc(int root_fd, bool *readonly);
/* mount_readonly: makes the mount whose root is root_fd/path read-only, keeping its other flags (mount_setattr, or remount + statfs). 0 or -1. */
int mount_readonly(int root_fd, const char *path, struct err *e);
/* mount_readonly_fd: the same of the mount that fd (may be O_PATH) is the root of. 0 or -1. */
int mount_readonly_fd(int fd, struct err *e);
/* mount_proc_allowed: whether something may be mounted on this clean absolute destination: nothing goes inside /proc but binds on the few files that
 * lxcfs-like services replace (runc's list). is_proc_bind: the mount is a bind, or of type proc on /proc itself. */
bool mount_proc_allowed(const char *destination, bool is_bind);

#endif
