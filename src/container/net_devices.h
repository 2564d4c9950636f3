/* SPDX-License-Identifier: ISC */
/* linux.netDevices (runtime-spec, config-linux.md, "Network Devices"): devices of the caller's network namespace that the container gets. They go back, or away, with the
 * namespace: that is the kernel's, and the specification wants no more of a runtime. */
#ifndef CONTAINER_NET_DEVICES_H
#define CONTAINER_NET_DEVICES_H

#include "container/container.h"

/* net_devices_check: names that devices can have, and a network namespace of the container's own. 0 or -1. */
int net_devices_check(const struct container *c, struct err *e);
/* net_devices_wanted: whether the step below is: there are some, and the network is not made beside init, where namespaces_make_network moves them itself. */
bool net_devices_wanted(const struct container *c);
/* net_devices_give: into netns. 0 or -1. net_devices_move: the step: into the joined namespace, or that of init. */
int net_devices_give(const struct container *c, int netns, struct err *e);
int net_devices_move(struct container *c, struct err *e);

#endif
