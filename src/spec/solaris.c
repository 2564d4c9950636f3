/* SPDX-License-Identifier: ISC */
/* solaris (runtime-spec, config-solaris.md). */
#include "spec/solaris.h"
#include "spec/table.h"

static const struct field anet_fields[] = {
	F(solaris_anet, linkname,                OPTIONAL),
	F(solaris_anet, lowerLink,               OPTIONAL),
	F(solaris_anet, allowedAddress,          OPTIONAL),
	F(solaris_anet, configureAllowedAddress, OPTIONAL),
	F(solaris_anet, defrouter,               OPTIONAL),
	F(solaris_anet, macAddress,              OPTIONAL),
	F(solaris_anet, linkProtection,          OPTIONAL),
};
static const struct object anet_object = TABLE("solaris.anet", "config-solaris.md, Network", solaris_anet, anet_fields, 0);

static const struct field cpu_fields[] = { F(solaris_cpu, ncpus, OPTIONAL) };
static const struct object capped_cpu_object = TABLE("solaris.cappedCPU", "config-solaris.md, CPU", solaris_cpu, cpu_fields, 0);

static const struct field capped_memory_fields[] = {
	F(solaris_memory, physical, OPTIONAL),
	F(solaris_memory, swap,     OPTIONAL),
};
static const struct object capped_memory_object = TABLE("solaris.cappedMemory", "config-solaris.md, Memory", solaris_memory, capped_memory_fields, 0);

static const struct field solaris_fields[] = {
	F(solaris, milestone,    OPTIONAL),
	F(solaris, limitpriv,    OPTIONAL),
	F(solaris, maxShmMemory, OPTIONAL),
	F_LIST(solaris, "anet", anet, OPTIONAL, solaris_anet, anet_object),
	F_OBJECT(solaris, "cappedCPU", cappedCPU, OPTIONAL, solaris_cpu, capped_cpu_object),
	F_OBJECT(solaris, "cappedMemory", cappedMemory, OPTIONAL, solaris_memory, capped_memory_object),
};
const struct object solaris_object = TABLE("solaris", "config-solaris.md", solaris, solaris_fields, 0);
