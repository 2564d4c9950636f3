/* SPDX-License-Identifier: ISC */
/* Configs for platforms that are not this one (runtime-spec, config.md, "Platform-specific configuration"). */
#include "container/foreign.h"

int foreign_check(const struct config *config, struct err *e)
{
	const struct { const char *name; const void *section; } sections[] = {
		{ "windows", config->windows }, { "solaris", config->solaris }, { "freebsd", config->freebsd }, { "zos", config->zos }, { "vm", config->vm },
	};
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		if (sections[i].section)
			return err_set(e, "%s: a config for another platform than Linux can't be run here", sections[i].name);
	return 0;
}
