/* SPDX-License-Identifier: ISC */
/* The state of a container (runtime-spec, runtime.md, "State"); runc's order of it (runc-state(8), runc-list(8)). */
#include "spec/rules.h"
#include "spec/state.h"
#include "spec/table.h"

static int check_pid(const void *member, struct place *p, struct report *r)
{
	int64_t pid = *(const int64_t *)member;

	return pid >= 0 ? 0 : report_add(r, LEVEL_MUST, p, state_object.section, "%lld must not be negative", (long long)pid);
}

static const struct field state_fields[] = {
	F(state, ociVersion,  REQUIRED),
	F(state, id,          REQUIRED),
	F(state, status,      REQUIRED),
	F(state, pid,         OPTIONAL, .check = check_pid),
	F(state, bundle,      REQUIRED),
	F(state, annotations, OPTIONAL),
};
const struct object state_object = TABLE("state", "runtime.md, State", state, state_fields, 0);

static const struct field runc_state_fields[] = {
	F(state, ociVersion,  REQUIRED),
	F(state, id,          REQUIRED),
	F(state, pid,         REQUIRED, .check = check_pid),
	F(state, status,      REQUIRED),
	F(state, bundle,      REQUIRED),
	F(state, rootfs,      REQUIRED),
	F(state, created,     REQUIRED),
	F(state, annotations, OPTIONAL),
	F(state, owner,       REQUIRED),
};
const struct object runc_state_object = TABLE("state", "runtime.md, State", state, runc_state_fields, 0);
