/* SPDX-License-Identifier: ISC */
/* image rm, image gc. What is kept is marked by 64 bits of its name in a fixed table: two names that share them only keep one file more. */
#include "image/image_store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/out.h"
#include "base/str.h"
#include "image/interrupt.h"
#include "image/media.h"
#include "image/walk.h"

struct collection {
	struct image_store store;
	struct layout layout;
	uint32_t layers, blobs, bundles;   /* removed */
	uint32_t marked;
	uint64_t mark[LIMIT_STORE_NAMES];  /* open addressing; 0: free */
};
static LARGE struct collection collection;

int image_remove(const char *name, const char *ref, struct err *e)
{
	struct image_store s;
	if (image_store_open(&s, name, STORE_READ, e) < 0)
		return -1;
	int removed = refs_remove(s.fd, ref, e);
	image_store_close(&s);
	if (removed == 0)
		err_set(e, "no image with reference or digest %.200s", ref);
	return removed > 0 ? 0 : err_at(e, "%s", name);
}

static uint64_t hash(const char *name)
{
	uint64_t h = 0xcbf29ce484222325;   /* FNV-1a */
	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3;
	return h ? h : 1;
}

static uint64_t *slot(struct collection *c, const char *name)
{
	uint64_t h = hash(name);
	uint32_t at = (uint32_t)(h % LIMIT_STORE_NAMES);
	while (c->mark[at] && c->mark[at] != h)
		at = (at + 1) % LIMIT_STORE_NAMES;
	return &c->mark[at];
}

static int mark(struct collection *c, const char *name, struct err *e)
{
	uint64_t *at = slot(c, name);
	if (*at)
		return 0;
	if (++c->marked == LIMIT_STORE_NAMES)
		return ERR_LIMIT(e, "names in a store", LIMIT_STORE_NAMES);
	*at = hash(name);
	return 0;
}

static int mark_blob(struct collection *c, const char *digest, struct err *e)
{
	char path[320];
	return digest_blob_path(digest, path, sizeof path) ? mark(c, path, e) : err_set(e, "digest too long");
}

static int mark_image(struct collection *c, const struct descriptor *d, struct err *e)
{
	struct image_manifest m;
	struct image_config config;
	char chain[DIGEST_TEXT_MAX] = "", layer[STORE_LAYER_BYTES];
	if (mark_blob(c, d->digest, e) < 0 || image_read(&c->layout, d, &m, &config, e) < 0 || mark_blob(c, m.config->digest, e) < 0)
		return -1;
	for (uint32_t i = 0; i < config.rootfs->diff_ids.count; i++) {
		image_store_chain(chain, config.rootfs->diff_ids.items[i]);
		image_store_layer_name(chain, layer);
		if (mark(c, layer, e) < 0)
			return -1;
	}
	return 0;
}

static int mark_references(struct collection *c, struct err *e)
{
	static LARGE struct walk w;
	int found;
	walk_start(&w, &c->layout);
	while ((found = walk_next(&w, e)) > 0)
		if (mark_image(c, w.descriptor, e) < 0)
			return err_at(e, "%s", w.place);
	return found;
}

/* "DIGEST SIZE\nPATH\n"; a record that cannot be read is an error: nothing may be removed then. */
static int mark_bundle(struct collection *c, int bundles, const char *name, struct err *e)
{
	char text[LIMIT_PATH_BYTES + WALK_TEXT_BYTES + 32], *space, *line, *end;
	struct stat st;
	uint64_t size;
	if (io_read_file(bundles, name, text, sizeof text, e) < 0)
		return -1;
	space = strchr(text, ' ');
	line = space ? strchr(space, '\n') : 0;
	end = line ? strchr(line + 1, '\n') : 0;
	if (!end)
		return err_set(e, "not a bundle's record");
	*space = *line = *end = 0;
	if (str_u64(space + 1, &size) < 0)
		return err_set(e, "not a bundle's record");
	if (lstat(line + 1, &st) < 0 && (errno == ENOENT || errno == ENOTDIR)) {
		c->bundles++;
		return unlinkat(bundles, name, 0) < 0 ? err_sys(e, "cannot remove it") : 0;
	}
	const struct descriptor d = { .digest = text, .size = (int64_t)size };
	return mark_image(c, &d, e) < 0 ? err_at(e, "%s", line + 1) : 0;
}

static int mark_bundles(struct collection *c, struct err *e)
{
	struct dir d;
	struct dir_entry x;
	int found, result = 0, fd = openat(c->store.fd, "bundles", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "cannot open bundles");
	dir_start(&d, fd);
	while (result == 0 && (found = dir_next(&d, &x)) > 0)
		result = str_ends(x.name, ".new") ? unlinkat(fd, x.name, 0) : mark_bundle(c, fd, x.name, e) < 0 ? err_at(e, "bundles/%.80s", x.name) : 0;
	io_close(fd);
	return result;
}

static int sweep_layers(struct collection *c, struct err *e)
{
	struct dir d;
	struct dir_entry x;
	int found;
	dir_start(&d, c->store.layers);
	while ((found = dir_next(&d, &x)) > 0) {
		if (interrupted())
			return err_set(e, "interrupted");
		if (str_ends(x.name, ".new") || *slot(c, x.name))
			continue;
		if (image_store_remove(&c->store, x.name, e) < 0)
			return -1;
		c->layers++;
	}
	return found;
}

static int sweep_blobs(struct collection *c, struct err *e)
{
	struct dir algorithms, d;
	struct dir_entry a, x;
	char path[640];
	int blobs = openat(c->store.fd, "blobs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir_start(&algorithms, blobs);
	while (blobs >= 0 && dir_next(&algorithms, &a) > 0) {
		int fd = openat(blobs, a.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		dir_start(&d, fd);
		while (fd >= 0 && dir_next(&d, &x) > 0) {
			if (str_format(path, sizeof path, e, "blobs/%s/%s", a.name, x.name) < 0 || *slot(c, path))
				continue;
			if (unlinkat(fd, x.name, 0) == 0)
				c->blobs++;
		}
		io_close(fd);
	}
	io_close(blobs);
	return 0;
}

int image_collect(const char *name, struct out *out, struct err *e)
{
	struct collection *c = &collection;
	interrupt_catch();
	if (image_store_open(&c->store, name, STORE_ALONE, e) < 0)
		return -1;
	c->layout = (struct layout){ .name = name, .fd = c->store.fd };
	int result = mark_references(c, e) < 0 || mark_bundles(c, e) < 0 ? -1 : 0;
	if (result == 0)
		result = sweep_layers(c, e) < 0 || sweep_blobs(c, e) < 0 ? -1 : 0;
	image_store_close(&c->store);
	if (result < 0)
		return err_at(e, "%s", name);
	out_printf(out, "removed: %u layers, %u documents, records of %u bundles that are gone\n", c->layers, c->blobs, c->bundles);
	return out_flush(out, e);
}
