/* SPDX-License-Identifier: ISC */
/* PAX extended headers: records "LENGTH KEY=VALUE\n". */
#include "image/pax.h"

#include <string.h>

#include "base/str.h"
#include "image/number.h"

struct record { char *key, *value; size_t length; };    /* both NUL-terminated; length of the value */

/* Takes the record at text[left]; returns its length, 0 when it is malformed. */
static size_t take(char *text, size_t left, struct record *r)
{
	size_t digits = 0, length = 0;
	while (digits < left && digits < 9 && text[digits] >= '0' && text[digits] <= '9')
		length = length * 10 + (size_t)(text[digits++] - '0');
	if (!digits || digits >= left || text[digits] != ' ' || length > left || length < digits + 4 || text[length - 1] != '\n')
		return 0;
	r->key = text + digits + 1;
	char *equals = memchr(r->key, '=', length - digits - 2);
	if (!equals || equals == r->key)
		return 0;
	*equals = 0;
	r->value = equals + 1;
	r->length = (size_t)(text + length - 1 - r->value);
	text[length - 1] = 0;
	return strlen(r->key) == (size_t)(equals - r->key) ? length : 0;
}

static int bad(const struct record *r, struct err *e)
{
	return err_set(e, "PAX header: bad %.60s \"%.60s\"", r->key, r->value);
}

static int take_string(const struct record *r, const char **to, struct err *e)
{
	if (strlen(r->value) != r->length)
		return err_set(e, "PAX header: %.60s holds a NUL byte", r->key);
	if (r->length >= LIMIT_TAR_PATH_BYTES)
		return ERR_LIMIT(e, r->key, LIMIT_TAR_PATH_BYTES);
	*to = r->length ? r->value : 0;
	return 0;
}

static int take_number(const struct record *r, uint64_t most, uint64_t *to, bool *has, struct err *e)
{
	const char *at = r->value;
	*has = r->length > 0;
	if (!*has)
		return 0;
	return number_decimal(&at, to) < 0 || *at || *to > most ? bad(r, e) : 0;
}

static int take_id(const struct record *r, uint32_t *to, bool *has, struct err *e)
{
	uint64_t id = 0;
	if (take_number(r, UINT32_MAX - 1, &id, has, e) < 0)
		return -1;
	*to = (uint32_t)id;
	return 0;
}

static int take_time(const struct record *r, struct tar_time *to, bool *has, struct err *e)
{
	*has = r->length > 0;
	return *has && number_time(r->value, &to->seconds, &to->nanoseconds) < 0 ? bad(r, e) : 0;
}

static int take_xattr(struct pax *p, const struct record *r, const char *name, struct err *e)
{
	uint32_t i;
	for (i = 0; i < p->xattr_count && strcmp(p->xattr[i].name, name) != 0; i++)
		;
	if (!*name)
		return err_set(e, "PAX header: an xattr without a name");
	if (i == LIMIT_XATTRS)
		return ERR_LIMIT(e, "xattrs of one entry", LIMIT_XATTRS);
	if (r->length > LIMIT_XATTR_BYTES)
		return ERR_LIMIT(e, name, LIMIT_XATTR_BYTES);
	p->xattr[i] = (struct tar_xattr){ .name = name, .value = r->value, .length = (uint32_t)r->length };
	p->xattr_count += i == p->xattr_count;
	return 0;
}

static int take_sparse(struct pax *p, struct sparse_map *map, const struct record *r, const char *key, struct err *e)
{
	uint64_t n = 0;
	bool has;
	if (strcmp(key, "name") == 0)
		return take_string(r, &p->sparse_name, e);
	if (strcmp(key, "map") == 0) {
		p->has_sparse_map = true;
		return sparse_parse_list(map, r->value, e);
	}
	if (strcmp(key, "major") == 0)
		return take_number(r, UINT64_MAX, &p->sparse_major, &p->has_sparse_major, e);
	if (strcmp(key, "realsize") == 0 || strcmp(key, "size") == 0)
		return take_number(r, INT64_MAX, &p->sparse_size, &p->has_sparse_size, e);
	if (strcmp(key, "offset") == 0) {
		p->has_sparse_map = true;
		if (map->half || take_number(r, INT64_MAX, &n, &has, e) < 0)
			return bad(r, e);
		map->half = true;
		return sparse_add(map, n, 0, e);
	}
	if (strcmp(key, "numbytes") == 0) {
		if (!map->half || take_number(r, INT64_MAX, &n, &has, e) < 0)
			return bad(r, e);
		map->half = false;
		map->extent[map->count - 1].length = n;
		return 0;
	}
	return 0;   /* numblocks, minor: said again by the map itself */
}

static int take_record(struct pax *p, struct sparse_map *map, const struct record *r, struct err *e)
{
	if (strcmp(r->key, "path") == 0)
		return take_string(r, &p->path, e);
	if (strcmp(r->key, "linkpath") == 0)
		return take_string(r, &p->link, e);
	if (strcmp(r->key, "size") == 0)
		return take_number(r, INT64_MAX, &p->size, &p->has_size, e);
	if (strcmp(r->key, "uid") == 0)
		return take_id(r, &p->uid, &p->has_uid, e);
	if (strcmp(r->key, "gid") == 0)
		return take_id(r, &p->gid, &p->has_gid, e);
	if (strcmp(r->key, "mtime") == 0)
		return take_time(r, &p->mtime, &p->has_mtime, e);
	if (strcmp(r->key, "atime") == 0)
		return take_time(r, &p->atime, &p->has_atime, e);
	if (str_starts(r->key, "SCHILY.xattr."))
		return take_xattr(p, r, r->key + 13, e);
	if (str_starts(r->key, "GNU.sparse."))
		return take_sparse(p, map, r, r->key + 11, e);
	return 0;   /* comment, uname, gname, ctime, vendors' own */
}

int pax_parse(struct pax *p, struct sparse_map *map, char *text, size_t length, struct err *e)
{
	for (size_t at = 0, n; at < length; at += n) {
		struct record r;
		n = take(text + at, length - at, &r);
		if (!n)
			return err_set(e, "PAX header: malformed record at byte %zu", at);
		if (take_record(p, map, &r, e) < 0)
			return -1;
	}
	if (map->half)
		return err_set(e, "PAX header: GNU.sparse.offset without its numbytes");
	return 0;
}
