/* SPDX-License-Identifier: ISC */
/* Archives of `docker save` in their older form. */
#include "image/docker.h"

#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/out.h"
#include "image/archive.h"
#include "image/inflow.h"

#define TYPE "\"mediaType\":\"application/vnd.oci.image."

/* What is being made up. */
struct making {
	const struct layout *layout;
	struct out index;
	bool any;                          /* there is a descriptor in index */
};

/* The layer's suffix; *compressed: its digest is to be taken (what has gone by is known by its diff_id alone). */
static const char *type_of(const struct layout *l, const struct archive_entry *x, bool *compressed)
{
	uint8_t first[4];
	ssize_t n = x->where == ARCHIVE_IN_FILE && x->size >= sizeof first ? pread(l->fd, first, sizeof first, (off_t)x->offset) : 0;
	enum compression found = x->where == ARCHIVE_GONE ? x->compression : n < 0 ? COMPRESSION_NONE : inflow_magic(first, (size_t)n);
	*compressed = found != COMPRESSION_NONE && x->where == ARCHIVE_IN_FILE;
	return found == COMPRESSION_GZIP ? "+gzip" : found == COMPRESSION_ZSTD ? "+zstd" : "";
}

static int take_digest(const struct layout *l, const struct archive_entry *x, char text[DIGEST_TEXT_MAX], struct err *e)
{
	static const struct digest sha256 = { .hash = &br_sha256_vtable };
	static LARGE uint8_t bytes[LIMIT_READ_BYTES];
	struct hasher h;
	hasher_start(&h, &sha256);
	for (uint64_t at = 0; at < x->size; ) {
		uint64_t left = x->size - at;
		ssize_t n = pread(l->fd, bytes, left < sizeof bytes ? (size_t)left : sizeof bytes, (off_t)(x->offset + at));
		if (n <= 0)
			return n < 0 ? err_sys(e, "cannot read") : err_set(e, "truncated archive");
		hasher_add(&h, bytes, (size_t)n);
		at += (uint64_t)n;
	}
	hasher_matches(&h, &sha256, text);
	return 0;
}

/* One layer's descriptor; its blob can be found by it from here on. */
static int put_layer(struct making *m, struct out *o, const char *path, const char *diff_id, struct err *e)
{
	const struct archive_entry *x = archive_find(path);
	char digest[DIGEST_TEXT_MAX], blob[320];
	bool compressed;
	if (!x)
		return err_set(e, "not in the archive");
	const char *type = type_of(m->layout, x, &compressed);
	if (compressed && take_digest(m->layout, x, digest, e) < 0)
		return -1;
	const char *name = compressed ? digest : diff_id;
	if (!digest_blob_path(name, blob, sizeof blob) || archive_add(x, blob, e) < 0)
		return -1;
	out_printf(o, "{" TYPE "layer.v1.tar%s\",\"digest\":\"%s\",\"size\":%llu}", type, name, (unsigned long long)x->size);
	return 0;
}

/* The config's bytes under their digest, and decoded. */
static int read_config(const struct layout *l, const char *path, struct image_config *config, char digest[DIGEST_TEXT_MAX], uint64_t *size, struct err *e)
{
	const struct archive_entry *x = archive_find(path);
	char blob[DIGEST_TEXT_MAX + 8];
	if (!x || x->where == ARCHIVE_GONE)
		return err_set(e, x ? "is no document" : "not in the archive");
	if (x->where == ARCHIVE_KEPT) {
		/* once more, under its digest */
		if (archive_keep(0, archive_text(x), (size_t)x->size, digest, e) < 0)
			return -1;
	} else if (take_digest(l, x, digest, e) < 0 || archive_add(x, digest_blob_path(digest, blob, sizeof blob), e) < 0)
		return -1;
	*size = x->size;
	const struct descriptor d = { .digest = digest, .size = (int64_t)x->size };
	return layout_read(l, &d, layout_document(DOCUMENT_CONFIG), &image_config_object, config, e);
}

