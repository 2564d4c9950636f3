/* SPDX-License-Identifier: ISC */
/* Owners on the host of what an image's files belong to. */
#include "image/owners.h"

#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "image/number.h"

static LARGE struct id_mapping maps[2][LIMIT_OWNER_RANGES];   /* users, groups */
static uint32_t counts[2];
static const char *const options[2] = { "--uid-map", "--gid-map" };

static bool overlap(uint32_t a, uint32_t b, uint32_t size_a, uint32_t size_b)
{
	return a < (uint64_t)b + size_b && b < (uint64_t)a + size_a;
}

static int add(int kind, const char *text, struct err *e)
{
	uint64_t n[3];
	const char *at = text;
	for (int i = 0; i < 3; i++)
		if (number_decimal(&at, &n[i]) < 0 || n[i] > UINT32_MAX || *at++ != (i < 2 ? ':' : 0))
			return err_set(e, "%s %.60s: expected CONTAINER:HOST:SIZE", options[kind], text);
	if (!n[2] || n[0] + n[2] > UINT32_MAX || n[1] + n[2] > UINT32_MAX)
		return err_set(e, "%s %.60s: no such range of IDs", options[kind], text);
	if (counts[kind] == LIMIT_OWNER_RANGES)
		return ERR_LIMIT(e, options[kind], LIMIT_OWNER_RANGES);
	struct id_mapping m = { .containerID = (uint32_t)n[0], .hostID = (uint32_t)n[1], .size = (uint32_t)n[2] };
	for (uint32_t i = 0; i < counts[kind]; i++) {
		const struct id_mapping *x = &maps[kind][i];
		if (overlap(x->containerID, m.containerID, x->size, m.size) || overlap(x->hostID, m.hostID, x->size, m.size))
			return err_set(e, "%s %.60s: overlaps one before", options[kind], text);
	}
	maps[kind][counts[kind]++] = m;
	return 0;
}

int owners_use(const char *const *users, uint32_t user_count, const char *const *groups, uint32_t group_count, struct err *e)
{
	counts[0] = counts[1] = 0;
	if (!user_count != !group_count)
		return err_set(e, "--uid-map and --gid-map belong together");
	for (uint32_t i = 0; i < user_count; i++)
		if (add(0, users[i], e) < 0)
			return -1;
	for (uint32_t i = 0; i < group_count; i++)
		if (add(1, groups[i], e) < 0)
			return -1;
	return 0;
}

static int map(int kind, uint32_t *id, struct err *e)
{
	if (!counts[kind])
		return 0;
	for (uint32_t i = 0; i < counts[kind]; i++) {
		const struct id_mapping *m = &maps[kind][i];
		if (*id - m->containerID < m->size && *id >= m->containerID) {
			*id = *id - m->containerID + m->hostID;
			return 0;
		}
	}
	return err_set(e, "its %s %u is in no range of %s", kind ? "group" : "owner", *id, options[kind]);
}

int owners_map(uint32_t *uid, uint32_t *gid, struct err *e)
{
	return map(0, uid, e) < 0 || map(1, gid, e) < 0 ? -1 : 0;
}

int owners_chown(int fd)
{
	struct err unused;
	uint32_t uid = 0, gid = 0;
	if (!counts[0] || geteuid() != 0 || owners_map(&uid, &gid, &unused) < 0)
		return 0;
	return fchown(fd, uid, gid);
}

struct owners owners_of_users(void)
{
	return (struct owners){ maps[0], counts[0] };
}

struct owners owners_of_groups(void)
{
	return (struct owners){ maps[1], counts[1] };
}
