/* SPDX-License-Identifier: ISC */
/* image copy. */
#include "image/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/out.h"
#include "base/str.h"
#include "image/copy_direct.h"
#include "image/image_store.h"
#include "image/interrupt.h"
#include "image/media.h"
#include "image/select.h"
#include "image/tar_write.h"

static LARGE struct image image;
static struct selection selection;

/* Where blobs go: a layout's directory, or an archive. */
static struct { int fd; bool archive; } to;

/* The beginnings, 128 bits and more, of digests of blobs that are in the archive; what there is no room for may get into it twice. */
static LARGE char put_already[LIMIT_CHECKED][48];
static uint32_t put_count;

static bool is_put(const char *digest)
{
	for (uint32_t i = 0; i < put_count; i++)
		if (strncmp(put_already[i], digest, sizeof put_already[i] - 1) == 0)
			return true;
	if (put_count < LIMIT_CHECKED)
		snprintf(put_already[put_count++], sizeof put_already[0], "%s", digest);
	return false;
}

static int write_archive(void *context, const void *bytes, size_t length, struct err *e)
{
	(void)context;
	return io_write(to.fd, bytes, length) < 0 ? err_sys(e, "cannot write") : 0;
}

static const struct tar_writer w = { write_archive, 0 };

static int put_entry(const char *path, uint64_t size, struct err *e)
{
	const struct tar_entry x = { .type = TAR_FILE, .path = path, .mode = 0644, .size = size };
	return tar_write_header(&w, &x, e);
}

static int put_text(const char *path, const char *text, struct err *e)
{
	size_t length = strlen(text);
	return put_entry(path, length, e) < 0 || write_archive(0, text, length, e) < 0 ? -1 : tar_write_padding(&w, length, e);
}

static int put_blob(const struct descriptor *d, struct err *e)
{
	char path[320];
	struct source_blob blob;
	if (!to.archive)
		return blob_copy(&image.layout, d, to.fd, e);
	if (!digest_blob_path(d->digest, path, sizeof path))
		return err_set(e, "digest too long");
	if (is_put(d->digest))
		return 0;
	if (layout_open_blob(&image.layout, d, &blob, e) < 0)
		return -1;
	int result = put_entry(path, blob.size, e) < 0 || blob_copy_bytes(&blob, to.fd, e) < 0 ? -1 : tar_write_padding(&w, blob.size, e);
	io_close(blob.fd);
	return result;
}

static struct descriptor manifest_of(const struct image_platform *platform)
{
	return (struct descriptor){ .mediaType = image.media_type, .digest = image.digest, .size = image.size, .platform = platform };
}

/* In an archive what refers to the rest comes first, so that it can be read in one pass. */
static int put_index(const struct image_index *index, struct err *e)
{
	static LARGE char text[LIMIT_DOCUMENT_BYTES];
	struct out o;
	out_init(&o, -1, text, sizeof text);
	document_emit_indented(&o, &image_index_object, index, 0);
	if (o.failed)
		return err_num(e, o.failed, "index.json");
	return put_text("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}", e) < 0 ? -1 : put_text("index.json", text, e);
}

static int put_contents(const struct image_manifest *m, const char *place, struct err *e)
{
	int result = put_blob(m->config, e);
	for (uint32_t i = 0; i < m->layers.count && result == 0; i++)
		if ((result = put_blob(&m->layers.items[i], e)) < 0)
			err_at(e, "%s: layers[%u]", place, i);
	return result;
}

static int put_one(const struct copy_request *r, const char *name, struct err *e)
{
	const struct image_platform platform = image_platform_of(&image.config);
	struct descriptor d = manifest_of(&platform);
	struct pair pair = { REF_NAME, name };
	struct image_index index = { .schemaVersion = 2 };
	index.manifests.items = &d;
	index.manifests.count = 1;
	d.annotations = (struct string_map){ &pair, *name != 0 };
	if ((to.archive && put_index(&index, e) < 0) || put_blob(&d, e) < 0 || put_contents(&image.manifest, image.place, e) < 0)
		return -1;
	return to.archive ? 0 : refs_put(to.fd, &d, name, r->force ? REFS_REPLACE : REFS_REFUSE, e);
}

