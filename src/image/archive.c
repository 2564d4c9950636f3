/* SPDX-License-Identifier: ISC */
/* An image in a tar archive: its table of entries. */
#include "image/archive.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/path.h"
#include "base/str.h"
#include "image/blob.h"
#include "image/examine.h"
#include "image/inflow.h"
#include "image/tar.h"

#define LINKS_MAX 8        /* from one name to the next: archives of docker save need one */

static LARGE struct archive_entry entries[LIMIT_ENTRIES];
static uint32_t entry_count;
static bool has_blobs;
static LARGE char names[LIMIT_ENTRY_NAMES_BYTES];
static uint32_t names_used;
static LARGE char kept[LIMIT_DOCUMENT_BYTES];
static uint32_t kept_used;
static LARGE struct tar tar;
static LARGE struct stream stream;
static LARGE struct blocks blocks;

static uint32_t hash_of(const char *text)
{
	uint32_t hash = 2166136261u;
	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619u;
	return hash;
}

static int put_name(const char *text, uint32_t *name, struct err *e)
{
	size_t length = strlen(text) + 1;
	if (length > sizeof names - names_used)
		return ERR_LIMIT(e, "names of an archive", LIMIT_ENTRY_NAMES_BYTES);
	memcpy(names + names_used, text, length);
	*name = names_used;
	names_used += (uint32_t)length;
	return 0;
}

int archive_add(const struct archive_entry *x, const char *path, struct err *e)
{
	if (entry_count == LIMIT_ENTRIES)
		return ERR_LIMIT(e, "entries of an archive", LIMIT_ENTRIES);
	struct archive_entry *to = &entries[entry_count];
	*to = *x;
	to->hash = hash_of(path);
	if (put_name(path, &to->name, e) < 0)
		return -1;
	entry_count++;
	return 0;
}

const char *archive_name(uint32_t name)
{
	return names + name;
}

const char *archive_text(const struct archive_entry *x)
{
	return kept + x->offset;
}

/* The last one of that name: as tar has it, it replaces those before. */
static const struct archive_entry *find(const char *path)
{
	uint32_t hash = hash_of(path);
	for (uint32_t i = entry_count; i--; )
		if (entries[i].hash == hash && strcmp(names + entries[i].name, path) == 0)
			return &entries[i];
	return 0;
}

const struct archive_entry *archive_find(const char *path)
{
	const struct archive_entry *x = find(path);
	for (int i = 0; x && x->where == ARCHIVE_LINK; i++)
		x = i < LINKS_MAX ? find(names + x->offset) : 0;
	return x;
}

bool archive_has_blobs(void)
{
	return has_blobs;
}

int archive_keep(const char *path, const char *text, size_t length, char digest[DIGEST_TEXT_MAX], struct err *e)
{
	static const struct digest sha256 = { .hash = &br_sha256_vtable };
	struct archive_entry x = { .where = ARCHIVE_KEPT, .offset = kept_used, .size = length };
	char blob[DIGEST_TEXT_MAX + 8];
	struct hasher h;
	if (length > sizeof kept - kept_used)
		return ERR_LIMIT(e, "an archive's documents together, bytes", LIMIT_DOCUMENT_BYTES);
	memcpy(kept + kept_used, text, length);
	kept_used += (uint32_t)length;
	if (digest) {
		hasher_start(&h, &sha256);
		hasher_add(&h, text, length);
		hasher_matches(&h, &sha256, digest);
		path = path ? path : digest_blob_path(digest, blob, sizeof blob);
	}
	return archive_add(&x, path, e);
}

/* A name as it is looked up: relative, clean. */
static int clean(const char *path, char to[LIMIT_PATH_BYTES], struct err *e)
{
	if (path_clean(path, to, LIMIT_PATH_BYTES) < 0)
		return ERR_LIMIT(e, "a path", LIMIT_PATH_BYTES);
	if (to[0] == '/')
		memmove(to, to + 1, strlen(to));
	return 0;
}

/* A symlink's target is relative to its directory, a hard link's to the root. */
static int add_link(const struct tar_entry *x, const char *path, struct err *e)
{
	struct archive_entry entry = { .where = ARCHIVE_LINK };
	char joined[2 * LIMIT_PATH_BYTES], target[LIMIT_PATH_BYTES];
	const char *slash = x->type == TAR_SYMLINK && x->link[0] != '/' ? strrchr(path, '/') : 0;
	uint32_t name;
	if (str_format(joined, sizeof joined, e, "/%.*s%s", slash ? (int)(slash - path) + 1 : 0, path, x->link) < 0 || clean(joined, target, e) < 0)
		return -1;
	/* what GNU tar writes of a file that it was told of twice */
	if (strcmp(target, path) == 0)
		return 0;
	if (put_name(target, &name, e) < 0)
		return -1;
	entry.offset = name;
	return archive_add(&entry, path, e);
}

