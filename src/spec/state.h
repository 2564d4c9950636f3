/* SPDX-License-Identifier: ISC */
/* The state of a container (runtime-spec, runtime.md, "State"), with what `state` and `list` add to it as runc does. */
#ifndef SPEC_STATE_H
#define SPEC_STATE_H

#include "spec/field.h"

struct state {
	struct node node;
	const char *ociVersion, *id, *status, *bundle;   /* status: creating, created, running, paused, stopped */
	int64_t pid;
	struct string_map annotations;
	const char *rootfs, *created, *owner;            /* created: RFC 3339 */
};
/* state_object: the specification's own members, for hooks and seccomp agents; pid is left out when 0. runc_state_object: runc's members and order, pid
 * 0 too: print with document_emit_indented(…, "  "). Either is filled without spec_set. */
extern const struct object state_object, runc_state_object;

/* What a seccomp agent is told of a process whose calls it answers (config-linux.md, "The Container Process State"). */
struct process_state {
	struct node node;
	const char *ociVersion, *metadata;
	struct strings fds;                              /* names of the descriptors that go along, in their order */
	int64_t pid;                                     /* as the runtime sees it */
	const struct state *state;
};
extern const struct object process_state_object;

#endif
