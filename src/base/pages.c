/* SPDX-License-Identifier: ISC */
#include "base/pages.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define POPULATE_READ 22
#define POPULATE_WRITE 23

extern const char __executable_start[], __init_array_start[], pages_small_end[];   /* the linker's and tools/sections' */

static uintptr_t page_of(uintptr_t address)
{
	return address & ~((uintptr_t)getpagesize() - 1);
}

/* the pages from that of from to that of to - 1 */
static void populate(uintptr_t from, uintptr_t to, int how)
{
	uintptr_t first = page_of(from), end = page_of(to - 1) + (uintptr_t)getpagesize();
	madvise((void *)first, end - first, how);
}

void pages_program(void)
{
	populate((uintptr_t)__executable_start, page_of((uintptr_t)__init_array_start), POPULATE_READ);
	populate((uintptr_t)__init_array_start, (uintptr_t)pages_small_end + PAGES_FIRST_BYTES, POPULATE_WRITE);
}

void pages_stack(size_t bytes)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	populate(here - bytes, here, POPULATE_WRITE);
}
