/* SPDX-License-Identifier: ISC */
/* linux.namespaces, ID mappings and time offsets (runtime-spec, config-linux.md): what is new, what is joined, in which order. */
#ifndef CONTAINER_NAMESPACES_H
#define CONTAINER_NAMESPACES_H

#include "container/container.h"

/* namespace_new, namespace_joined: whether the config asks for a new one of the type, or for that of a path; neither: it shares the runtime's. */
bool namespace_new(const struct container *c, enum namespace_type type);
bool namespace_joined(const struct container *c, enum namespace_type type);
/* namespace_own: new or joined. */
bool namespace_own(const struct container *c, enum namespace_type type);
/* namespaces_need_joiner: whether a process between runtime and init must join before init is cloned: a joined user or pid namespace, a new time
 * namespace (its offsets are frozen by the first process inside), or any joined one with a new user namespace (which would have no right to it). */
bool namespaces_need_joiner(const struct container *c);

/* namespace_network_beside: whether the new network namespace is made by the runtime, which has nothing else to do meanwhile: making it takes the kernel 0.4 ms,
 * as long as all of init's mounts. Not where it has to belong to a new user namespace. */
bool namespace_network_beside(const struct container *c);

/* namespaces_check: rules between namespaces and the rest of the config, before anything is made. 0 or -1. */
int namespaces_check(const struct container *c, struct err *e);
/* namespaces_open (step "namespaces"): c->new_namespaces, and an fd for each joined one in c->joined. */
int namespaces_open(struct container *c, struct err *e);
/* namespaces_join: all that are joined, in an order that works; in the joiner, or in init (step "join"). */
int namespaces_join(struct container *c, struct err *e);
/* namespaces_new_time: unshares the time namespace for later children and writes linux.timeOffsets. In the joiner. */
int namespaces_new_time(struct container *c, struct err *e);
/* namespaces_map (step "maps", by the runtime): ID maps of init's new user namespace. namespaces_become_root (step "root user", in init): uid and gid 0 of it. */
int namespaces_map(struct container *c, struct err *e);
int namespaces_become_root(struct container *c, struct err *e);
/* namespaces_new_cgroup (step "cgroup namespace"): unshared once init is in its cgroups, which become the namespace's roots. */
int namespaces_new_cgroup(struct container *c, struct err *e);
/* namespaces_make_network (step "network", by the runtime beside init): makes it, with lo up, and sends it; the runtime is back in its own afterwards.
 * namespaces_take_network (step "take network", in init): waits for it and joins it. What captures the network namespace (sysfs, sysctl) must come behind. */
int namespaces_make_network(struct container *c, struct err *e);
int namespaces_take_network(struct container *c, struct err *e);
/* namespaces_explain: after clone(2) failed: which of the new ones this kernel lacks. Returns -1. */
int namespaces_explain(const struct container *c, struct err *e);

#endif
