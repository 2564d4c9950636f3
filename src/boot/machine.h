/* SPDX-License-Identifier: ISC */
/* The machine in the hands of PID 1: what must be mounted before anything runs, the clock, the name, the end. */
#ifndef BOOT_MACHINE_H
#define BOOT_MACHINE_H

#include "boot/files.h"

/* What the kernel's command line says: runlet.config=DIR runlet.only=NAME,… runlet.idle=WORD runlet.debug. 0, false and IDLE_UNSET where it says nothing. */
struct machine_words { const char *config, *only; int idle; bool debug; };

/* machine_filesystems: mounts what is missing of /proc /sys /dev /dev/pts /run and the cgroup tree (v2; v1, a hierarchy a controller, where the kernel has no v2), and opens
 * /dev/console where the kernel could not. What fails is warned of: the rest may do. */
void machine_filesystems(void);
/* machine_command_line: reads /proc/cmdline. Strings live as long as the process. 0 or -1. */
int machine_command_line(struct machine_words *w, struct err *e);
/* machine_clock_floor: device.json's "2026-01-02T03:04:05Z" to seconds since 1970. 0 or -1. */
int machine_clock_floor(const char *text, int64_t *seconds, struct err *e);
/* machine_prepare: host name, clock's floor, loopback device, the file's mounts. 0 or -1. */
int machine_prepare(const struct device *d, struct err *e);
/* machine_end: writes what is not yet on disk, then powers off or reboots. Returns only where the kernel refuses: -1. */
int machine_end(bool reboots, struct err *e);

#endif
