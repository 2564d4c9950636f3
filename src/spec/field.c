/* SPDX-License-Identifier: ISC */
/* Which members of an object were in its document. */
#include <string.h>
#include "spec/field.h"

static uint64_t bit_of(const struct object *table, const char *name)
{
	for (unsigned i = 0; i < table->count; i++)
		if (strcmp(table->fields[i].name, name) == 0)
			return 1ull << i;
	return 0;
}

bool spec_has(const struct object *table, const void *object, const char *name)
{
	return (((const struct node *)object)->present & bit_of(table, name)) != 0;
}

void spec_set(const struct object *table, void *object, const char *name)
{
	((struct node *)object)->present |= bit_of(table, name);
}

const char *spec_value(const struct string_map *map, const char *key)
{
	for (uint32_t i = 0; i < map->count; i++)
		if (strcmp(map->items[i].key, key) == 0)
			return map->items[i].value;
	return 0;
}
