/* SPDX-License-Identifier: ISC */
/* Processes: identity that survives pid reuse, raw clone, waiting. */
#ifndef BASE_PROC_H
#define BASE_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"

/* proc_start_time: field 22 of /proc/PID/stat (clock ticks since boot), and its state letter if state is not 0. 0, or -1 with errno (ENOENT, ESRCH: gone). proc(5) */
int proc_start_time(pid_t pid, uint64_t *start_ticks, char *state);
/* proc_signal: to the process with that start time, and to no later one of the same pid (pidfd_open(2), where there is one). 0, or -1 with errno: ESRCH if it is not alive, what
 * proc_alive says where that can't be known. */
int proc_signal(pid_t pid, uint64_t start_ticks, int signal);
/* proc_alive: pid exists with that start time and is neither Z nor X: 1 or 0; -1 with errno where it can't be known, for want of a file descriptor for one. */
int proc_alive(pid_t pid, uint64_t start_ticks);
/* proc_wait: waitpid(2) retried on EINTR; returns the shell's status: exit code, or 128 + signal; -1 with errno. */
int proc_wait(pid_t pid);
/* proc_clone: clone3(2) with flags (CLONE_NEW*, CLONE_PARENT, CLONE_INTO_CGROUP with cgroup_fd ≥ 0), exit signal SIGCHLD; falls back to clone(2) where
 * clone3 is missing or forbidden (then CLONE_INTO_CGROUP and CLONE_NEWTIME are ENOSYS). Returns as fork(2). Hazard: musl's cached thread ID is stale in the child:
 * no raise(), no abort(). */
pid_t proc_clone(uint64_t flags, int cgroup_fd);

#endif
