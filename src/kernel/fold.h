/* SPDX-License-Identifier: ISC */
/* The folded part of the program: what only the commands for images and documents need (FOLDED in the Makefile) stands in the file as one deflate stream (RFC 1951), half
 * its size, and is unfolded where it was linked to stand when such a command is called. What a container's life needs is never folded. */
#ifndef KERNEL_FOLD_H
#define KERNEL_FOLD_H

#include "base/err.h"

/* Bounds of the stream, of tools/sections; 0 in programs in which nothing is folded. */
extern const char fold_packed[] __attribute__((weak)), fold_packed_end[] __attribute__((weak));

/* fold_open: before anything of that part is called or read. Does nothing where it is there already, or was never folded. -1: no memory at its place, or the
 * system does not let memory be executed that was written (SELinux' execmem, PR_SET_MDWE): a program built with FOLD= needs neither. */
int fold_open(struct err *e);

#endif
