/* SPDX-License-Identifier: ISC */
/* The config.json to begin with, in meaning what `runc spec` prints: of runlet spec, and under what an image's config says. */
#ifndef SPEC_DEFAULT_H
#define SPEC_DEFAULT_H

#include "spec/config.h"
#include "spec/document.h"

enum spec_default {
	SPEC_DEFAULT_ROOTLESS = 1,   /* a user namespace that maps the caller alone, no network namespace, no resources */
	SPEC_DEFAULT_CGROUP = 2      /* a cgroup namespace: where the host has cgroup v2 alone */
};
#define SPEC_DEFAULT_TEXT_BYTES 4096    /* a document for it needs no more: text, tokens, arena */
#define SPEC_DEFAULT_TOKENS 512
#define SPEC_DEFAULT_ARENA_BYTES 8192
#define SPEC_DEFAULT_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* spec_default_config: fills c, whose parts live in d (init'd by the caller) as long as that does; more may be taken from d's arena. flags: enum
 * spec_default. 0 or -1 (d is too small). */
int spec_default_config(struct document *d, unsigned flags, struct config *c, struct err *e);

#endif
