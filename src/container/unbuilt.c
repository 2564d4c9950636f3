/* SPDX-License-Identifier: ISC */
/* Properties of config.json that do not act yet, in one table; and platforms that are not this one. */
#include "container/unbuilt.h"

#include <string.h>

#define LINUX_HAS(name, condition) static bool name(const struct config *c) { const struct linux_config *l = c->linux_; return l && (condition); }
LINUX_HAS(rdt, l->intelRdt)

static const struct { const char *place; bool (*is_set)(const struct config *); } rows[] = {
	{ "linux.intelRdt", rdt },
};

bool unbuilt_acts(const char *place)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].place, place) == 0)
			return false;
	return true;
}

static int foreign(const char *name, struct err *e)
{
	return err_set(e, "%s: a config for another platform than Linux can't be run here", name);
}

int unbuilt_check(const struct config *config, struct err *e)
{
	if (config->windows)
		return foreign("windows", e);
	if (config->solaris)
		return foreign("solaris", e);
	if (config->freebsd)
		return foreign("freebsd", e);
	if (config->zos)
		return foreign("zos", e);
	if (config->vm)
		return foreign("vm", e);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].is_set(config))
			return err_not_built(e, rows[i].place);
	return 0;
}
