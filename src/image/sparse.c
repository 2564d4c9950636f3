/* SPDX-License-Identifier: ISC */
/* Sparse maps. */
#include "image/sparse.h"

#include "image/number.h"

int sparse_add(struct sparse_map *map, uint64_t offset, uint64_t length, struct err *e)
{
	if (map->count == LIMIT_SPARSE_EXTENTS)
		return ERR_LIMIT(e, "extents of a sparse file", LIMIT_SPARSE_EXTENTS);
	map->extent[map->count++] = (struct sparse_extent){ .offset = offset, .length = length };
	return 0;
}

int sparse_parse_list(struct sparse_map *map, const char *text, struct err *e)
{
	uint64_t offset, length;
	map->count = 0;
	while (*text) {
		if (number_decimal(&text, &offset) < 0 || *text++ != ',' || number_decimal(&text, &length) < 0 || (*text && *text++ != ','))
			return err_set(e, "bad GNU.sparse.map");
		if (sparse_add(map, offset, length, e) < 0)
			return -1;
	}
	return 0;
}

int sparse_check(const struct sparse_map *map, uint64_t size, uint64_t data, struct err *e)
{
	uint64_t end = 0, sum = 0;
	if (size > INT64_MAX)
		return err_set(e, "bad sparse file: its size is out of range");
	for (uint32_t i = 0; i < map->count; i++) {
		const struct sparse_extent *x = &map->extent[i];
		if (x->offset < end || x->offset > size || x->length > size - x->offset)
			return err_set(e, "bad sparse map: extent %u is out of order or beyond the file's end", i);
		end = x->offset + x->length;
		sum += x->length;
	}
	if (sum != data)
		return err_set(e, "bad sparse map: %llu bytes of extents, %llu in the archive", (unsigned long long)sum, (unsigned long long)data);
	return 0;
}
