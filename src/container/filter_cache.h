/* SPDX-License-Identifier: ISC */
/* Compiled system call filters, kept below the state directory: ROOT/.filters/KEY. libseccomp takes ten times as long for an engine's default profile as all the rest of `run`. The key
 * is a digest of everything that the result depends on: the profile, this kernel's release, libseccomp's version, this build. */
#ifndef CONTAINER_FILTER_CACHE_H
#define CONTAINER_FILTER_CACHE_H

#include "base/err.h"
#include "kernel/seccomp.h"

#define FILTER_KEY_BYTES 65   /* hexadecimal, with its NUL */
#define FILTER_CACHE_ENTRIES 64   /* more different profiles than one machine's containers have; then all are forgotten */

/* filter_cache_key: of a profile as it would be compiled here. */
void filter_cache_key(const struct seccomp_profile *profile, char key[FILTER_KEY_BYTES]);
/* filter_cache_get: 0 and the filter (free with seccomp_free), or -1: there is none that can be trusted: a regular file of the caller's own, mode 0600, no link to it elsewhere, of
 * the length that it says. */
int filter_cache_get(int root_fd, const char *key, struct seccomp_program *program);
/* filter_cache_put: keeps it, durably. 0 or -1, which harms nothing. */
int filter_cache_put(int root_fd, const char *key, const struct seccomp_program *program, struct err *e);

#endif
