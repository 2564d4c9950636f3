/* SPDX-License-Identifier: ISC */
/* Labels of the next program, of AppArmor and SELinux: /proc/thread-self/attr/, proc_pid_attr(5); runtime-spec, config.md, "apparmorProfile", "selinuxLabel". */
#ifndef KERNEL_LSM_H
#define KERNEL_LSM_H

#include "base/err.h"

enum lsm { LSM_APPARMOR, LSM_SELINUX };

/* lsm_open_proc: the root of the procfs at /proc, verified to be one and whole. Returns an O_PATH fd (close-on-exec, the caller's) or -1. */
int lsm_open_proc(struct err *e);
/* lsm_write_exec: what execve(2) gives the calling thread's next program: "exec PROFILE" to thread-self/attr/apparmor/exec (attr/exec before Linux 5.8), the label itself to
 * thread-self/attr/exec for SELinux. proc_fd: of lsm_open_proc; nothing that is mounted inside it is followed. 0 or -1. */
int lsm_write_exec(int proc_fd, enum lsm lsm, const char *label, struct err *e);

#endif
