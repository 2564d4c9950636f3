/* SPDX-License-Identifier: ISC */
/* What the Makefile tells cmd/version.c alone, so that a new commit rebuilds one object. */
#ifndef CMD_BUILD_INFO_H
#define CMD_BUILD_INFO_H

#ifndef RUNLET_VERSION
#define RUNLET_VERSION "0.0.0"
#endif
#ifndef RUNLET_COMMIT
#define RUNLET_COMMIT "unknown"
#endif
#ifndef RUNLET_DEPENDENCIES   /* lines "musl 1.2.5 sha256:…" */
#define RUNLET_DEPENDENCIES ""
#endif

#endif