static int put_manifest(struct making *m, const struct docker_image *image, char digest[DIGEST_TEXT_MAX], size_t *size, struct err *e)
{
	static LARGE char text[LIMIT_LAYERS * 256 + 1024];
	static struct image_config config;
	char config_digest[DIGEST_TEXT_MAX];
	uint64_t config_size = 0;
	struct out o;
	if (read_config(m->layout, image->Config, &config, config_digest, &config_size, e) < 0)
		return err_at(e, "Config \"%.100s\"", image->Config);
	uint32_t count = image->Layers.count;
	if (count != config.rootfs->diff_ids.count)
		return err_set(e, "%u layers, but %u diff_ids in the config", count, config.rootfs->diff_ids.count);
	if (count > LIMIT_LAYERS)
		return ERR_LIMIT(e, "Layers", LIMIT_LAYERS);
	out_init(&o, -1, text, sizeof text);
	out_printf(&o, "{\"schemaVersion\":2," TYPE "manifest.v1+json\",\"config\":{" TYPE "config.v1+json\",\"digest\":\"%s\",\"size\":%llu},\"layers\":[",
	           config_digest, (unsigned long long)config_size);
	for (uint32_t i = 0; i < count; i++) {
		if (i)
			out_text(&o, ",");
		if (put_layer(m, &o, image->Layers.items[i], config.rootfs->diff_ids.items[i], e) < 0)
			return err_at(e, "Layers[%u] \"%.100s\"", i, image->Layers.items[i]);
	}
	out_text(&o, "]}");
	*size = o.used;
	return out_flush(&o, e) < 0 ? -1 : archive_keep(0, text, o.used, digest, e);
}

static int put_image(struct making *m, const struct docker_image *image, struct err *e)
{
	char digest[DIGEST_TEXT_MAX];
	size_t size = 0;
	if (put_manifest(m, image, digest, &size, e) < 0)
		return -1;
	for (uint32_t i = 0; i == 0 || i < image->RepoTags.count; i++) {
		out_printf(&m->index, "%s{" TYPE "manifest.v1+json\",\"digest\":\"%s\",\"size\":%zu", m->any ? "," : "", digest, size);
		m->any = true;
		if (i < image->RepoTags.count) {
			out_text(&m->index, ",\"annotations\":{\"" REF_NAME "\":");
			json_quote(&m->index, image->RepoTags.items[i]);
			out_text(&m->index, "}");
		}
		out_text(&m->index, "}");
	}
	return 0;
}

/* manifest.json: an array, which stands for the object that its table speaks of. */
static int read_images(const struct layout *l, struct docker_archive *to, struct err *e)
{
	const struct archive_entry *x = archive_find("manifest.json");
	struct document *d = layout_document(DOCUMENT_INDEX);
	if (x->where == ARCHIVE_GONE || x->size >= d->text_size)
		return ERR_LIMIT(e, "its bytes", LIMIT_DOCUMENT_BYTES);
	if (x->where == ARCHIVE_KEPT)
		memcpy(d->text, archive_text(x), (size_t)x->size);
	else if (pread(l->fd, d->text, (size_t)x->size, (off_t)x->offset) != (ssize_t)x->size)
		return err_sys(e, "cannot read");
	d->file = 0;
	return document_parse(d, (size_t)x->size, e) < 0 ? -1 : document_decode_first(d, &docker_archive_object, to, e);
}

static int make(const struct layout *l, struct err *e)
{
	static LARGE char text[LIMIT_DOCKER_INDEX_BYTES];
	struct docker_archive images;
	struct making m = { .layout = l };
	if (read_images(l, &images, e) < 0)
		return -1;
	out_init(&m.index, -1, text, sizeof text);
	out_text(&m.index, "{\"schemaVersion\":2,\"manifests\":[");
	for (uint32_t i = 0; i < images.images.count; i++)
		if (put_image(&m, &images.images.items[i], e) < 0)
			return err_at(e, "images[%u]", i);
	out_text(&m.index, "]}");
	if (m.index.failed)
		return ERR_LIMIT(e, "images and their names, bytes", LIMIT_DOCKER_INDEX_BYTES);
	return archive_keep("index.json", text, m.index.used, 0, e);
}

int docker_index(const struct layout *l, struct err *e)
{
	return make(l, e) < 0 ? err_at(e, "manifest.json") : 0;
}
