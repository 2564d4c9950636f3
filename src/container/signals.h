/* SPDX-License-Identifier: ISC */
/* Signals by name and number, as kill(1) and engines write them; the numbers are this CPU's (MIPS has its own). */
#ifndef CONTAINER_SIGNALS_H
#define CONTAINER_SIGNALS_H

#include "base/err.h"

/* signal_parse: "TERM", "SIGTERM", "term", "15", "RTMIN+3", "RTMAX-1" → 15 …; RTMIN is 34, as glibc's kill(1) counts. Any number from 0 to the
 * kernel's last is allowed. Returns the number, or -1: `unknown signal "x"`. */
int signal_parse(const char *text, struct err *e);

#endif
