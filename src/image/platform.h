/* SPDX-License-Identifier: ISC */
/* Platforms in order of preference: what was asked for, or what this machine's CPU runs best (image-spec, image-index.md, "platform"). */
#ifndef IMAGE_PLATFORM_H
#define IMAGE_PLATFORM_H

#include "base/err.h"

#define PLATFORM_CHOICES 8
struct platform_choice { char architecture[16], variant[16]; };   /* an empty variant: none, or any that is not told */
struct platforms {
	char os[16];
	int count;
	struct platform_choice choice[PLATFORM_CHOICES];              /* best first */
	char asked[48];                                               /* for messages: "linux/arm/v7" */
};

/* platforms_host: those of this machine: uname(2), and /proc/cpuinfo for x86-64's levels. */
void platforms_host(struct platforms *p);
/* platforms_from: the same from what these say (for tests); cpuinfo is the file's text. */
void platforms_from(struct platforms *p, const char *machine, const char *cpuinfo);
/* platforms_parse: "OS:ARCH[:VARIANT]", also with slashes. 0 or -1. */
int platforms_parse(struct platforms *p, const char *text, struct err *e);
/* platforms_rank: 0 is best, below 2 × PLATFORM_CHOICES; -1: not among them. variant may be 0: it goes without saying, and comes behind one that is said where that was asked for. */
int platforms_rank(const struct platforms *p, const char *os, const char *architecture, const char *variant);

#endif
