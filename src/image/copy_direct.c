/* SPDX-License-Identifier: ISC */
/* From a pipe into a store, layer by layer. */
#include "image/copy_direct.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Once index.json, manifest and config have come by. */
static bool choose(struct copy_direct *d)
{
	struct err unused;
	const struct image *i = d->image;
	if (!d->chosen && archive_find("oci-layout") && image_choose(d->image, d->selection, &unused) == 0)
		d->chosen = !i->unsure && i->manifest.layers.count == i->config.rootfs->diff_ids.count;
	return d->chosen;
}

/* The number of the layer above those that are there whose blob this is; count: of none. *again: the same blob is another layer, too. */
static uint32_t number_of(const struct copy_direct *d, const char *path, bool *again)
{
	uint32_t count = d->image->manifest.layers.count, found = count;
	char blob[320];
	*again = false;
	for (uint32_t n = d->layers.count; n < count; n++) {
		if (!digest_blob_path(d->image->manifest.layers.items[n].digest, blob, sizeof blob) || strcmp(blob, path) != 0)
			continue;
		*again = found < count;
		found = found < count ? found : n;
	}
	return found;
}

static bool is_there(const struct copy_direct *d, uint32_t number)
{
	char chain[DIGEST_TEXT_MAX], layer[STORE_LAYER_BYTES];
	strcpy(chain, d->chain);
	image_store_chain(chain, d->image->config.rootfs->diff_ids.items[number]);
	image_store_layer_name(chain, layer);
	return faccessat(d->s.layers, layer, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int add(struct copy_direct *d, struct err *e)
{
	mode_t before = umask(0);
	int result = image_store_add_layer(&d->s, d->image, d->layers.count, &d->layers, d->chain, e);
	umask(before);
	return result < 0 ? err_at(e, "%s", d->image->place) : 0;
}

int copy_direct_take(struct archive_taker *taker, const char *path, struct err *e)
{
	struct copy_direct *d = (struct copy_direct *)taker;
	bool again;
	if (!choose(d))
		return 0;
	uint32_t number = number_of(d, path, &again);
	if (number == d->image->manifest.layers.count)
		return 1;
	if (again)
		return 0;
	if (!d->opened && image_store_open(&d->s, d->store, STORE_MAKE, e) < 0)
		return -1;
	d->opened = true;
	while (d->layers.count < number && is_there(d, d->layers.count))
		if (add(d, e) < 0)
			return -1;
	return d->layers.count < number ? 0 : add(d, e) < 0 ? -1 : 1;
}

void copy_direct_close(struct copy_direct *d)
{
	image_store_release(&d->layers);
	if (d->opened)
		image_store_close(&d->s);
	d->opened = false;
}
