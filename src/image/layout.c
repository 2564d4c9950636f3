/* SPDX-License-Identifier: ISC */
/* Where an image's documents and blobs come from. */
#include "image/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/path.h"
#include "image/archive.h"
#include "image/docker.h"
#include "image/inflow.h"
#include "image/media.h"

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

/* All of a blob, verified where its digest is known, into d's text. Its length or -1. */
static int read_blob(const struct source_blob *b, struct document *d, struct err *e)
{
	static LARGE struct source source;
	size_t length = 0;
	int64_t n;
	if (b->size > d->text_size - 1)
		return err_limit(e, "its bytes", "LIMIT_DOCUMENT_BYTES", d->text_size - 1);
	if (source_start(&source, b, e) < 0)
		return -1;
	while ((n = source_fill(&source, (uint8_t *)d->text + length, d->text_size - length, e)) > 0)
		length += (size_t)n;
	return n < 0 ? -1 : (int)length;
}

/* What an entry of the archive is as a blob. */
static int open_entry(const struct layout *l, const char *path, struct source_blob *b, struct err *e)
{
	const struct archive_entry *x = archive_find(path);
	b->fd = -1;
	b->offset = SOURCE_PIPE;
	b->head_length = 0;
	if (!x)
		return err_num(e, ENOENT, "cannot open %.200s", path);
	b->size = x->size;
	switch (x->where) {
	case ARCHIVE_KEPT:
		b->head = (const uint8_t *)archive_text(x);
		b->head_length = (uint32_t)x->size;
		return 0;
	case ARCHIVE_IN_FILE:
		b->offset = (int64_t)x->offset;
		b->fd = fcntl(l->fd, F_DUPFD_CLOEXEC, 0);
		return b->fd < 0 ? err_sys(e, "cannot open %.200s", path) : 0;
	case ARCHIVE_PASSING:
		b->head = archive_passing()->head;
		b->head_length = archive_passing()->head_length;
		b->fd = fcntl(archive_passing()->fd, F_DUPFD_CLOEXEC, 0);
		return b->fd < 0 ? err_sys(e, "cannot open %.200s", path) : 0;
	default:
		return err_set(e, "%.200s came by once: --spool DIR keeps what comes", path);
	}
}

static int open_path(const struct layout *l, const char *path, struct source_blob *b, struct err *e)
{
	struct stat st;
	if (l->archive)
		return open_entry(l, path, b, e);
	b->fd = open_file(l, path, &st, e);
	b->offset = 0;
	b->head_length = 0;
	b->size = b->fd < 0 ? 0 : (uint64_t)st.st_size;
	return b->fd < 0 ? -1 : 0;
}

static int load_file(const struct layout *l, const char *name, struct document *d, struct err *e)
{
	struct source_blob b = { .compression = COMPRESSION_NONE };
	if (open_path(l, name, &b, e) < 0)
		return -1;
	d->file = name;
	int length = read_blob(&b, d, e);
	io_close(b.fd);
	if (length < 0)
		return err_at(e, "%s", name);
	return document_parse(d, (size_t)length, e);
}

int layout_load_index(const struct layout *l, struct document *d, struct err *e)
{
	return load_file(l, "index.json", d, e);
}

int layout_read_index(const struct layout *l, struct image_index *index, struct err *e)
{
	struct document *d = layout_document(DOCUMENT_INDEX);
	return layout_load_index(l, d, e) < 0 ? -1 : document_decode_first(d, &image_index_object, index, e);
}

static int read_version(const struct layout *l, struct err *e)
{
	struct image_layout file;
	struct document *d = layout_document(DOCUMENT_INDEX);
	return load_file(l, "oci-layout", d, e) < 0 ? -1 : document_decode_first(d, &image_layout_object, &file, e);
}

static int check_parts(const struct layout *l, struct err *e)
{
	static const struct { const char *name, *what; mode_t type; } parts[] = {
		{ "oci-layout", "oci-layout file", S_IFREG },
		{ "index.json", "index.json file", S_IFREG },
		{ "blobs", "blobs directory", S_IFDIR },
	};
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
	return read_version(l, e);
}

static int check_archive(const struct layout *l, struct err *e)
{
	bool layout = archive_find("oci-layout");
	if (!layout && archive_find("manifest.json"))
		return docker_index(l, e);
	if (!layout || !archive_find("index.json") || !archive_has_blobs())
		return err_set(e, "image layout must contain %s", !layout ? "oci-layout file" : archive_has_blobs() ? "index.json file" : "blobs directory");
	return read_version(l, e);
}

