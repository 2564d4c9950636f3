/* SPDX-License-Identifier: ISC */
/* What the commands on containers share. */
#include "cmd/lifecycle.h"

#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/pages.h"

DOCUMENT_REGIONS(regions, LIMIT_DOCUMENT_BYTES, LIMIT_TOKENS, LIMIT_ARENA_BYTES + LIMIT_DOCUMENT_BYTES);   /* the bytes as they are, too */
static struct document document;
static LARGE struct container container;
struct container_options lifecycle_options;
bool lifecycle_ignored;

struct container *lifecycle_open(const char *id, struct err *e)
{
	pages_write(&container, sizeof container - sizeof container.texts - sizeof container.device_rules);
	DOCUMENT_INIT(&document, "config.json", regions);
	lifecycle_options.root = globals.root;
	lifecycle_options.no_cgroups = globals.cgroup_manager && strcmp(globals.cgroup_manager, "disabled") == 0;
	if (container_open(&container, id, &lifecycle_options, &document, e) < 0)
		return 0;
	log_subject(id);
	return &container;
}
