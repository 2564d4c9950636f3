/* SPDX-License-Identifier: ISC */
/* Services while they run: started, reaped, started again, told of signals. */
#ifndef BOOT_SUPERVISE_H
#define BOOT_SUPERVISE_H

#include "boot/bundle.h"

enum supervise_end { ENDED_IDLE, ENDED_STOP, ENDED_REBOOT };   /* all services have ended; SIGTERM; SIGINT: Ctrl-Alt-Del, where PID 1 asked for it */
/* supervise: starts all of f's services, and returns once all have ended and none is to be started again (stays: never for that reason alone). SIGTERM and SIGINT stop
 * them first, SIGKILL after LIMIT_STOP_MS; SIGHUP, SIGUSR1 and SIGUSR2 are passed on to their programs. All orphans are reaped. 0 or -1. */
int supervise(struct boot_files *f, const struct boot_place *place, bool stays, enum supervise_end *end, struct err *e);

#endif
