/* SPDX-License-Identifier: ISC */
/* Pages made present in one call, before they are touched one by one (madvise(2), MADV_POPULATE_*, Linux 5.14): a page fault costs several times what the page itself
 * does, and short programs do little else. A hint: nothing happens where the kernel has no such call, and no error is told. */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

/* pages_program: the program's text and constants, and its small variables, with the container's first bytes (FIRST_LARGE in base/limits.h). After a fork too, whose child has none of
 * the text. */
#define PAGES_FIRST_BYTES 10240   /* struct container as far as most lives use it */
void pages_program(void);
/* pages_stack: as many bytes of stack below the caller's frame. */
#define PAGES_STACK_BYTES 40960   /* what `run` uses: a few buffers for paths */
void pages_stack(size_t bytes);
#endif
