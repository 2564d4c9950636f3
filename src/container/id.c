/* SPDX-License-Identifier: ISC */
/* Container IDs: the grammar that runc and crun share. */
#include "container/id.h"

#include <limits.h>
#include <string.h>

#include "base/limits.h"

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-.";

int id_check(const char *id, struct err *e)
{
	size_t length = strlen(id);
	if (!length)
		return err_set(e, "container ID: empty");
	if (length > LIMIT_ID_BYTES)
		return ERR_LIMIT(e, "container ID, bytes", LIMIT_ID_BYTES);
	if (length > NAME_MAX)
		return err_set(e, "container ID \"%s\": longer than a directory's name may be (%d bytes)", id, NAME_MAX);
	if (id[strspn(id, letters)])
		return err_set(e, "container ID \"%s\": invalid character: only letters, digits and _ + - . are allowed", id);
	if (*id == '.')
		return err_set(e, "container ID \"%s\": invalid: begins with a dot", id);
	return 0;
}
