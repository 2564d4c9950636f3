/* SPDX-License-Identifier: ISC */
/* Reading a tar archive. */
#include "image/tar.h"

#include <string.h>

#include "base/log.h"
#include "image/number.h"
#include "image/tar_header.h"

void tar_start(struct tar *t, struct stream *stream)
{
	t->stream = stream;
	t->at = t->data_left = t->padding = 0;
	t->has_global = t->has_local = t->long_path = t->long_link = t->stream_failed = false;
	t->global_used = 0;
	memset(&t->global, 0, sizeof t->global);
}

static void take(struct tar *t, uint32_t n)
{
	stream_take(t->stream, n);
	t->at += n;
}

/* stream_need, noting that it is the stream that failed: its errors speak of the blob, not of a place in the archive. */
static int64_t need(struct tar *t, uint32_t n, const uint8_t **bytes, struct err *e)
{
	int64_t there = stream_need(t->stream, n, bytes, e);
	t->stream_failed = there < 0;
	return there;
}

static int truncated(struct err *e)
{
	return err_set(e, "truncated archive");
}

/* The next block; *h stays valid until it is taken. 1, 0 at the archive's very end, -1. */
static int block(struct tar *t, const struct tar_header **h, struct err *e)
{
	const uint8_t *bytes;
	int64_t n = need(t, TAR_BLOCK_BYTES, &bytes, e);
	if (n < 0)
		return -1;
	if (n && n < TAR_BLOCK_BYTES)
		return truncated(e);
	*h = (const void *)bytes;
	return n > 0;
}

static int skip(struct tar *t, uint64_t length, struct err *e)
{
	int result = length ? stream_skip(t->stream, length, e) : 0;
	t->stream_failed = result < 0 && t->stream->failed;
	t->at += length;
	return result;
}

static uint64_t padding_of(uint64_t size)
{
	return (TAR_BLOCK_BYTES - size % TAR_BLOCK_BYTES) % TAR_BLOCK_BYTES;
}

/* Content of an extended header into to[room], NUL-terminated. */
static int read_text(struct tar *t, uint64_t size, char *to, struct err *e)
{
	const uint8_t *bytes;
	for (uint64_t done = 0; done < size; ) {
		int64_t n = need(t, 1, &bytes, e);
		if (n <= 0)
			return n < 0 ? -1 : truncated(e);
		uint32_t some = (uint64_t)n < size - done ? (uint32_t)n : (uint32_t)(size - done);
		memcpy(to + done, bytes, some);
		take(t, some);
		done += some;
	}
	to[size] = 0;
	return skip(t, padding_of(size), e);
}

static int read_global(struct tar *t, uint64_t size, struct err *e)
{
	char *text = t->global_text + t->global_used;
	if (size >= sizeof t->global_text - t->global_used)
		return ERR_LIMIT(e, "global PAX headers", LIMIT_PAX_GLOBAL_BYTES);
	if (read_text(t, size, text, e) < 0)
		return -1;
	t->map.count = 0;
	t->map.half = false;
	t->global_used += (size_t)size + 1;
	t->has_global = true;
	return pax_parse(&t->global, &t->map, text, (size_t)size, e);
}

static int read_local(struct tar *t, uint64_t size, struct err *e)
{
	if (size >= sizeof t->local_text)
		return ERR_LIMIT(e, "a PAX header", LIMIT_PAX_BYTES);
	if (read_text(t, size, t->local_text, e) < 0)
		return -1;
	t->local = t->global;
	t->map.count = 0;
	t->map.half = false;
	t->has_local = true;
	return pax_parse(&t->local, &t->map, t->local_text, (size_t)size, e);
}

static int read_long(struct tar *t, uint64_t size, char *to, bool *has, struct err *e)
{
	if (size >= LIMIT_TAR_PATH_BYTES)
		return ERR_LIMIT(e, "a long name", LIMIT_TAR_PATH_BYTES);
	*has = true;
	return read_text(t, size, to, e);
}

/* Old GNU sparse files: the map follows the header in blocks of its own. */
static int read_old_sparse(struct tar *t, struct tar_header *h, struct err *e)
{
	int64_t real;
	bool more;
	const struct tar_header *next;
	t->map.count = 0;
	if (tar_header_real_size(h, &real, e) < 0 || tar_header_sparse(h, true, &t->map, &more, e) < 0)
		return -1;
	t->entry.size = (uint64_t)real;
	t->entry.sparse = true;
	while (more) {
		int found = block(t, &next, e);
		if (found <= 0)
			return found < 0 ? -1 : truncated(e);
		if (tar_header_sparse(next, false, &t->map, &more, e) < 0)
			return -1;
		take(t, TAR_BLOCK_BYTES);
	}
	return 0;
}

