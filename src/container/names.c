/* SPDX-License-Identifier: ISC */
/* The IDs of all containers below a state directory; runc-list(8). */
#include "container/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/limits.h"
#include "container/id.h"
#include "container/store.h"

#define NAMES_BYTES (LIMIT_CONTAINERS * 40)   /* of all IDs together: a UUID has 36 bytes, most IDs are shorter, engines' have 64 */
static LARGE struct { uint32_t count; size_t used; const char *names[LIMIT_CONTAINERS]; char text[NAMES_BYTES]; } found;

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int collect(int root_fd, struct err *e)
{
	struct dir d;
	struct dir_entry entry;
	struct err unused;
	int got;
	found.count = 0;
	found.used = 0;
	dir_start(&d, root_fd);
	while ((got = dir_next(&d, &entry)) > 0) {
		size_t length = strlen(entry.name) + 1;
		if (id_check(entry.name, &unused) < 0)
			continue;
		if (found.count == LIMIT_CONTAINERS || found.used + length > NAMES_BYTES)
			return ERR_LIMIT(e, "containers", LIMIT_CONTAINERS);
		found.names[found.count++] = memcpy(found.text + found.used, entry.name, length);
		found.used += length;
	}
	if (got < 0)
		return err_sys(e, "cannot read the state directory");
	qsort(found.names, found.count, sizeof *found.names, by_name);
	return 0;
}

int names_read(const char *root, struct names *names, struct err *e)
{
	*names = (struct names){ 0, found.names };
	int root_fd = store_open_root(root, false, e);
	if (root_fd < 0)
		return e->number == ENOENT ? 0 : -1;
	int result = collect(root_fd, e);
	io_close(root_fd);
	names->count = result < 0 ? 0 : found.count;
	return result;
}
