/* SPDX-License-Identifier: ISC */
/* exit7: exit(2) with 7 and no other call; x86_64, without a C library. */
void _start(void);
void _start(void) { __asm__ volatile("syscall" : : "a"(60), "D"(7)); }
