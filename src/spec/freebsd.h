/* SPDX-License-Identifier: ISC */
/* freebsd (runtime-spec, config-freebsd.md). Parsed and checked; no such container is created. */
#ifndef SPEC_FREEBSD_H
#define SPEC_FREEBSD_H

#include "spec/field.h"

struct freebsd_device { struct node node; const char *path; uint32_t mode; };
struct freebsd_allow { struct node node; bool setHostname, rawSockets, chflags, quotas, socketAf, mlock, reservedPorts, suser; struct strings mount; };
struct freebsd_jail {
	struct node node;
	const char *parent, *host, *ip4, *ip6, *vnet, *interface, *sysvmsg, *sysvsem, *sysvshm;
	struct strings ip4Addr, ip6Addr, vnetInterfaces;
	uint32_t enforceStatfs;
	const struct freebsd_allow *allow;
};
struct freebsd { struct node node; LIST_OF(struct freebsd_device) devices; const struct freebsd_jail *jail; };
extern const struct object freebsd_object;

#endif
