/* SPDX-License-Identifier: ISC */
/* What the commands on containers share. */
#include "cmd/lifecycle.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/out.h"
#include "base/regex.h"
#include "container/names.h"

DOCUMENT_REGIONS(regions, LIMIT_DOCUMENT_BYTES, LIMIT_TOKENS, LIMIT_ARENA_BYTES + LIMIT_DOCUMENT_BYTES);   /* the bytes as they are, too */
static struct document document;
static LARGE struct container container;
struct container_options lifecycle_options;
bool lifecycle_ignored, lifecycle_dry;
const char *lifecycle_format = "table";

struct container *lifecycle_open(const char *id, struct err *e)
{
	DOCUMENT_INIT(&document, "config.json", regions);
	lifecycle_options.root = globals.root;
	lifecycle_options.filters = globals.filters;
	lifecycle_options.rootless = !globals.rootless || strcmp(globals.rootless, "auto") == 0 ? 0 : strcmp(globals.rootless, "true") == 0 ? 1 : -1;
	lifecycle_options.notify_socket = getenv("NOTIFY_SOCKET");
	lifecycle_options.no_cgroups = globals.cgroup_manager && strcmp(globals.cgroup_manager, "disabled") == 0;
	if (container_open(&container, id, &lifecycle_options, &document, e) < 0)
		return 0;
	log_subject(id);
	return &container;
}

int lifecycle_fail(struct err *e)
{
	err_at(e, "error");
	return cmd_fail(e);
}

static void close_files(struct container *c)
{
	io_close(c->bundle_fd);
	io_close(c->state_fd);
	io_close(c->root_fd);
}

int lifecycle_each(const char *expression, int (*act)(struct container *, struct err *))
{
	static LARGE struct regex regex;
	struct names names;
	struct err e;
	int status = 0;
	if (regex_compile(&regex, expression, &e) < 0 || names_read(globals.root, &names, &e) < 0)
		return cmd_fail(&e);
	for (uint32_t i = 0; i < names.count; i++) {
		if (!regex_match(&regex, names.items[i]))
			continue;
		struct container *c = lifecycle_open(names.items[i], &e);
		if (!c || act(c, &e) < 0)
			status = cmd_fail(&e);
		if (c)
			close_files(c);
	}
	log_subject(0);
	return status;
}

int lifecycle_plan(const char *id, bool run)
{
	struct err e;
	struct out out;
	unsigned missing;
	struct container *c = lifecycle_open(id, &e);
	cmd_out(&out, 1);
	if (!c)
		return cmd_fail(&e);
	c->options.run = run;
	if (container_dry_run(c, lifecycle_format, &out, &missing, &e) < 0 || out_flush(&out, &e) < 0)
		return cmd_fail(&e);
	if (missing) {
		err_set(&e, "%u of the things that it needs %s not here", missing, missing == 1 ? "is" : "are");
		return cmd_fail(&e);
	}
	return 0;
}
