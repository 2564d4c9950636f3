/* SPDX-License-Identifier: ISC */
/* Labels of the next program, of AppArmor and SELinux: /proc/thread-self/attr/, proc_pid_attr(5); runtime-spec, config.md, "apparmorProfile", "selinuxLabel". */
#ifndef KERNEL_LSM_H
#define KERNEL_LSM_H

#include "base/err.h"

enum lsm { LSM_APPARMOR, LSM_SELINUX };

/* lsm_write_exec: what execve(2) gives the calling thread's next program: "exec PROFILE" to thread-self/attr/apparmor/exec (attr/exec before Linux 5.8), the label itself to
 * thread-self/attr/exec for SELinux. proc_fd: kernel/procfs.h's; nothing that is mounted inside it is followed. 0 or -1. */
int lsm_write_exec(int proc_fd, enum lsm lsm, const char *label, struct err *e);
/* lsm_key_label: the SELinux label of keyrings that the calling thread makes; "": the kernel's own choice again. A kernel without the attribute is no error. 0 or -1. */
int lsm_key_label(int proc_fd, const char *label, struct err *e);
/* lsm_file_label: the SELinux label of a file, for filesystems that take none at mount. 0 or -1. */
int lsm_file_label(const char *path, const char *label, struct err *e);

#endif
