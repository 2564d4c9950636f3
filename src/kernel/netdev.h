/* SPDX-License-Identifier: ISC */
/* Network devices that change their network namespace, rtnetlink(7); runtime-spec, config-linux.md, "Network Devices". */
#ifndef KERNEL_NETDEV_H
#define KERNEL_NETDEV_H

#include <stdbool.h>
#include "base/err.h"

/* netdev_name_valid: as the kernel takes it: 1 to 15 bytes, not "." nor "..", no '/', ':' nor space. */
bool netdev_name_valid(const char *name);
/* netdev_check: the caller's network namespace has a device called name. 0 or -1. */
int netdev_check(const char *name, struct err *e);
/* netdev_move: the device called name in the caller's network namespace moves into netns (an fd), is called new_name there, keeps its MTU, hardware address and all permanent
 * addresses of global scope, and is brought up. "%d" in new_name is the lowest number that is free there. Where something fails after the move, it is moved back as far as
 * the kernel lets it. 0 or -1: no such device, a name that is taken there, the kernel's reason. */
int netdev_move(int netns, const char *name, const char *new_name, struct err *e);

#endif
