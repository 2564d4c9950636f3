/* SPDX-License-Identifier: ISC */
/* The other end of what a runtime sends over sockets: terminals (runc's docs/terminals.md), seccomp listeners (config-linux.md, "The Container Process State"). */
#ifndef CONFORM_AGENT_H
#define CONFORM_AGENT_H

#include "conform/conform.h"

/* agent_listen: at DIR/name; the fd is the caller's. Stops the check where it can't. */
int agent_listen(struct test *t, const char *name);
/* agent_accept: one connection's whole message into text, and the first descriptor that came with it (the caller's); *fds: how many came. -1: none within the time. */
int agent_accept(struct test *t, int listener, char *text, size_t size, unsigned *fds);
/* agent_answer: waits for one system call of a seccomp listener and answers it with that errno. Returns its number, or -1. */
int agent_answer(struct test *t, int listener, int number);

#endif
