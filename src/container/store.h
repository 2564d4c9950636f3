/* SPDX-License-Identifier: ISC */
/* Where containers are kept: ROOT/ID/ holds `record`; `config.json` as it was at create; `resources`, linux.resources as update left
 * them; `creating` until all is made: the record as it was before init; and `start`, the socket
 * that a created init listens on, until it is started. The directory itself is the lock. */
#ifndef CONTAINER_STORE_H
#define CONTAINER_STORE_H

#include <stdbool.h>
#include "base/err.h"

#define STORE_RECORD "record"
#define STORE_CONFIG "config.json"
#define STORE_RESOURCES "resources"
#define STORE_SOCKET "start"
#define STORE_CREATING "creating"
#define STORE_LOCK_MS 10000   /* how long one command waits for another on the same container */

/* store_open_root: opens ROOT, made (0700) with its parents where make is set. Returns an fd, or -1; number is ENOENT when it is missing. */
int store_open_root(const char *root, bool make, struct err *e);
/* store_make: makes ROOT/ID (0700), opens and locks it. Returns its fd, or -1: `container "ID" already exists`. */
int store_make(int root_fd, const char *id, struct err *e);
/* store_open: opens ROOT/ID. Returns an fd, or -1: `container "ID" does not exist`, number ENOENT. */
int store_open(int root_fd, const char *id, struct err *e);
/* store_lock: takes the directory's lock (flock(2): a dead holder holds nothing), waiting at most STORE_LOCK_MS. A directory that was deleted meanwhile is
 * `container "ID" does not exist`. The lock belongs to the open file: children share it, the last one to close it or any store_unlock gives it up. 0 or -1. */
int store_lock(int state_fd, const char *id, struct err *e);
/* store_try_lock: one try: 0, or -1 with number EWOULDBLOCK. */
int store_try_lock(int state_fd, const char *id, struct err *e);
void store_unlock(int state_fd);
/* store_remove: removes ROOT/ID and what is in it; a missing one is success. state_fd: of it, or -1. 0 or -1. */
int store_remove(int root_fd, int state_fd, const char *id, struct err *e);

#endif
