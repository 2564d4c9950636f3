/* SPDX-License-Identifier: ISC */
/* Rules that many members of the specification's objects share. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "spec/rules.h"

const struct range range_u16 = { 0, UINT16_MAX }, range_u32 = { 0, UINT32_MAX }, range_natural = { 0, INT64_MAX }, range_bytes = { -1, INT64_MAX };

int rule_broken(struct place *p, struct report *r, enum level level, const char *member, const char *format, ...)
{
	char text[ERR_TEXT_MAX];
	size_t before = place_member(p, member);
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	report_add(r, level, p, 0, "%s", text);
	place_back(p, before);
	return 1;
}

int check_not_empty(const void *member, struct place *p, struct report *r)
{
	return **(const char *const *)member != '\0' ? 0 : report_add(r, LEVEL_MUST, p, 0, "must not be empty");
}

static int rule_absolute(const char *path, struct place *p, struct report *r)
{
	return path[0] == '/' ? 0 : report_add(r, LEVEL_MUST, p, 0, "\"%.200s\" is not an absolute path", path);
}

int check_absolute(const void *member, struct place *p, struct report *r)
{
	return rule_absolute(*(const char *const *)member, p, r);
}

int check_path(const void *member, struct place *p, struct report *r)
{
	const char *path = *(const char *const *)member;
	bool drive = ((path[0] | 0x20) >= 'a' && (path[0] | 0x20) <= 'z') && path[1] == ':' && (path[2] == '\\' || path[2] == '/');

	return drive || path[0] == '\\' ? 0 : rule_absolute(path, p, r);
}

int check_env(const void *member, struct place *p, struct report *r)
{
	const struct strings *env = member;
	int broken = 0;

	for (uint32_t i = 0; i < env->count; i++) {
		const char *equals = strchr(env->items[i], '=');
		size_t before = place_index(p, i);

		if (equals == 0 || equals == env->items[i])
			broken += report_add(r, LEVEL_SHOULD, p, 0, "\"%.200s\" is not NAME=VALUE", env->items[i]);
		place_back(p, before);
	}
	return broken;
}

int check_absolute_each(const void *member, struct place *p, struct report *r)
{
	const struct strings *list = member;
	int broken = 0;

	for (uint32_t i = 0; i < list->count; i++) {
		size_t before = place_index(p, i);

		broken += rule_absolute(list->items[i], p, r);
		place_back(p, before);
	}
	return broken;
}

int check_keys(const void *member, struct place *p, struct report *r)
{
	const struct string_map *map = member;
	int broken = 0;

	for (uint32_t i = 0; i < map->count; i++)
		if (*map->items[i].key == '\0')
			broken += report_add(r, LEVEL_MUST, p, 0, "a key must not be empty");
	return broken;
}

int rule_limit(uint32_t count, uint32_t limit, const char *name, struct place *p, struct report *r)
{
	return count <= limit ? 0 : report_add(r, LEVEL_MUST, p, 0, "more than %u (%s in base/limits.h)", (unsigned)limit, name);
}
