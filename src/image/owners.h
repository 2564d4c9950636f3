/* SPDX-License-Identifier: ISC */
/* Owners on the host of what an image's files belong to, for containers with a user namespace: the --uid-map and --gid-map of one run. */
#ifndef IMAGE_OWNERS_H
#define IMAGE_OWNERS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "spec/mount.h"

struct owners { const struct id_mapping *items; uint32_t count; };

/* owners_use: CONTAINER:HOST:SIZE words (strings of the caller's), of users and groups; none at all: owners stay as they are. Ranges may not overlap. 0 or -1. */
int owners_use(const char *const *users, uint32_t user_count, const char *const *groups, uint32_t group_count, struct err *e);
/* owners_map: the host's IDs of the image's. 0, or -1: one that is in no range. */
int owners_map(uint32_t *uid, uint32_t *gid, struct err *e);
/* owners_chown: gives fd, which was made on the way, to the container's root, where owners are mapped. 0 or -1 with errno. */
int owners_chown(int fd);
struct owners owners_of_users(void);
struct owners owners_of_groups(void);

#endif