static bool is_selected(const char *name, const char *digest)
{
	return selection_is_name(&selection, name) && (!selection.digest || strcmp(selection.digest, digest) == 0);
}

/* What of index.json is selected; in a document that nothing else is read into meanwhile. */
static int read_selected(struct image_index *index, struct err *e)
{
	struct document *d = layout_document(DOCUMENT_CONFIG);
	uint32_t count = 0;
	if (layout_load_index(&image.layout, d, e) < 0 || document_decode_first(d, &image_index_object, index, e) < 0)
		return -1;
	for (uint32_t i = 0; i < index->manifests.count; i++)
		if (is_selected(layout_name_of(&index->manifests.items[i]), index->manifests.items[i].digest))
			index->manifests.items[count++] = index->manifests.items[i];
	index->manifests.count = count;
	return count ? 0 : err_set(e, "no image with that reference");
}

/* What the walk has found, and the indexes that it stands in. */
static int put_found(const struct walk *at, struct err *e)
{
	static struct image_manifest m;
	int result = 0;
	for (unsigned i = 1; i <= at->depth && result == 0; i++)
		result = put_blob(&(struct descriptor){ .digest = at->level[i].digest, .size = at->level[i].size }, e);
	if (result == 0)
		result = put_blob(at->descriptor, e);
	if (result == 0 && media_of(at->descriptor->mediaType, 0) == MEDIA_MANIFEST)
		result = layout_read(at->layout, at->descriptor, layout_document(DOCUMENT_MANIFEST), &image_manifest_object, &m, e) < 0 ? -1 : put_contents(&m, "manifest", e);
	return result < 0 ? err_at(e, "%s", at->place) : 0;
}

static int put_every(const struct copy_request *r, struct err *e)
{
	static LARGE struct walk at;
	struct image_index index;
	int found;
	if (read_selected(&index, e) < 0 || (to.archive && put_index(&index, e) < 0))
		return -1;
	for (uint32_t i = 0; i < index.manifests.count; i++) {
		const struct descriptor *d = &index.manifests.items[i];
		if ((!to.archive && !r->force && *layout_name_of(d) && refs_has(to.fd, layout_name_of(d), d->digest, e)) || put_blob(d, e) < 0)
			return -1;
	}
	walk_start(&at, &image.layout);
	while ((found = walk_next(&at, e)) > 0)
		if (is_selected(at.depth ? at.level[1].name : at.name, at.depth ? at.level[1].digest : at.descriptor->digest) && put_found(&at, e) < 0)
			return -1;
	for (uint32_t i = 0; found == 0 && i < index.manifests.count && !to.archive; i++)
		found = refs_put(to.fd, &index.manifests.items[i], layout_name_of(&index.manifests.items[i]), r->force ? REFS_REPLACE : REFS_REFUSE, e);
	return found;
}

static int put_all(const struct copy_request *r, const char *name, struct err *e)
{
	put_count = 0;
	return (r->all ? put_every(r, e) : put_one(r, name, e)) < 0 ? -1 : to.archive ? tar_write_end(&w, e) : 0;
}

