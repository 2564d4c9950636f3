/* SPDX-License-Identifier: ISC */
/* A pidfd of the first process for whoever asks: runc(8), --pidfd-socket; crun(1), the annotation run.oci.pidfd_receiver. */
#ifndef CONTAINER_PIDFD_H
#define CONTAINER_PIDFD_H

#include "container/container.h"

#define PIDFD_RECEIVER "run.oci.pidfd_receiver"

/* pidfd_socket: the socket's path: the option, else the annotation; 0: nobody asks. */
const char *pidfd_socket(const struct container *c);
bool pidfd_wanted(const struct container *c);
/* pidfd_send: a pidfd of pid to the AF_UNIX SOCK_STREAM socket at path, with runc's payload: "standard" for the first process, "setns" for one of exec. 0 or -1. */
int pidfd_send(const char *path, pid_t pid, const char *payload, struct err *e);
/* pidfd_hand_out: the step "pidfd", by the runtime. */
int pidfd_hand_out(struct container *c, struct err *e);

#endif
