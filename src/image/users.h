/* SPDX-License-Identifier: ISC */
/* An image's User looked up in its own /etc/passwd and /etc/group (image-spec, config.md, "User"; conversion.md). */
#ifndef IMAGE_USERS_H
#define IMAGE_USERS_H

#include <stdint.h>
#include "base/err.h"
#include "base/limits.h"

struct image_user {
	uint32_t uid, gid;
	uint32_t group_count;
	int64_t groups[LIMIT_GROUPS];      /* additional ones; none when a group was named */
};

/* users_find: "", "USER", "USER:GROUP"; each a number or a name. A number need not be in the files. The files are opened inside rootfd. 0 or -1. */
int users_find(int rootfd, const char *text, struct image_user *user, struct err *e);

#endif
