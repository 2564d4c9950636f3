/* SPDX-License-Identifier: ISC */
/* The first and the last of a container: its record, its pid file, and how they go. */
#ifndef CONTAINER_BEGIN_H
#define CONTAINER_BEGIN_H

#include "container/container.h"

int begin_record(struct container *c, struct err *e);    /* step "record": ROOT/ID, locked; config.json; the record, not yet created */
int begin_forget(struct container *c, struct err *e);    /* its undo: the directory is removed */
int begin_created(struct container *c, struct err *e);   /* step "created": pid and start time into the record, the pid file */
int begin_poststop(struct container *c, struct err *e);  /* undo, last of all: poststop hooks, whose failures are warnings */

#endif