/* One decimal line of a PAX 1.0 map. */
static int map_line(struct tar *t, uint64_t *value, struct err *e)
{
	char digits[24];
	const uint8_t *bytes;
	const char *at = digits;
	for (size_t i = 0; i < sizeof digits; i++) {
		int64_t n = t->data_left ? need(t, 1, &bytes, e) : 0;
		if (n <= 0)
			return n < 0 ? -1 : err_set(e, "bad sparse map: truncated");
		digits[i] = (char)*bytes;
		take(t, 1);
		t->data_left--;
		if (digits[i] != '\n')
			continue;
		digits[i] = 0;
		return number_decimal(&at, value) < 0 || *at ? err_set(e, "bad sparse map: not a number") : 0;
	}
	return err_set(e, "bad sparse map: not a number");
}

/* GNU sparse 1.0: the map is the first part of the content, padded to a block. */
static int read_new_sparse(struct tar *t, struct err *e)
{
	uint64_t count, offset, length, before = t->data_left;
	t->map.count = 0;
	if (map_line(t, &count, e) < 0)
		return -1;
	for (uint64_t i = 0; i < count; i++)
		if (map_line(t, &offset, e) < 0 || map_line(t, &length, e) < 0 || sparse_add(&t->map, offset, length, e) < 0)
			return -1;
	uint64_t pad = padding_of(before - t->data_left);
	if (pad > t->data_left)
		return err_set(e, "bad sparse map: truncated");
	t->data_left -= pad;
	return skip(t, pad, e);
}

static int set_sparse(struct tar *t, struct err *e)
{
	const struct pax *p = &t->local;
	if (p->has_sparse_major || p->has_sparse_map) {
		if (!p->has_sparse_size)
			return err_set(e, "bad sparse file: no size");
		t->entry.sparse = true;
		t->entry.size = p->sparse_size;
		if (p->sparse_name)
			t->entry.path = p->sparse_name;
		if (p->has_sparse_major && p->sparse_major > 1)
			return err_set(e, "GNU sparse format %llu: not supported", (unsigned long long)p->sparse_major);
		if (p->sparse_major == 1 && read_new_sparse(t, e) < 0)
			return -1;
	}
	if (!t->entry.sparse)
		return 0;
	t->extent = 0;
	t->extent_done = 0;
	return sparse_check(&t->map, t->entry.size, t->data_left, e);
}

static int set_type(struct tar_entry *x, uint8_t type, struct err *e)
{
	size_t length = strlen(x->path);
	switch (type) {
	case 0: case '0': case '7':
		/* v7 has no directories but by name; who says that the root is a file is not helped */
		x->type = length && x->path[length - 1] == '/' && (!type || strspn(x->path, "./") < length) ? TAR_DIR : TAR_FILE;
		return 0;
	case 'S': x->type = TAR_FILE; return 0;
	case '1': x->type = TAR_HARD_LINK; return 0;
	case '2': x->type = TAR_SYMLINK; return 0;
	case '3': x->type = TAR_CHAR; return 0;
	case '4': x->type = TAR_BLOCK; return 0;
	case '5': case 'D': x->type = TAR_DIR; return 0;
	case '6': x->type = TAR_FIFO; return 0;
	default: return err_set(e, "\"%.200s\": unknown entry type 0x%02x", x->path, type);
	}
}

static int set_numbers(struct tar_entry *x, const struct tar_header *h, struct err *e)
{
	int64_t mode, uid, gid, mtime, major = 0, minor = 0;
	if (tar_header_number(h->mode, sizeof h->mode, "mode", INT64_MIN, INT64_MAX, &mode, e) < 0 ||
	    tar_header_number(h->uid, sizeof h->uid, "uid", 0, UINT32_MAX - 1, &uid, e) < 0 ||
	    tar_header_number(h->gid, sizeof h->gid, "gid", 0, UINT32_MAX - 1, &gid, e) < 0 ||
	    tar_header_number(h->mtime, sizeof h->mtime, "mtime", INT64_MIN, INT64_MAX, &mtime, e) < 0)
		return -1;
	/* a kernel's device number has 12 and 20 bits */
	if ((h->type == '3' || h->type == '4') &&
	    (tar_header_number(h->major, sizeof h->major, "device major", 0, 0xfff, &major, e) < 0 ||
	     tar_header_number(h->minor, sizeof h->minor, "device minor", 0, 0xfffff, &minor, e) < 0))
		return -1;
	x->mode = (mode_t)(mode & 07777);
	x->uid = (uint32_t)uid;
	x->gid = (uint32_t)gid;
	x->major = (unsigned)major;
	x->minor = (unsigned)minor;
	x->mtime = (struct tar_time){ .seconds = mtime };
	return 0;
}

/* What PAX records say instead. */
static void apply_pax(struct tar *t)
{
	const struct pax *p = &t->local;
	struct tar_entry *x = &t->entry;
	x->path = p->path ? p->path : x->path;
	x->link = p->link ? p->link : x->link;
	x->uid = p->has_uid ? p->uid : x->uid;
	x->gid = p->has_gid ? p->gid : x->gid;
	x->mtime = p->has_mtime ? p->mtime : x->mtime;
	x->atime = p->has_atime ? p->atime : x->mtime;
	x->xattr = p->xattr;
	x->xattr_count = p->xattr_count;
}

