/* SPDX-License-Identifier: ISC */
/* An image layout directory. */
#include "image/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/path.h"

/* A regular file inside the layout; O_NONBLOCK: a FIFO in its place must not hold us. The fd, or -1 with the error. */
static int open_file(const struct layout *l, const char *path, struct stat *st, struct err *e)
{
	int fd = path_open(l->fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	if (fd < 0)
		return err_sys(e, "cannot open %.200s", path);
	if (fstat(fd, st) < 0)
		err_sys(e, "cannot read %.200s", path);
	else if (!S_ISREG(st->st_mode))
		err_set(e, "%.200s is not a regular file", path);
	else
		return fd;
	return io_close(fd);
}

struct document *layout_document(enum layout_document which)
{
	DOCUMENT_REGIONS(index, LIMIT_DOCUMENT_BYTES, LIMIT_TOKENS, LIMIT_ARENA_BYTES);
	DOCUMENT_REGIONS(manifest, LIMIT_DOCUMENT_BYTES, LIMIT_TOKENS, LIMIT_ARENA_BYTES);
	DOCUMENT_REGIONS(config, LIMIT_DOCUMENT_BYTES, LIMIT_TOKENS, LIMIT_ARENA_BYTES);
	static struct document documents[DOCUMENTS];
	struct document *d = &documents[which];
	if (!d->text)
		switch (which) {
		case DOCUMENT_INDEX: DOCUMENT_INIT(d, 0, index); break;
		case DOCUMENT_MANIFEST: DOCUMENT_INIT(d, 0, manifest); break;
		default: DOCUMENT_INIT(d, 0, config);
		}
	return d;
}

static int read_file(const struct layout *l, const char *name, struct document *d, const struct object *table, void *out, struct err *e)
{
	struct stat st;
	int fd = open_file(l, name, &st, e);
	if (fd < 0)
		return -1;
	d->file = name;
	ssize_t n = io_read(fd, d->text, d->text_size);
	int saved = errno;
	io_close(fd);
	if (n < 0)
		return err_num(e, saved, "cannot read %s", name);
	return document_parse(d, (size_t)n, e) < 0 ? -1 : document_decode_first(d, table, out, e);
}

int layout_read_index(const struct layout *l, struct image_index *index, struct err *e)
{
	return read_file(l, "index.json", layout_document(DOCUMENT_INDEX), &image_index_object, index, e);
}

static int check_parts(const struct layout *l, struct err *e)
{
	static const struct { const char *name, *what; mode_t type; } parts[] = {
		{ "oci-layout", "oci-layout file", S_IFREG },
		{ "index.json", "index.json file", S_IFREG },
		{ "blobs", "blobs directory", S_IFDIR },
	};
	struct image_layout file;
	struct stat st;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		int fd = path_open(l->fd, parts[i].name, O_PATH, 0);
		int found = fd < 0 ? -1 : fstat(fd, &st);
		io_close(fd);
		if (found < 0 && errno != ENOENT)
			return err_sys(e, "cannot open %s", parts[i].name);
		if (found < 0 || (st.st_mode & S_IFMT) != parts[i].type)
			return err_set(e, "image layout must contain %s", parts[i].what);
	}
	return read_file(l, "oci-layout", layout_document(DOCUMENT_INDEX), &image_layout_object, &file, e);
}

int layout_open(struct layout *l, const char *name, struct err *e)
{
	l->name = name;
	l->fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->fd < 0)
		return errno == ENOTDIR ? err_not_built(e, "an image that is not a directory") : err_sys(e, "cannot open");
	if (check_parts(l, e) == 0)
		return 0;
	layout_close(l);
	return -1;
}

void layout_close(struct layout *l)
{
	l->fd = io_close(l->fd);
}

int layout_open_blob(const struct layout *l, const struct descriptor *blob, struct source_blob *b, struct err *e)
{
	char path[320];
	struct stat st;
	if (digest_parse(blob->digest, &b->digest, e) < 0)
		return -1;
	if (!digest_blob_path(blob->digest, path, sizeof path))
		return err_set(e, "digest too long");
	b->fd = open_file(l, path, &st, e);
	if (b->fd < 0)
		return -1;
	b->size = (uint64_t)blob->size;
	b->compression = COMPRESSION_NONE;
	if (st.st_size == (off_t)b->size)
		return 0;
	b->fd = io_close(b->fd);
	return err_set(e, "size mismatch: %llu bytes, not %llu", (unsigned long long)st.st_size, (unsigned long long)b->size);
}

int layout_load(const struct layout *l, const struct descriptor *blob, struct document *d, struct err *e)
{
	struct source_blob b;
	struct hasher h;
	char found[DIGEST_TEXT_MAX];
	if (blob->size > d->text_size - 1)
		return ERR_LIMIT(e, "its bytes", LIMIT_DOCUMENT_BYTES);
	if (layout_open_blob(l, blob, &b, e) < 0)
		return -1;
	ssize_t n = io_read(b.fd, d->text, d->text_size);
	int saved = errno;
	io_close(b.fd);
	if (n < 0)
		return err_num(e, saved, "cannot read");
	if ((uint64_t)n != b.size)
		return err_set(e, "size mismatch: %zd bytes, not %llu", n, (unsigned long long)b.size);
	hasher_start(&h, &b.digest);
	hasher_add(&h, d->text, (size_t)n);
	if (!hasher_matches(&h, &b.digest, found))
		return err_set(e, "digest mismatch: it is %s", found);
	d->file = 0;
	return document_parse(d, (size_t)n, e);
}

int layout_read(const struct layout *l, const struct descriptor *blob, struct document *d, const struct object *table, void *out, struct err *e)
{
	return layout_load(l, blob, d, e) < 0 ? -1 : document_decode_first(d, table, out, e);
}
