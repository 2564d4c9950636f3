/* SPDX-License-Identifier: ISC */
/* What the files of seccomp share: words to libseccomp's numbers, and the program's beginning. */
#ifndef KERNEL_SECCOMP_PARTS_H
#define KERNEL_SECCOMP_PARTS_H

#include <linux/filter.h>
#include "kernel/seccomp.h"

#define SECCOMP_INSTRUCTIONS 4096   /* BPF_MAXINSNS */
#define SECCOMP_ARCHS 20

/* Index of a word's number: 0 and *value, or -1. */
int seccomp_action(const char *word, const uint32_t *errno_ret, uint32_t *action, struct err *e);
int seccomp_operator(const char *word, int *op);
int seccomp_arch(const char *word, uint32_t *arch);
int seccomp_flag(const char *word, uint32_t *flag);

/* The highest number that the profile names, of each architecture of the filter. */
struct seccomp_highest { uint32_t arch; int number; };
/* seccomp_stub: writes the instructions that give ENOSYS to higher numbers, to go before the filter; at most 9 an architecture, and 1. Returns how many. */
size_t seccomp_stub(const struct seccomp_highest *archs, size_t count, struct sock_filter *code);
/* seccomp_shrink: code[count], a valid filter of at most SECCOMP_INSTRUCTIONS, becomes one that answers everything as before with fewer instructions: the kernel's time for installing a
 * filter goes with their number, and an engine's default one needs a fifth. Returns how many there are now: count where nothing was gained, or the filter holds what is not understood. */
size_t seccomp_shrink(struct sock_filter *code, size_t count);

#endif