/* Fills t->entry from a header that is not an extended one; its block is not taken yet. */
static int set_entry(struct tar *t, const struct tar_header *in, uint64_t size, struct err *e)
{
	struct tar_header header = *in, *h = &header;
	struct tar_entry *x = &t->entry;
	memset(x, 0, sizeof *x);
	take(t, TAR_BLOCK_BYTES);
	if (!t->has_local && t->has_global)
		t->local = t->global;
	tar_header_name(h, t->name);
	memcpy(t->link_name, h->link, sizeof h->link);
	t->link_name[sizeof h->link] = 0;
	x->path = t->long_path ? t->path_text : t->name;
	x->link = t->long_link ? t->link_text : t->link_name;
	if (set_numbers(x, h, e) < 0)
		return err_at(e, "\"%.200s\"", x->path);
	x->atime = x->mtime;
	if (t->has_local || t->has_global) {
		apply_pax(t);
		size = t->local.has_size ? t->local.size : size;
	}
	if (set_type(x, h->type, e) < 0)
		return -1;
	/* as all OCI tools have it, only files have content: a hard link's size is that of its target */
	t->data_left = x->type == TAR_FILE ? size : 0;
	t->padding = padding_of(t->data_left);
	x->size = t->data_left;
	if (x->type != TAR_FILE)
		return 0;
	if (h->type == 'S' && read_old_sparse(t, h, e) < 0)
		return err_at(e, "\"%.200s\"", x->path);
	return (t->has_local || t->has_global || x->sparse) && set_sparse(t, e) < 0 ? err_at(e, "\"%.200s\"", x->path) : 0;
}

/* One header: an extended one is kept for later. 1: t->entry is set, 2: go on, 0: the archive's end, -1. */
static int step(struct tar *t, struct err *e)
{
	const struct tar_header *h;
	int64_t size;
	int found = block(t, &h, e);
	if (found == 0)
		log_debug("tar: byte %llu: no end-of-archive blocks", (unsigned long long)t->at);
	if (found <= 0)
		return found;
	if (tar_header_is_zero(h)) {
		take(t, TAR_BLOCK_BYTES);
		found = block(t, &h, e);
		if (found > 0 && !tar_header_is_zero(h))
			return err_set(e, "a lone zero block");
		return found < 0 ? -1 : 0;
	}
	if (tar_header_check(h, e) < 0 || tar_header_number(h->size, sizeof h->size, "size", 0, INT64_MAX, &size, e) < 0)
		return -1;
	uint8_t type = h->type;
	if (!type || !strchr("xXgLKV", type))
		return set_entry(t, h, (uint64_t)size, e) < 0 ? -1 : 1;
	take(t, TAR_BLOCK_BYTES);
	switch (type) {
	case 'g': return read_global(t, (uint64_t)size, e) < 0 ? -1 : 2;
	case 'L': return read_long(t, (uint64_t)size, t->path_text, &t->long_path, e) < 0 ? -1 : 2;
	case 'K': return read_long(t, (uint64_t)size, t->link_text, &t->long_link, e) < 0 ? -1 : 2;
	case 'V': return skip(t, (uint64_t)size + padding_of((uint64_t)size), e) < 0 ? -1 : 2;   /* a volume's label */
	default: return read_local(t, (uint64_t)size, e) < 0 ? -1 : 2;
	}
}

static int next(struct tar *t, struct err *e)
{
	int found;
	if (skip(t, t->data_left, e) < 0 || skip(t, t->padding, e) < 0)
		return -1;
	t->data_left = t->padding = 0;
	t->has_local = t->long_path = t->long_link = false;
	t->map.count = 0;
	do
		found = step(t, e);
	while (found == 2);
	return found == 0 && (t->has_local || t->long_path || t->long_link) ? truncated(e) : found;
}

int tar_next(struct tar *t, struct err *e)
{
	int found = next(t, e);
	return found < 0 && !t->stream_failed ? err_at(e, "tar: byte %llu", (unsigned long long)t->at) : found;
}

int64_t tar_data(struct tar *t, uint64_t *offset, const uint8_t **bytes, struct err *e)
{
	struct tar_entry *x = &t->entry;
	uint64_t most = t->data_left;
	if (!most)
		return 0;
	*offset = x->size - most;
	if (x->sparse) {
		while (t->extent_done == t->map.extent[t->extent].length) {
			t->extent++;
			t->extent_done = 0;
		}
		*offset = t->map.extent[t->extent].offset + t->extent_done;
		most = t->map.extent[t->extent].length - t->extent_done;
	}
	int64_t n = need(t, 1, bytes, e);
	if (n < 0)
		return -1;
	if (n == 0) {
		truncated(e);
		return err_at(e, "tar: byte %llu", (unsigned long long)t->at);
	}
	return (uint64_t)n < most ? n : (int64_t)most;
}

void tar_taken(struct tar *t)
{
	t->at += t->data_left;
	t->data_left = 0;
}

void tar_take(struct tar *t, uint32_t n)
{
	take(t, n);
	t->data_left -= n;
	t->extent_done += n;
}
