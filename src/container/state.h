/* SPDX-License-Identifier: ISC */
/* What a container is now, from its record and from what can be seen; and its state JSON (runtime-spec, runtime.md, "State"). */
#ifndef CONTAINER_STATE_H
#define CONTAINER_STATE_H

#include "base/out.h"
#include "container/container.h"

enum status { STATUS_CREATING, STATUS_CREATED, STATUS_RUNNING, STATUS_PAUSED, STATUS_STOPPED };
extern const char *const status_words[];

/* state_load: opens ROOT/ID and its record: c->root_fd, state_fd, record, cgroup; lock: takes its lock first. 0, or -1: `container "ID" does not exist` with
 * number ENOENT; one whose record was never written is `…: half made (delete --force removes it)` with number ENODATA, with root_fd and state_fd open. */
int state_load(struct container *c, bool lock, struct err *e);
/* state_status: looks: alive is the same pid with the same start time, not a zombie; created until its start socket is gone; paused by the freezer. -1 where that can't be known. */
int state_status(const struct container *c, struct err *e);
/* state_find: both at once: the status. state_find_alive: the same of one that runs, is created or paused; of others -1: `container not running`. */
int state_find(struct container *c, bool lock, struct err *e);
int state_find_alive(struct container *c, bool lock, struct err *e);
/* state_emit: the JSON object. what: for hooks (the specification's members alone) or for the state command, indented by two spaces as runc does, or compact for list.
 * annotations come from c->config, which must be read where record.annotations is set. owner 0: none. */
struct state;
void state_fill(const struct container *c, enum status status, pid_t pid, struct state *s);   /* all but the owner */
enum state_form { STATE_HOOK, STATE_COMMAND, STATE_LIST };
void state_emit(const struct container *c, enum status status, pid_t pid, enum state_form form, const char *owner, struct out *o);

#endif
