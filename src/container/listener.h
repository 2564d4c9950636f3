/* SPDX-License-Identifier: ISC */
/* linux.seccomp.listenerPath: a program whose system calls an agent answers (runtime-spec, config-linux.md, "Seccomp", "The Container Process State"; seccomp_unotify(2)).
 * Init makes the listener with its filter and sends it over the wire (MESSAGE_LISTENER); the runtime, or `start`, hands it to the agent. */
#ifndef CONTAINER_LISTENER_H
#define CONTAINER_LISTENER_H

#include "container/state.h"

/* listener_wanted: whether the profile has an action SCMP_ACT_NOTIFY. */
bool listener_wanted(const struct container *c);
/* listener_check: after the filter is compiled: where it notifies, listenerPath is there; where it does not, an agent there sees a connection that ends. 0 or -1. */
int listener_check(const struct container *c, struct err *e);
/* listener_connect: c->agent, before anything that can't be taken back; of a program that notifies. 0 or -1. */
int listener_connect(struct container *c, struct err *e);
/* listener_announce: in init, with the listener that its filter made. 0 or -1. */
int listener_announce(struct container *c, int listener, struct err *e);
/* listener_send: the container process state and the listener to c->agent, which is closed; so is the listener. pid: of the process whose calls they are. 0 or -1. */
int listener_send(struct container *c, enum status status, pid_t pid, int listener, struct err *e);
/* listener_hand_over: listener_send for init, or for the process that exec made, when its MESSAGE_LISTENER has come. 0 or -1. */
int listener_hand_over(struct container *c, int listener, struct err *e);
/* listener_settled: after init's EOF: 0, or -1: a listener was due (c->listener_due), and did not come. */
int listener_settled(const struct container *c, struct err *e);

#endif
