/* SPDX-License-Identifier: ISC */
/* User and group IDs, and the ID maps of user namespaces; user_namespaces(7), newuidmap(1). */
#ifndef KERNEL_IDS_H
#define KERNEL_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"

/* ids_set: groups (unless keep_groups), then gid, then uid: real, effective and saved ones, of this thread alone. unchanged: the process and its user namespace
 * are those that it was executed with, and IDs that it has already are not set again. 0 or -1:
 * "cannot set groups …", "cannot set gid 5 …", "cannot set uid 5 …". */
int ids_set(uid_t uid, gid_t gid, const gid_t *groups, size_t group_count, bool keep_groups, bool unchanged, struct err *e);

struct idmap { uint32_t inside, outside, count; };   /* IDs */
/* ids_write_uid_map, ids_write_gid_map: of /proc/PID. One write(2) of at most LIMIT_ID_MAPPINGS lines. An unprivileged caller with more than its own ID mapped
 * goes through newuidmap/newgidmap. deny_setgroups writes "deny" to setgroups first (an unprivileged caller must). 0 or -1. */
int ids_write_uid_map(pid_t pid, const struct idmap *maps, size_t count, struct err *e);
int ids_write_gid_map(pid_t pid, const struct idmap *maps, size_t count, bool deny_setgroups, struct err *e);

#endif
