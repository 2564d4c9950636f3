/* SPDX-License-Identifier: ISC */
/* `run` in the foreground: it forwards signals, relays the terminal, reaps, and has the program's exit status. */
#ifndef CONTAINER_FOREGROUND_H
#define CONTAINER_FOREGROUND_H

#include "container/container.h"

/* foreground_begin: before init exists: blocks all signals, so that none is lost before there is somebody to forward it to. */
void foreground_begin(struct container *c);
/* foreground_gets_orphans: whether processes can be orphaned to this one: hooks', and the container's where it has no process ID namespace of its own; unless options.no_subreaper.
 * foreground_adopt (step "orphans"): then it becomes a subreaper. 0 or -1. */
bool foreground_gets_orphans(const struct container *c);
int foreground_adopt(struct container *c, struct err *e);
/* foreground_unblock (step "signals", in init): the signal mask as run's caller had it. */
int foreground_unblock(struct container *c, struct err *e);
/* foreground_wait: until init has ended and what is in its terminal is written. Returns its status, 128 + signal; -1. */
int foreground_wait(struct container *c, struct err *e);

#endif
