/* SPDX-License-Identifier: ISC */
/* A tar archive written. */
#include "image/tar_write.h"

#include <stdio.h>
#include <string.h>

#include "base/out.h"
#include "image/tar_header.h"

static LARGE char records[LIMIT_PAX_BYTES];
static LARGE uint8_t zeros[2 * TAR_BLOCK_BYTES];   /* not const: these would be bytes of the program */

int tar_write_padding(const struct tar_writer *w, uint64_t size, struct err *e)
{
	size_t rest = size % TAR_BLOCK_BYTES;
	return rest ? w->put(w->context, zeros, TAR_BLOCK_BYTES - rest, e) : 0;
}

int tar_write_end(const struct tar_writer *w, struct err *e)
{
	return w->put(w->context, zeros, sizeof zeros, e);
}

/* Octal digits that fill the field but for its NUL. Whether the value fits. */
static bool octal(uint8_t *field, size_t size, uint64_t value)
{
	for (size_t i = size - 1; i-- > 0; value >>= 3)
		field[i] = (uint8_t)('0' + (value & 7));
	return value == 0;
}

/* The name alone, or cut at a slash into prefix and name. Whether it fits. */
static bool put_name(struct tar_header *h, const char *path)
{
	size_t length = strlen(path);
	if (length <= sizeof h->name) {
		memcpy(h->name, path, length);
		return true;
	}
	for (size_t at = length - sizeof h->name - 1; at <= sizeof h->prefix && at < length - 1; at++)
		if (path[at] == '/' && at) {
			memcpy(h->prefix, path, at);
			memcpy(h->name, path + at + 1, length - at - 1);
			return true;
		}
	memcpy(h->name, path, sizeof h->name);
	return false;
}

/* "LENGTH KEY=VALUE\n", whose length counts its own digits. */
static void record(struct out *o, const char *prefix, const char *key, const void *value, size_t length)
{
	size_t rest = strlen(prefix) + strlen(key) + length + 3, all = rest + 1, digits = 1;
	for (size_t ten = 10; all >= ten; ten *= 10)
		all = rest + ++digits;
	out_printf(o, "%zu %s", all, prefix);
	out_text(o, key);
	out_bytes(o, "=", 1);
	out_bytes(o, value, length);
	out_bytes(o, "\n", 1);
}

static void record_number(struct out *o, const char *key, int64_t value)
{
	char text[24];
	record(o, "", key, text, (size_t)snprintf(text, sizeof text, "%lld", (long long)value));
}

static void put_checksum(struct tar_header *h)
{
	uint32_t sum = 0;
	memset(h->checksum, ' ', sizeof h->checksum);
	for (size_t i = 0; i < sizeof *h; i++)
		sum += ((const uint8_t *)h)[i];
	octal(h->checksum, sizeof h->checksum - 1, sum);
}

static void start(struct tar_header *h, uint8_t type)
{
	memset(h, 0, sizeof *h);
	h->type = type;
	memcpy(h->magic, "ustar", 6);
	memcpy(h->version, "00", 2);
}

/* The extended header, if there are records. */
static int put_records(const struct tar_writer *w, struct out *o, struct err *e)
{
	struct tar_header h;
	if (o->failed)
		return ERR_LIMIT(e, "an extended header", LIMIT_PAX_BYTES);
	if (!o->used)
		return 0;
	start(&h, 'x');
	put_name(&h, "PaxHeaders");
	octal(h.mode, sizeof h.mode, 0644);
	octal(h.uid, sizeof h.uid, 0);
	octal(h.gid, sizeof h.gid, 0);
	octal(h.mtime, sizeof h.mtime, 0);
	octal(h.size, sizeof h.size, o->used);
	put_checksum(&h);
	if (w->put(w->context, &h, sizeof h, e) < 0 || w->put(w->context, records, o->used, e) < 0)
		return -1;
	return tar_write_padding(w, o->used, e);
}

int tar_write_header(const struct tar_writer *w, const struct tar_entry *x, struct err *e)
{
	static const uint8_t types[] = { [TAR_FILE] = '0', [TAR_HARD_LINK] = '1', [TAR_SYMLINK] = '2', [TAR_CHAR] = '3', [TAR_BLOCK] = '4', [TAR_DIR] = '5', [TAR_FIFO] = '6' };
	struct tar_header h;
	struct out o;
	out_init(&o, -1, records, sizeof records);
	start(&h, types[x->type]);
	if (!put_name(&h, x->path))
		record(&o, "", "path", x->path, strlen(x->path));
	size_t link = x->link ? strlen(x->link) : 0;
	memcpy(h.link, x->link ? x->link : "", link < sizeof h.link ? link : sizeof h.link);
	if (link > sizeof h.link)
		record(&o, "", "linkpath", x->link, link);
	octal(h.mode, sizeof h.mode, x->mode);
	if (!octal(h.uid, sizeof h.uid, x->uid))
		record_number(&o, "uid", x->uid);
	if (!octal(h.gid, sizeof h.gid, x->gid))
		record_number(&o, "gid", x->gid);
	if (!octal(h.size, sizeof h.size, x->size))
		record_number(&o, "size", (int64_t)x->size);
	if (x->mtime.seconds < 0 || !octal(h.mtime, sizeof h.mtime, (uint64_t)x->mtime.seconds)) {
		octal(h.mtime, sizeof h.mtime, 0);
		record_number(&o, "mtime", x->mtime.seconds);
	}
	if (!octal(h.major, sizeof h.major, x->major) || !octal(h.minor, sizeof h.minor, x->minor))
		return err_set(e, "a device number that tar cannot hold");
	for (uint32_t i = 0; i < x->xattr_count; i++)
		record(&o, "SCHILY.xattr.", x->xattr[i].name, x->xattr[i].value, x->xattr[i].length);
	put_checksum(&h);
	return put_records(w, &o, e) < 0 ? -1 : w->put(w->context, &h, sizeof h, e);
}
