/* SPDX-License-Identifier: ISC */
/* From created to running: init waits for `start`, runs its last hooks, and becomes the program. */
#ifndef CONTAINER_EXEC_H
#define CONTAINER_EXEC_H

#include "container/container.h"

int exec_listen(struct container *c, struct err *e);   /* step "start socket", by the runtime: ROOT/ID/start, made before init, which inherits it */
int exec_check_fds(const struct container *c, struct err *e);   /* options.preserve_fds, before anything is made. 0 or -1 */
int exec_close_fds(struct container *c, struct err *e);/* step "fds": whatever was inherited closes at exec but for 0-2 and the preserved ones */
/* exec_settle: before the container counts as created: it ends at signals, and holds no file of the host. 0. */
int exec_settle(struct container *c, struct err *e);
int exec_wait(struct container *c, struct err *e);     /* step "wait", in init: takes start's connection as c->wire */
int exec_environment(struct container *c, struct err *e);   /* step "environment", in init: before a filter that might forbid to look at /etc/passwd */
/* exec_refused: e gets what execve(2) would say of path, or said, in the words that runc has for it: programs look for them. Returns e. */
struct err *exec_refused(const char *path, int number, struct err *e);
int exec_program(struct container *c, struct err *e);  /* step "exec", in init: the last; returns only for an error */
/* exec_connect: start's side: connects to c->state_fd's socket. Returns the connection, or -1 (number ECONNREFUSED: init is gone). */
int exec_connect(struct container *c, struct err *e);
/* exec_result: reads c->wire until EOF. 0: execve succeeded; -1 with init's error. *announced: nothing but execve was left: no hook failed. */
int exec_result(struct container *c, bool *announced, struct err *e);

#endif
