/* SPDX-License-Identifier: ISC */
/* gate32: getpid(2) of the 32-bit architecture, by its gate; exits with its error number. x86_64, without a C library. */
void _start(void);
void _start(void) { int r; __asm__ volatile("int $0x80" : "=a"(r) : "a"(20)); __asm__ volatile("syscall" : : "a"(60), "D"(r < 0 ? -r : 0)); }
