/* SPDX-License-Identifier: ISC */
/* Compiled system call filters, kept below the state directory: ROOT/.filters/KEY. libseccomp takes ten times as long for an engine's default profile as all the rest of `run`. The key
 * is a digest of everything that the result depends on but the CPU: the profile, the kernel's level (seccomp_api_get(3)), libseccomp's version, this build. Filters that are made ahead, by
 * `seccomp compile`, have the same names and form in a directory that is only read. */
#ifndef CONTAINER_FILTER_CACHE_H
#define CONTAINER_FILTER_CACHE_H

#include "base/err.h"
#include "kernel/seccomp.h"

#define FILTER_KEY_BYTES 65   /* hexadecimal, with its NUL */
#define FILTER_CACHE_ENTRIES 64   /* more different profiles than one machine's containers have; then all are forgotten */

/* filter_cache_key: of a profile as it would be compiled for its level. */
void filter_cache_key(const struct seccomp_profile *profile, char key[FILTER_KEY_BYTES]);
/* filter_cache_open: the open file, and all of *program but the filter itself; or -1: there is none that can be trusted: a regular file of the caller's own, mode 0600, no link to it
 * elsewhere, of the length that it says. */
int filter_cache_open(int root_fd, const char *key, struct seccomp_program *program);
/* filter_cache_take: the whole of it from such a file, which stays the caller's. It lives until the next call. 0 or -1. */
int filter_cache_take(int fd, struct seccomp_program *program, struct err *e);
/* filter_cache_memory: such a file of a filter that is not kept; or -1. */
int filter_cache_memory(const struct seccomp_program *program, struct err *e);
/* filter_cache_put: keeps it, durably. 0 or -1, which harms nothing. */
int filter_cache_put(int root_fd, const char *key, const struct seccomp_program *program, struct err *e);
/* filter_cache_write: the file itself, with that mode. 0 or -1. */
int filter_cache_write(int directory, const char *key, const struct seccomp_program *program, unsigned mode, struct err *e);
/* filter_ready_open: as filter_cache_open from a directory of ready ones: regular files that are root's or the caller's own, no symlink, writable by nobody else. -1 where there is none; where
 * there is one that can't be taken (also: made for another CPU) a warning says why. */
int filter_ready_open(const char *directory, const char *key, struct seccomp_program *program);

#endif
