/* SPDX-License-Identifier: ISC */
/* The network namespace's loopback device, netdevice(7). */
#ifndef KERNEL_NET_H
#define KERNEL_NET_H

#include "base/err.h"

/* net_loopback_up: brings "lo" up in the caller's network namespace. Three system calls. 0 or -1. */
int net_loopback_up(struct err *e);

#endif
