/* SPDX-License-Identifier: ISC */
/* The state of a container (runtime-spec, runtime.md, "State"); runc's order of it (runc-state(8), runc-list(8)). */
#include "spec/rules.h"
#include "spec/state.h"
#include "spec/table.h"

static const struct field state_fields[] = {
	F(state, ociVersion,  REQUIRED),
	F(state, id,          REQUIRED),
	F(state, status,      REQUIRED),
	F(state, pid,         OPTIONAL, .range = &range_natural),
	F(state, bundle,      REQUIRED),
	F(state, annotations, OPTIONAL),
};
const struct object state_object = TABLE("state", "runtime.md, State", state, state_fields, 0);

static const struct field runc_state_fields[] = {
	F(state, ociVersion,  REQUIRED),
	F(state, id,          REQUIRED),
	F(state, pid,         REQUIRED, .range = &range_natural),
	F(state, status,      REQUIRED),
	F(state, bundle,      REQUIRED),
	F(state, rootfs,      REQUIRED),
	F(state, created,     REQUIRED),
	F(state, annotations, OPTIONAL),
	F(state, owner,       REQUIRED),
};
const struct object runc_state_object = TABLE("state", "runtime.md, State", state, runc_state_fields, 0);

static const struct field process_state_fields[] = {
	F(process_state, ociVersion, REQUIRED),
	F(process_state, fds,        OPTIONAL),
	F(process_state, pid,        REQUIRED),
	F(process_state, metadata,   OPTIONAL),
	F_OBJECT(process_state, "state", state, REQUIRED, state, state_object),
};
const struct object process_state_object = TABLE("container process state", "config-linux.md, The Container Process State", process_state, process_state_fields, 0);
