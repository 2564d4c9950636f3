/* SPDX-License-Identifier: ISC */
/* The program's process (runtime-spec, config.md "Process", config-linux.md's parts of it): limits, identity, capabilities, its executable. Steps of init. */
#ifndef CONTAINER_PROCESS_H
#define CONTAINER_PROCESS_H

#include "container/container.h"

int process_limits(struct container *c, struct err *e);       /* rlimits and oomScoreAdj: of init itself, or by the runtime of c->pid */
int process_attributes(struct container *c, struct err *e);   /* scheduler, ioPriority, personality, memoryPolicy */
int process_session(struct container *c, struct err *e);      /* setsid */
int process_bounding(struct container *c, struct err *e);     /* the bounding set, which only programs executed from then on feel */
int process_user(struct container *c, struct err *e);         /* groups, gid, uid, umask; capabilities as far as the filter's load allows */
int process_executable(struct container *c, struct err *e);   /* process.cwd, and args[0] looked up as execvp(3) would: c->executable */
/* process_seal: no_new_privs, the filter and the last capabilities, in the order that lets the filter allow least. */
int process_seal(struct container *c, struct err *e);
/* process_seal_hook: the same in the process of a startContainer hook, which may do what the program may; the filter is left out where an agent answers its calls. */
int process_seal_hook(const struct container *c, struct err *e);
bool process_wants_limits(const struct container *c);
bool process_wants_attributes(const struct container *c);

#endif
