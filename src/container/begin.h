/* SPDX-License-Identifier: ISC */
/* The first and the last of a container: its record, its pid file, and how they go. */
#ifndef CONTAINER_BEGIN_H
#define CONTAINER_BEGIN_H

#include "container/container.h"

int begin_record(struct container *c, struct err *e);    /* step "record": ROOT/ID, locked; the mark `creating`; the record, still without a pid */
int begin_forget(struct container *c, struct err *e);    /* its undo: the directory is removed */
int begin_config(struct container *c, struct err *e);    /* step "config": the config's bytes as they were read */
int begin_pid(struct container *c, struct err *e);       /* step "pid": init's pid and start time into the record */
int begin_release(struct container *c, struct err *e);   /* step "release": init is told that all beside it is done */
int begin_pid_file(struct container *c, struct err *e);  /* step "pid file" */
int begin_unlink_pid_file(struct container *c, struct err *e);   /* its undo, by the process that wrote it alone */
int begin_created(struct container *c, struct err *e);   /* step "created": the mark goes */
int begin_poststop(struct container *c, struct err *e);  /* undo, last of all: poststop hooks, whose failures are warnings */

#endif
