/* SPDX-License-Identifier: ISC */
/* The index of a layout that is written: references put and removed. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/io.h"
#include "base/out.h"
#include "base/path.h"
#include "image/blob.h"

#define NEW "index.json.new"

static int is_there(const char *name, struct err *e)
{
	return err_set(e, "reference %.200s is there already (--force replaces it)", name);
}

static int write_index(int dirfd, const struct image_index *index, struct err *e)
{
	char buffer[4096];
	struct out o;
	int fd = openat(dirfd, NEW, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(e, "cannot write " NEW);
	out_init(&o, fd, buffer, sizeof buffer);
	document_emit_indented(&o, &image_index_object, index, 0);
	out_text(&o, "\n");
	int result = out_flush(&o, e);
	if (result == 0 && fsync(fd) < 0)
		result = err_sys(e, "cannot write " NEW);
	if (close(fd) < 0 && result == 0)
		result = err_sys(e, "cannot write " NEW);
	if (result == 0 && renameat(dirfd, NEW, dirfd, "index.json") < 0)
		result = err_sys(e, "cannot write " NEW);
	if (result < 0)
		unlinkat(dirfd, NEW, 0);
	else if (fsync(dirfd) < 0)
		result = err_sys(e, "cannot sync the directory");
	return result;
}

/* The descriptor's annotations with the name. */
static int set_name(struct descriptor *d, const char *name, struct arena *a, struct err *e)
{
	struct pair *items = ARENA_NEW(a, struct pair, d->annotations.count + 1, e);
	uint32_t count = 0;
	if (!items)
		return -1;
	for (uint32_t i = 0; i < d->annotations.count; i++)
		if (strcmp(d->annotations.items[i].key, REF_NAME) != 0)
			items[count++] = d->annotations.items[i];
	if (*name)
		items[count++] = (struct pair){ REF_NAME, name };
	d->annotations = (struct string_map){ items, count };
	return 0;
}

static int put(int dirfd, const struct descriptor *d, const char *name, enum refs_existing existing, struct err *e)
{
	const struct layout l = { .name = "", .fd = dirfd };
	struct arena *a = &layout_document(DOCUMENT_INDEX)->arena;
	struct image_index index;
	uint32_t count = 0;
	if (layout_read_index(&l, &index, e) < 0)
		return -1;
	struct descriptor *items = ARENA_NEW(a, struct descriptor, (size_t)index.manifests.count + 1, e);
	if (!items)
		return -1;
	for (uint32_t i = 0; i < index.manifests.count; i++) {
		const struct descriptor *old = &index.manifests.items[i];
		bool same = strcmp(old->digest, d->digest) == 0, named = strcmp(layout_name_of(old), name) == 0;
		if (same && named)
			return 0;
		if (named && *name && existing == REFS_REFUSE)
			return is_there(name, e);
		/* an image that gets a name needs no entry without one */
		if (!(named && *name) && !(same && !*layout_name_of(old)))
			items[count++] = *old;
	}
	items[count] = *d;
	if (set_name(&items[count++], name, a, e) < 0)
		return -1;
	index.manifests.items = items;
	index.manifests.count = count;
	return write_index(dirfd, &index, e);
}

int refs_put(int dirfd, const struct descriptor *d, const char *name, enum refs_existing existing, struct err *e)
{
	if (flock(dirfd, LOCK_EX) < 0)
		return err_sys(e, "cannot lock it");
	int result = put(dirfd, d, name, existing, e);
	flock(dirfd, LOCK_UN);
	return result;
}

bool refs_has(int dirfd, const char *name, const char *digest, struct err *e)
{
	const struct layout l = { .name = "", .fd = dirfd };
	struct image_index index;
	if (layout_read_index(&l, &index, e) < 0)
		return true;
	for (uint32_t i = 0; i < index.manifests.count; i++) {
		const struct descriptor *d = &index.manifests.items[i];
		if (strcmp(layout_name_of(d), name) == 0 && !(digest && strcmp(d->digest, digest) == 0))
			return is_there(name, e);
	}
	return false;
}

static int remove_named(int dirfd, const char *name, struct err *e)
{
	const struct layout l = { .name = "", .fd = dirfd };
	struct image_index index;
	uint32_t kept = 0;
	if (layout_read_index(&l, &index, e) < 0)
		return -1;
	uint32_t before = index.manifests.count;
	for (uint32_t i = 0; i < before; i++) {
		const struct descriptor *d = &index.manifests.items[i];
		if (strcmp(layout_name_of(d), name) != 0 && strcmp(d->digest, name) != 0)
			index.manifests.items[kept++] = *d;
	}
	index.manifests.count = kept;
	return kept < before && write_index(dirfd, &index, e) < 0 ? -1 : (int)(before - kept);
}

int refs_remove(int dirfd, const char *name, struct err *e)
{
	if (flock(dirfd, LOCK_EX) < 0)
		return err_sys(e, "cannot lock it");
	int result = remove_named(dirfd, name, e);
	flock(dirfd, LOCK_UN);
	return result;
}