static int open_archive(struct layout *l, const char *spool, struct archive_taker *taker, struct err *e)
{
	struct inflow in;
	if (inflow_open(&in, l->name, e) < 0)
		return -1;
	bool once = !in.plain && ((spool && !*spool) || taker);
	l->archive = true;
	if (in.plain)
		l->fd = in.fd;
	else if (!spool) {
		inflow_close(&in);
		return err_set(e, "an archive that is compressed or comes from a pipe is kept while it is read: say where by --spool DIR");
	} else if (!once && (l->fd = inflow_spool(&in, spool, e)) < 0)
		return -1;
	if (!once)
		return archive_scan(l->fd, true, 0, e) < 0 ? -1 : check_archive(l, e);
	/* what is behind the archive's end belongs to what is verified: a checksum of its compression */
	int result = 0;
	if (taker && (l->fd = taker->spool = inflow_temporary(spool, e)) < 0)
		result = -1;
	if (result == 0)
		result = archive_scan(in.fd, false, taker, e);
	if (result == 0)
		result = inflow_finish(&in, e);
	inflow_close(&in);
	return result < 0 ? -1 : check_archive(l, e);
}

int layout_open(struct layout *l, const char *name, const char *spool, struct err *e)
{
	return layout_open_passing(l, name, spool, 0, e);
}

int layout_open_passing(struct layout *l, const char *name, const char *spool, struct archive_taker *taker, struct err *e)
{
	*l = (struct layout){ .name = name, .fd = -1 };
	if (strcmp(name, "-") != 0)
		l->fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->fd < 0 && strcmp(name, "-") != 0 && errno != ENOTDIR)
		return err_sys(e, "cannot open");
	if ((l->fd < 0 ? open_archive(l, spool, taker, e) : check_parts(l, e)) == 0)
		return 0;
	layout_close(l);
	return -1;
}

void layout_close(struct layout *l)
{
	l->fd = io_close(l->fd);
}

static const char *blob_path(const struct descriptor *blob, char path[320], struct err *e)
{
	if (!digest_blob_path(blob->digest, path, 320)) {
		err_set(e, "digest too long");
		return 0;
	}
	return path;
}

int layout_open_blob(const struct layout *l, const struct descriptor *blob, struct source_blob *b, struct err *e)
{
	char path[320];
	b->compression = COMPRESSION_NONE;
	if (digest_parse(blob->digest, &b->digest, e) < 0 || !blob_path(blob, path, e) || open_path(l, path, b, e) < 0)
		return -1;
	uint64_t found = b->size;
	b->size = (uint64_t)blob->size;
	if (found == b->size)
		return 0;
	b->fd = io_close(b->fd);
	return err_set(e, "size mismatch: %llu bytes, not %llu", (unsigned long long)found, (unsigned long long)b->size);
}

/* The entry of a blob that came by once; 0: it is another's. */
static const struct archive_entry *gone(const struct layout *l, const struct descriptor *blob)
{
	char path[320];
	const struct archive_entry *x = l->archive && digest_blob_path(blob->digest, path, sizeof path) ? archive_find(path) : 0;
	return x && x->where == ARCHIVE_GONE ? x : 0;
}

bool layout_is_gone(const struct layout *l, const struct descriptor *blob)
{
	return gone(l, blob);
}

int layout_examined(const struct layout *l, const struct descriptor *blob, const char *diff_id, struct err *e)
{
	const struct archive_entry *x = gone(l, blob);
	struct digest d;
	char found[DIGEST_TEXT_MAX];
	enum compression compression;
	if (x->size != (uint64_t)blob->size)
		return err_set(e, "size mismatch: %llu bytes, not %lld", (unsigned long long)x->size, (long long)blob->size);
	if (x->bad_blob || (diff_id && x->problem))
		return err_set(e, "%s", archive_name(x->problem));
	if (!diff_id)
		return 0;
	if (media_of(blob->mediaType, &compression) != MEDIA_LAYER || compression != x->compression)
		return err_set(e, "is not what its mediaType says: %.200s", blob->mediaType);
	if (digest_parse(diff_id, &d, e) < 0)
		return err_at(e, "diff_id");
	if (d.hash != x->diff_id.hash)
		return err_set(e, "diff_id: not of its blob's algorithm, and only of that while it came by: --spool DIR keeps it");
	return digest_same(&d, &x->diff_id, found) ? 0 : err_set(e, "diff_id mismatch: the archive is %s", found);
}

int layout_load(const struct layout *l, const struct descriptor *blob, struct document *d, struct err *e)
{
	struct source_blob b;
	if (blob->size > d->text_size - 1)
		return ERR_LIMIT(e, "its bytes", LIMIT_DOCUMENT_BYTES);
	if (layout_open_blob(l, blob, &b, e) < 0)
		return -1;
	d->file = 0;
	int length = read_blob(&b, d, e);
	io_close(b.fd);
	return length < 0 ? -1 : document_parse(d, (size_t)length, e);
}

int layout_read(const struct layout *l, const struct descriptor *blob, struct document *d, const struct object *table, void *out, struct err *e)
{
	return layout_load(l, blob, d, e) < 0 ? -1 : document_decode_first(d, table, out, e);
}

const char *layout_name_of(const struct descriptor *d)
{
	const char *name = spec_value(&d->annotations, REF_NAME);
	return name ? name : "";
}
