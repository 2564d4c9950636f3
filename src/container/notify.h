/* SPDX-License-Identifier: ISC */
/* Readiness, sd_notify(3): where NOTIFY_SOCKET is set, a socket of the runtime's own stands in the container, as runc has it, and what comes is passed on. */
#ifndef CONTAINER_NOTIFY_H
#define CONTAINER_NOTIFY_H

#include "container/container.h"

bool notify_wanted(const struct container *c);
/* notify_make (step "notify", by the runtime): ROOT/ID/notify, the program's NOTIFY_SOCKET, and for `run` the socket itself: c->notify. */
int notify_make(struct container *c, struct err *e);
/* notify_mount (step "notify", in init): that directory at /run/notify. */
int notify_mount(struct container *c, struct err *e);
/* notify_bind: the socket of a container that was created so: for `start`, before the program runs. 0, also where it was not; -1. */
int notify_bind(struct container *c, struct err *e);
/* notify_take: reads one message of c->notify and passes on what may be: READY=1 with MAINPID=main, and BARRIER=1 with its file. Returns whether it was ready. What can't
 * be passed on is a warning. */
bool notify_take(struct container *c, pid_t main);
/* notify_wait: until the container says that it is ready, or is gone; then until the message has been looked at (BARRIER=1; 30 s at most), since it counts only while
 * its sender lives. Without a socket it does nothing. */
void notify_wait(struct container *c);

#endif
