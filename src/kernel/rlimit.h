/* SPDX-License-Identifier: ISC */
/* Resource limits, prlimit(2); runtime-spec, config.md, "POSIX process", rlimits. */
#ifndef KERNEL_RLIMIT_H
#define KERNEL_RLIMIT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"

/* rlimit_find: the resource's number of "RLIMIT_NOFILE" and so on, or -1. rlimit_word: the i-th word, 0 behind the last. */
int rlimit_find(const char *word);
const char *rlimit_word(size_t i);
/* rlimit_set: of a process (0: the caller). UINT64_MAX is unlimited. 0 or -1: "cannot set RLIMIT_NOFILE to 1024:2048: …". */
int rlimit_set(pid_t pid, int resource, uint64_t soft, uint64_t hard, struct err *e);

#endif
