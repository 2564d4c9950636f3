/* SPDX-License-Identifier: ISC */
/* Host name and NIS domain name, uts_namespaces(7); runtime-spec, config.md, "Hostname", "Domainname". */
#ifndef KERNEL_UTS_H
#define KERNEL_UTS_H

#include "base/err.h"

/* uts_set: of the caller's UTS namespace; a null name is left as it is. 0 or -1. */
int uts_set(const char *hostname, const char *domainname, struct err *e);

#endif
