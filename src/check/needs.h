/* SPDX-License-Identifier: ISC */
/* What a config needs of a kernel, whichever that is: facilities of the probe table (kernel/probe.h), each with the property that needs it. */
#ifndef CHECK_NEEDS_H
#define CHECK_NEEDS_H

#include "kernel/probe.h"
#include "spec/config.h"

/* needs_of: places[f]: the property because of which c needs facility f, 0: it does not. Where device rules are concerned CGROUP_BPF will do as well as CGROUP_DEVICES. */
void needs_of(const struct config *c, const char *places[FACILITY_COUNT]);

#endif
