/* SPDX-License-Identifier: ISC */
/* Kernel parameters, sysctl.d(5), proc(5); runtime-spec, config-linux.md, "Sysctl". */
#ifndef KERNEL_SYSCTL_H
#define KERNEL_SYSCTL_H

#include "base/err.h"

enum { SYSCTL_NOT_NAMESPACED = -1, SYSCTL_IS_HOSTNAME = -2 };
/* sysctl_namespace: which namespace (an index of ns_types) must be the container's own for this parameter to be settable (runc's rule): ipc, network, uts,
 * user. SYSCTL_NOT_NAMESPACED: would change the host; SYSCTL_IS_HOSTNAME: kernel.hostname, for which the config has a property. name: with dots or slashes. */
int sysctl_namespace(const char *name);
/* sysctl_write: name's file below /proc/sys ("net.ipv4.ip_forward", "net/ipv4/conf/eth0.1/forwarding"). The caller's namespaces count. 0 or -1. */
int sysctl_write(const char *name, const char *value, struct err *e);

#endif
