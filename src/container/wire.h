/* SPDX-License-Identifier: ISC */
/* The conversation between the runtime and init while a container is made, over one SOCK_SEQPACKET pair. container/README.md draws it. */
#ifndef CONTAINER_WIRE_H
#define CONTAINER_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

enum message_type {
	MESSAGE_TURN = 1,   /* both ways: my steps are done as far as they go before yours */
	MESSAGE_ERROR,      /* init → runtime: struct err's number in value and its text; init exits */
	MESSAGE_PID,        /* joiner → runtime: value is init's pid as the runtime sees it */
	MESSAGE_TERMINAL,   /* init → runtime: the pty's master as SCM_RIGHTS (foreground run) */
	MESSAGE_NETWORK,    /* runtime → init: the new network namespace as SCM_RIGHTS */
	MESSAGE_RELEASE,    /* runtime → init: the steps beside it are done, its pid is recorded: from now on it may outlive the runtime */
	MESSAGE_EXEC,       /* init → runtime or start: nothing but execve(2) is left; EOF from here on is success. value 1: a listener comes first */
	MESSAGE_SOURCE,     /* init → runtime: the source of mounts[value], or devices[value - LIMIT_MOUNTS], is wanted; runtime → init: here it is, as SCM_RIGHTS */
	MESSAGE_LISTENER    /* init → runtime or start: the filter's listener as SCM_RIGHTS */
};

struct message {
	int32_t type, value;
	int fd;             /* received as SCM_RIGHTS, the receiver's to close; -1: none */
	struct err error;   /* MESSAGE_ERROR */
};

/* wire_pair: both ends close-on-exec. 0 or -1. */
int wire_pair(int ends[2], struct err *e);
/* wire_send: one message; fd ≥ 0 goes along as SCM_RIGHTS and stays the caller's. 0, or -1 with errno (EPIPE: the other side is dead; no SIGPIPE). */
int wire_send(int wire, enum message_type type, int32_t value, int fd);
/* wire_tell: wire_send to one that may be dead, which is no error: why it died is on the wire, where the next wait finds it. 0 or -1. */
int wire_tell(int wire, enum message_type type, int fd, struct err *e);
/* wire_is_cut: whether that errno of wire_send means that the other side is dead. */
bool wire_is_cut(int number);
/* wire_send_error: MESSAGE_ERROR with e's text. Returns as wire_send. */
int wire_send_error(int wire, const struct err *e);
/* wire_receive: waits for one message. 1, 0 at EOF (the other side is gone), -1 with errno. Works on a stream too if one message is all that is ever sent before EOF or another. */
int wire_receive(int wire, struct message *m);

#endif
