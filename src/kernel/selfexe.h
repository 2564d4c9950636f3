/* SPDX-License-Identifier: ISC */
/* The program's own file, out of reach of what runs in a container (CVE-2019-5736): a process inside may be made to execute /proc/self/exe, and what opens that
 * may write to the host's runlet. So the program executes itself once more, from where its file can't be opened for writing. */
#ifndef KERNEL_SELFEXE_H
#define KERNEL_SELFEXE_H

#include "base/err.h"

/* selfexe_protect: before anything of the command line acts. Returns 0 where the running file can't be written already: on a read-only filesystem, or as
 * one that this call has made: a detached read-only mount of it (open_tree(2), mount_setattr(2)), else a sealed copy in memory (memfd_create(2)). Else moves the
 * program onto such a mount (kernel/selfmap.h) and returns 0; where the kernel doesn't let it, executes argv from there with the same environment and open files, and
 * does not return. -1: neither could be made. */
int selfexe_protect(char *const argv[], struct err *e);
/* selfexe_release: gives up the descriptor that selfexe_protect may have kept of the mount, after which nobody can find that any more. Where nobody has it open but
 * the caller, the kernel takes up to some hundred microseconds (it waits for all CPUs): so a child calls this at once, its parent when it has to wait anyway. */
void selfexe_release(void);
/* selfexe_hide: the calling process, and those that it makes until they execute something else, can't be looked into by others (PR_SET_DUMPABLE; CVE-2016-9962). */
void selfexe_hide(void);

#endif
