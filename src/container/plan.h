/* SPDX-License-Identifier: ISC */
/* A life of a container is a list of steps, taken by two processes in turns: the runtime, and init, which the runtime's step "init" makes. Executing is one
 * loop forward in each; the error path and `delete` are one loop backward. The table is in steps.c. */
#ifndef CONTAINER_PLAN_H
#define CONTAINER_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "kernel/probe.h"

struct container;

enum where {
	RUNTIME,   /* the caller's process and namespaces */
	BESIDE,    /* the same, while init goes on with its own steps; init waits for the end of them before its program (step "release") */
	INIT,      /* the container's namespaces, the caller's root */
	INSIDE     /* the container's namespaces and root */
};
enum side { SIDE_RUNTIME, SIDE_INIT };

struct step {
	const char *name;                                     /* "mounts": in --dry-run and debug lines */
	enum where where;
	bool (*wanted)(const struct container *);             /* 0: always */
	const enum facility *needs;                           /* FACILITY_END-terminated, or 0: asked when apply fails, so that the message names what the kernel lacks */
	int (*apply)(struct container *, struct err *);       /* 0: there is only something to undo */
	int (*undo)(struct container *, struct err *);        /* 0: nothing to undo. From the record alone: the runtime that applied it may be dead. Done twice is done once. 0, -1, or UNDO_HELD */
	const char *what;                                     /* a few words for --dry-run; 0 where there is no apply */
};
/* What an undo returns where somebody still uses what it was to end: nothing before it in the table is undone, and the record stays for another try. */
#define UNDO_HELD (-2)
extern const struct step create_steps[];
extern const size_t create_step_count;
extern const struct step exec_steps[];      /* of one more process in a container (container/enter.h); nothing in it is undone */
extern const size_t exec_step_count;
extern const struct step live_steps[];      /* of a process that changes the mounts of a container that lives (container/live.h); the same */
extern const size_t live_step_count;

#define PLAN_STEPS 80
struct plan {
	size_t count, at;                  /* at: the step being applied, or behind the last */
	const struct step *steps[PLAN_STEPS];
};

/* plan_make: the wanted ones of count steps in their order. */
void plan_make(struct container *c, const struct step *steps, size_t count);
/* plan_walk: applies this side's steps from plan.at on, and hands over where the other side's begin. In the runtime it ends when init has only steps of its own left;
 * in init it does not return but for an error. 0, or -1: this side's error, or the one that init sent. */
int plan_walk(struct container *c, enum side me, struct err *e);
/* plan_next_side: whose step comes behind the one being applied. */
enum side plan_next_side(const struct container *c);
/* plan_receive: the runtime's wait for init: 1 a message other than an error is in m (a terminal's master is kept in c, a listener handed on, a filter loaded), 0 init is gone, -1 the error it sent. */
struct message;
int plan_receive(struct container *c, struct message *m, struct err *e);
/* plan_init_died: the error for an init that went without a word: of the memory limit, or of whatever. Returns -1. */
int plan_init_died(const struct container *c, struct err *e);
/* plan_await_release: in init: until the runtime is done with its steps beside init (MESSAGE_RELEASE, mostly long ago). 0, or -1: the runtime is gone. */
int plan_await_release(struct container *c, struct err *e);
/* plan_undo: undoes backward from create_steps[from] on; each failure is a warning, the first one is in e; it ends at what is held. 0 or -1. */
int plan_undo(struct container *c, size_t from, struct err *e);

#endif
