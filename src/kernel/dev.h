/* SPDX-License-Identifier: ISC */
/* /dev: nodes and links by dirfd; runtime-spec, config-linux.md, "Devices", "Default Devices", "Dev symbolic links". With umask 0. */
#ifndef KERNEL_DEV_H
#define KERNEL_DEV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"

struct dev_node {
	const char *path;          /* absolute, "/dev/null" */
	char type;                 /* 'c' (also for the spec's "u"), 'b', 'p' */
	uint32_t major, minor;     /* nothing for 'p' */
	mode_t mode;               /* permission bits */
	uid_t uid; gid_t gid;
};
#define DEV_DEFAULTS 6
extern const struct dev_node dev_defaults[DEV_DEFAULTS];   /* null zero full random urandom tty: 0666, 0:0 */

/* dev_make: one node inside root_fd; parents are made. bind: mknod is not allowed here (a user namespace): the mount `made` is put there (-1: the host's node of the same path);
 * EPERM from mknod binds the host's too. An existing node is left when it is the same device, else an error. 0 or -1: "cannot make device: …". */
int dev_make(int root_fd, const struct dev_node *node, bool bind, int made, struct err *e);
/* dev_detached: for such a mount, by somebody who may mknod in the caller's mount namespace: the node on a tmpfs that lies on directory meanwhile. The fd (the caller's) or -1. */
int dev_detached(const char *directory, const struct dev_node *node, struct err *e);
/* dev_populate: in root_fd's /dev: the six default nodes, then the links fd stdin stdout stderr (core where /proc/kcore is), ptmx → pts/ptmx. Opens /dev once; existing
 * names are left. Make the config's own devices first with dev_make: they win. 0 or -1. */
int dev_populate(int root_fd, bool bind, struct err *e);
/* dev_own_null: the directory (an fd that stays there) in which dev_populate made the node "null" itself, on a tmpfs that nobody else can reach: that one need not be looked at. -1: none. */
int dev_own_null(void);
/* dev_bind_console: binds the pty slave (an open fd of it) on root_fd/dev/console, made where missing. 0 or -1. */
int dev_bind_console(int root_fd, int slave_fd, struct err *e);

#endif
