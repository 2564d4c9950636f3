/* SPDX-License-Identifier: ISC */
/* container/resources: which values an update writes: those given, and their counterparts as they are kept. */
#include <string.h>
#include "tap.h"
#include "container/resources.h"

static struct container c;
static struct err e;
static struct memory_resources memory, old_memory;
static struct cpu_resources cpu, old_cpu;
static struct resources change, whole;

static void start(void)
{
	memory = old_memory = (struct memory_resources){ 0 };
	cpu = old_cpu = (struct cpu_resources){ 0 };
	change = (struct resources){ .memory = &memory, .cpu = &cpu };
	whole = (struct resources){ .memory = &old_memory, .cpu = &old_cpu };
	old_memory.limit = 100;
	old_memory.swap = 300;
	old_memory.reservation = 50;
	old_cpu.quota = 1000;
	old_cpu.period = 2000;
	old_cpu.shares = 512;
	spec_set(&memory_object, &old_memory, "limit");
	spec_set(&memory_object, &old_memory, "swap");
	spec_set(&memory_object, &old_memory, "reservation");
	spec_set(&cpu_object, &old_cpu, "quota");
	spec_set(&cpu_object, &old_cpu, "period");
	spec_set(&cpu_object, &old_cpu, "shares");
}

int main(void)
{
	start();
	is_int(resources_change(&c, &whole, &change, &e), 0, "nothing");
	is_int(c.limits.has, 0, "is nothing");

	cpu.period = old_cpu.period = 4000;
	spec_set(&cpu_object, &cpu, "period");
	resources_change(&c, &whole, &change, &e);
	is_int(c.limits.has, CGROUP_HAS(CGROUP_CPU_PERIOD) | CGROUP_HAS(CGROUP_CPU_QUOTA), "a period comes with the quota");
	is_int(c.limits.value[CGROUP_CPU_QUOTA], 1000, "as it is kept");
	is_int(c.limits.value[CGROUP_CPU_PERIOD], 4000, "and is the new one");

	start();
	memory.limit = old_memory.limit = 200;
	spec_set(&memory_object, &memory, "limit");
	resources_change(&c, &whole, &change, &e);
	is_int(c.limits.has, CGROUP_HAS(CGROUP_MEMORY_LIMIT) | CGROUP_HAS(CGROUP_MEMORY_SWAP), "memory comes with memory and swap together");
	is_int(c.limits.value[CGROUP_MEMORY_SWAP], 300, "as it is kept");
	is_int(c.limits.value[CGROUP_MEMORY_LIMIT], 200, "and is the new one");

	memory.limit = old_memory.limit = -1;
	resources_change(&c, &whole, &change, &e);
	is_int(c.limits.value[CGROUP_MEMORY_SWAP], -1, "any memory means any of both");
	memory.swap = 500;
	spec_set(&memory_object, &memory, "swap");
	resources_change(&c, &whole, &change, &e);
	is_int(c.limits.value[CGROUP_MEMORY_SWAP], 500, "unless it is given");
	return done_testing();
}
