/* SPDX-License-Identifier: ISC */
/* solaris (runtime-spec, config-solaris.md). Parsed and checked; no such container is created. */
#ifndef SPEC_SOLARIS_H
#define SPEC_SOLARIS_H

#include "spec/field.h"

struct solaris_anet {
	struct node node;
	const char *linkname, *lowerLink, *allowedAddress, *configureAllowedAddress, *defrouter, *macAddress, *linkProtection;
};
struct solaris_cpu { struct node node; const char *ncpus; };
struct solaris_memory { struct node node; const char *physical, *swap; };
struct solaris {
	struct node node;
	const char *milestone, *limitpriv, *maxShmMemory;
	LIST_OF(struct solaris_anet) anet;
	const struct solaris_cpu *cappedCPU;
	const struct solaris_memory *cappedMemory;
};
extern const struct object solaris_object;

#endif
