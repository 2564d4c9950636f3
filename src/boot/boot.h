/* SPDX-License-Identifier: ISC */
/* The first process of a machine, or a small supervisor below another one: reads what is to run, runs it until all has ended. */
#ifndef BOOT_BOOT_H
#define BOOT_BOOT_H

#include <stdbool.h>
#include "boot/bundle.h"

struct boot_options {
	const char *config;           /* directory; 0: the kernel command line's (as PID 1), or /etc/runlet */
	struct boot_place place;
	bool debug;                   /* says what is done when, in milliseconds */
};
struct out;
/* boot_plan: what boot_run would do as PID 1, a line each: names, mounts, services in their order. Nothing is done, nor is it looked whether it could be. 0 or -1. */
int boot_plan(const struct boot_options *options, struct out *out, struct err *e);
/* boot_run: as PID 1 also prepares the machine and ends it, so that it returns only where that fails. *status: 1 if a service's last run failed. 0 or -1. */
int boot_run(const struct boot_options *options, int *status, struct err *e);

#endif
