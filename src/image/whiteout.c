/* SPDX-License-Identifier: ISC */
/* Whiteouts by their names. */
#include "image/whiteout.h"

#include <string.h>

#include "base/str.h"

enum whiteout whiteout_of(const char *path, struct err *e)
{
	enum whiteout found = WHITEOUT_NONE;
	for (const char *at = path; ; at++) {
		if (found == WHITEOUT_FILE || found == WHITEOUT_DIR) {
			err_set(e, "a whiteout cannot hold anything");
			return WHITEOUT_BAD;
		}
		if (str_starts(at, WHITEOUT_PREFIX)) {
			const char *name = at + strlen(WHITEOUT_PREFIX);
			size_t length = strcspn(name, "/");
			if (str_starts(name, WHITEOUT_PREFIX) && strcmp(at, WHITEOUT_OPAQUE) != 0)
				return WHITEOUT_SKIP;
			if (!length || (name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.')))) {
				err_set(e, "a whiteout of nothing");
				return WHITEOUT_BAD;
			}
			found = strcmp(at, WHITEOUT_OPAQUE) == 0 ? WHITEOUT_DIR : WHITEOUT_FILE;
		}
		at += strcspn(at, "/");
		if (!*at)
			return found;
	}
}