/* A document of a pipe is kept; -1 also where it is larger than its space. */
static int keep_document(const char *path, uint64_t size, struct err *e)
{
	const uint8_t *bytes;
	uint64_t offset;
	uint32_t start = kept_used;
	int64_t n;
	if (size > sizeof kept - kept_used)
		return ERR_LIMIT(e, "an archive's documents together, bytes", LIMIT_DOCUMENT_BYTES);
	while ((n = tar_data(&tar, &offset, &bytes, e)) > 0) {
		memcpy(kept + kept_used, bytes, (size_t)n);
		kept_used += (uint32_t)n;
		tar_take(&tar, (uint32_t)n);
	}
	const struct archive_entry x = { .where = ARCHIVE_KEPT, .offset = start, .size = size };
	return n < 0 ? -1 : archive_add(&x, path, e);
}

static struct source_blob passing;
static bool is_taken;

const struct source_blob *archive_passing(void)
{
	is_taken = true;
	return &passing;
}

static void went_by(const struct source_blob *blob)
{
	blocks.at += blob->head_length;
	blocks.position += blob->size - blob->head_length;
	tar_taken(&tar);
}

/* Somebody may want it as it comes by. */
static int offer(const char *path, const struct source_blob *blob, struct archive_taker *taker, struct err *e)
{
	const struct archive_entry x = { .where = ARCHIVE_PASSING, .offset = taker->spooled, .size = blob->size };
	uint32_t number = entry_count;
	passing = *blob;
	is_taken = false;
	if (archive_add(&x, path, e) < 0)
		return -1;
	int taken = taker->take(taker, path, e);
	if (taken < 0)
		return -1;
	entries[number].where = taken ? ARCHIVE_GONE : ARCHIVE_IN_FILE;
	entries[number].bad_blob = taken;
	if (!taken) {
		passing.compression = COMPRESSION_NONE;
		if (blob_copy_bytes(&passing, taker->spool, e) < 0)
			return -1;
		taker->spooled += blob->size;
	}
	/* what was not wanted is passed over as the rest of an entry */
	if (is_taken || !taken)
		went_by(blob);
	return 0;
}

/* An entry of a pipe: now or never. */
static int examine(const char *path, struct archive_taker *taker, struct err *e)
{
	const uint8_t *head = 0;
	uint64_t size = tar.entry.size;
	struct archive_entry x = { .where = ARCHIVE_GONE, .size = size };
	struct examination found;
	int64_t there = size ? blocks_need(&blocks, &head, e) : 0;
	if (there < 0)
		return -1;
	struct source_blob blob = {
		.fd = blocks.fd, .offset = SOURCE_PIPE, .head = head, .head_length = (uint64_t)there < size ? (uint32_t)there : (uint32_t)size, .size = size,
		.compression = there ? inflow_magic(head, blob.head_length) : COMPRESSION_NONE,
	};
	if (blob.compression == COMPRESSION_NONE && examine_is_document(head, blob.head_length) && size <= sizeof kept - kept_used)
		return keep_document(path, size, e);
	if (taker)
		return offer(path, &blob, taker, e);
	if (examine_blob(path, &blob, &found, e) < 0)
		return -1;
	went_by(&blob);
	x.bad_blob = found.bad_blob;
	x.compression = blob.compression;
	x.diff_id = found.diff_id;
	if (found.problem.text[0] && put_name(found.problem.text, &x.problem, e) < 0)
		return -1;
	return archive_add(&x, path, e);
}

static int add_entry(bool seekable, uint64_t file_size, struct archive_taker *taker, struct err *e)
{
	char path[LIMIT_PATH_BYTES];
	const struct tar_entry *t = &tar.entry;
	if (clean(t->path, path, e) < 0)
		return -1;
	has_blobs = has_blobs || str_starts(path, "blobs/") || (t->type == TAR_DIR && strcmp(path, "blobs") == 0);
	if (t->type == TAR_SYMLINK || t->type == TAR_HARD_LINK)
		return add_link(t, path, e);
	if (t->type != TAR_FILE)
		return 0;
	if (t->sparse)
		return err_set(e, "a sparse file cannot be read in place: unpack the archive, and name the directory");
	if (!seekable)
		return examine(path, taker, e);
	if (tar.at > file_size || t->size > file_size - tar.at)
		return err_set(e, "truncated archive");
	const struct archive_entry x = { .where = ARCHIVE_IN_FILE, .offset = tar.at, .size = t->size };
	return archive_add(&x, path, e);
}

void archive_forget(void)
{
	/* names begin at 1: problem 0 is none */
	entry_count = kept_used = 0;
	names_used = 1;
	has_blobs = false;
}

int archive_scan(int fd, bool seekable, struct archive_taker *taker, struct err *e)
{
	struct stat st;
	int found;
	archive_forget();
	if (fstat(fd, &st) < 0)
		return err_sys(e, "cannot read");
	memset(&stream, 0, sizeof stream);
	stream.blocks = &blocks;
	blocks_start(&blocks, fd, seekable);
	tar_start(&tar, &stream);
	while ((found = tar_next(&tar, e)) > 0)
		if (add_entry(seekable, (uint64_t)st.st_size, taker, e) < 0)
			return err_at(e, "\"%.200s\"", tar.entry.path);
	return found;
}
