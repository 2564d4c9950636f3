/* SPDX-License-Identifier: ISC */
/* Pages made present in one call, before they are touched one by one (madvise(2), MADV_POPULATE_*, Linux 5.14): a page fault costs several times what the page itself
 * does, and short programs do little else. A hint: nothing happens where the kernel has no such call, and no error is told. */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

/* pages_program: the program's text and constants, and its small variables (those before the LARGE ones). After a fork too, whose child has none of the text. */
void pages_program(void);
/* pages_write: bytes from start on, about to be written; what is in them stays. */
void pages_write(const void *start, size_t bytes);
/* pages_stack: as many bytes of stack below the caller's frame. */
#define PAGES_STACK_BYTES 40960   /* what `run` uses: a few buffers for paths */
void pages_stack(size_t bytes);
#endif
