/* SPDX-License-Identifier: ISC */
/* Small attributes of a process: oom_score_adj (proc(5)), prctl(2) flags, personality(2); runtime-spec, config.md and config-linux.md. */
#ifndef KERNEL_PROCATTR_H
#define KERNEL_PROCATTR_H

#include <stddef.h>
#include <sys/types.h>
#include "base/err.h"

/* procattr_oom_score: -1000 … 1000, of pid (0: the caller); needs a /proc. 0 or -1. */
int procattr_oom_score(pid_t pid, int score, struct err *e);
/* procattr_no_new_privs: PR_SET_NO_NEW_PRIVS. 0 or -1. */
int procattr_no_new_privs(struct err *e);
/* procattr_personality: domain "LINUX" or "LINUX32"; any flag is an error (none is defined). 0 or -1. */
int procattr_personality(const char *domain, size_t flag_count, struct err *e);

#endif
