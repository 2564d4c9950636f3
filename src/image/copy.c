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
#include "image/image_store.h"
#include "image/interrupt.h"
#include "image/tar_write.h"

static LARGE struct image image;

/* Where blobs go: a layout's directory, or an archive. */
static struct { int fd; bool archive; } to;

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
static int put_index(const struct descriptor *manifest, const char *name, struct err *e)
{
	static LARGE char text[8192];
	struct pair pair = { "org.opencontainers.image.ref.name", name };
	struct descriptor d = *manifest;
	struct image_index index = { .schemaVersion = 2 };
	struct out o;
	d.annotations = (struct string_map){ &pair, *name != 0 };
	index.manifests.items = &d;
	index.manifests.count = 1;
	out_init(&o, -1, text, sizeof text);
	document_emit_indented(&o, &image_index_object, &index, 0);
	if (o.failed)
		return err_num(e, o.failed, "index.json");
	return put_text("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}", e) < 0 ? -1 : put_text("index.json", text, e);
}

static int put_all(const struct copy_request *r, const char *name, struct err *e)
{
	const struct image_platform platform = { .os = image.config.os, .architecture = image.config.architecture, .variant = image.config.variant };
	const struct descriptor d = manifest_of(&platform);
	int result = to.archive ? put_index(&d, name, e) : 0;
	if (result == 0)
		result = put_blob(&d, e) < 0 || put_blob(image.manifest.config, e) < 0 ? -1 : 0;
	for (uint32_t i = 0; i < image.manifest.layers.count && result == 0; i++)
		if ((result = put_blob(&image.manifest.layers.items[i], e)) < 0)
			err_at(e, "%s: layers[%u]", image.place, i);
	if (result < 0)
		return -1;
	return to.archive ? tar_write_end(&w, e) : refs_put(to.fd, &d, name, r->force ? REFS_REPLACE : REFS_REFUSE, e);
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
	if (result == 0 && !r->force && *name && refs_has(to.fd, name, image.digest, e))
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

int image_copy(const struct copy_request *r, struct err *e)
{
	char spool[LIMIT_PATH_BYTES];
	struct selection s;
	const char *path = r->destination;
	bool store = str_starts(path, "store:"), archive = str_starts(path, "tar:");
	path += store ? 6 : archive ? 4 : 0;
	archive = archive || (!store && (strcmp(path, "-") == 0 || str_ends(path, ".tar")));
	interrupt_catch();
	if (str_starts(r->source, "store:"))
		return err_set(e, "%s: a store has no blobs to copy", r->source);
	if (selection_parse(&s, r->refs, r->ref_count, r->platform, e) < 0)
		return -1;
	s.digest = r->digest ? r->digest : s.digest;
	if (image_load(&image, r->source, spool_of(r, path, spool), &s, e) < 0)
		return err_at(e, "%s", r->source);
	const char *name = s.name ? s.name : image.name;
	int result = store ? to_store(path, name, e) : archive ? to_archive(r, path, name, e) : to_layout(r, name, e);
	image_unload(&image);
	return result < 0 && !store ? err_at(e, "%s", path) : result;
}
