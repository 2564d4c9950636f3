/* SPDX-License-Identifier: ISC */
/* The container's terminal (runtime-spec, config.md, "terminal", "consoleSize"; runc's docs/terminals.md). */
#ifndef CONTAINER_CONSOLE_H
#define CONTAINER_CONSOLE_H

#include "container/container.h"

/* console_check: terminal and --console-socket belong together where nobody stays in the foreground. 0 or -1. */
int console_check(const struct container *c, struct err *e);
int console_connect(struct container *c, struct err *e);   /* step "console socket" */
int console_open(struct container *c, struct err *e);      /* step "terminal", in init: the pty, /dev/console; its master goes to the socket or to the runtime */
int console_make(struct container *c, bool bind, struct err *e);   /* the same, /dev/console only where bind */
int console_control(struct container *c, struct err *e);   /* step "session": the pty's slave as controlling terminal and standard streams */

#endif
