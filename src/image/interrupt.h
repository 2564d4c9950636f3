/* SPDX-License-Identifier: ISC */
/* SIGINT, SIGTERM and SIGHUP while an image is unpacked: noted, so that what was half made can be removed. */
#ifndef IMAGE_INTERRUPT_H
#define IMAGE_INTERRUPT_H

#include <stdbool.h>

/* interrupt_catch: from here on the three are only noted (one that is ignored stays ignored). */
void interrupt_catch(void);
bool interrupted(void);

#endif