/* Beside its place under another name, synced, renamed. */
static int to_archive(const struct copy_request *r, const char *path, const char *name, struct err *e)
{
	char new_path[LIMIT_PATH_BYTES];
	to.fd = 1;
	to.archive = true;
	if (strcmp(path, "-") == 0)
		return put_all(r, name, e);
	if (str_format(new_path, sizeof new_path, e, "%s.new", path) < 0)
		return -1;
	if (!r->force && faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return err_set(e, "is there already (--force replaces it)");
	unlink(new_path);
	to.fd = open(new_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (to.fd < 0)
		return err_sys(e, "cannot make it");
	int result = put_all(r, name, e);
	if (result == 0 && (fsync(to.fd) < 0 || rename(new_path, path) < 0 || syncfs(to.fd) < 0))
		result = err_sys(e, "cannot put it in its place");
	if (result < 0)
		unlink(new_path);
	io_close(to.fd);
	return result;
}

static int to_layout(const struct copy_request *r, const char *name, struct err *e)
{
	struct err unused;
	bool made = mkdir(r->destination, 0755) == 0;
	to.fd = open(r->destination, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = to.fd < 0 ? err_sys(e, "cannot open") : layout_check_target(to.fd, e);
	if (result == 0 && !r->force && !r->all && *name && refs_has(to.fd, name, image.digest, e))
		result = -1;
	if (result == 0)
		result = put_all(r, name, e);
	if (result < 0 && made)
		dir_remove_tree(AT_FDCWD, r->destination, &unused);
	io_close(to.fd);
	return result;
}

static int to_store(const char *path, const char *name, struct err *e)
{
	struct image_store s;
	if (image_store_open(&s, path, STORE_MAKE, e) < 0)
		return -1;
	int result = image_store_add(&s, &image, name, e);
	image_store_close(&s);
	return result;
}

/* Standard input is kept in the directory that it goes to, or in the one around that. */
static const char *spool_of(const struct copy_request *r, const char *path, char buffer[LIMIT_PATH_BYTES])
{
	struct stat st;
	if (r->spool || strcmp(path, "-") == 0)
		return r->spool;
	snprintf(buffer, LIMIT_PATH_BYTES, "%s", path);
	if (stat(buffer, &st) == 0 && S_ISDIR(st.st_mode))
		return buffer;
	char *slash = strrchr(buffer, '/');
	strcpy(slash ? slash + (slash == buffer) : buffer, slash ? "" : ".");
	return buffer;
}

static LARGE struct copy_direct direct;

/* What can be goes into the store as it comes. Until all is there the store stays open, and locked: nothing may take the layers away. */
static int load_directly(const char *source, const char *spool, const char *store, struct err *e)
{
	direct = (struct copy_direct){ .taker.take = copy_direct_take, .image = &image, .selection = &selection, .store = store };
	int result = layout_open_passing(&image.layout, source, spool, &direct.taker, e);
	if (result == 0 && image_choose(&image, &selection, e) < 0) {
		image_unload(&image);
		result = -1;
	}
	return result;
}

int image_copy(const struct copy_request *r, struct err *e)
{
	char spool[LIMIT_PATH_BYTES];
	struct selection *s = &selection;
	const char *path = r->destination;
	bool store = str_starts(path, "store:"), archive = str_starts(path, "tar:");
	path += store ? 6 : archive ? 4 : 0;
	archive = archive || (!store && (strcmp(path, "-") == 0 || str_ends(path, ".tar")));
	interrupt_catch();
	if (str_starts(r->source, "store:"))
		return err_set(e, "%s: a store has no blobs to copy", r->source);
	if (selection_parse(s, r->refs, r->ref_count, r->platform, e) < 0)
		return -1;
	if (r->all && (store || s->platform_asked || selection_by_platform(s)))
		return err_set(e, "--all: not with a platform, nor into a store");
	s->digest = r->digest ? r->digest : s->digest;
	const char *kept = spool_of(r, path, spool);
	int opened = r->all ? layout_open(&image.layout, r->source, kept, e) : store ? load_directly(r->source, kept, path, e) : image_load(&image, r->source, kept, s, e);
	if (opened < 0) {
		copy_direct_close(&direct);
		return err_at(e, "%s", r->source);
	}
	const char *name = s->name ? s->name : image.name;
	int result = store ? to_store(path, name, e) : archive ? to_archive(r, path, name, e) : to_layout(r, name, e);
	image_unload(&image);
	copy_direct_close(&direct);
	return result < 0 && !store ? err_at(e, "%s", path) : result;
}
