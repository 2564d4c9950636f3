/* SPDX-License-Identifier: ISC */
/* The bundle (runtime-spec, bundle.md): where it is, its config.json, and what of that can be judged before anything is made. */
#ifndef CONTAINER_BUNDLE_H
#define CONTAINER_BUNDLE_H

#include "container/container.h"

/* bundle_read: opens c->options.bundle, reads and decodes its config.json, keeps the bytes in c->raw, checks that it can be
 * run by this program, and opens nothing else. 0 or -1. */
int bundle_read(struct container *c, struct err *e);
/* bundle_reread: for start, delete, state: config.json as it was at create, from c->state_fd; its checksum must be the record's. 0 or -1. */
int bundle_reread(struct container *c, struct err *e);
/* bundle_checksum: of a config.json, as records have it. */
void bundle_checksum(const char *bytes, size_t length, char text[RECORD_CHECKSUM_BYTES]);

#endif
