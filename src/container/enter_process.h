/* SPDX-License-Identifier: ISC */
/* What `exec` is to run: a process document, or the container's own process with what the command line changes (runc(8), exec). */
#ifndef CONTAINER_ENTER_PROCESS_H
#define CONTAINER_ENTER_PROCESS_H

#include "container/container.h"

/* enter_process_make: replaces c->config.process, which must have been read. 0, or -1: "--user: …", "FILE: process.cwd: …". */
int enter_process_make(struct container *c, const struct exec_options *x, struct err *e);

#endif
