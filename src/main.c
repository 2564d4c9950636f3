/* SPDX-License-Identifier: ISC */
/* argv[0] and subcommand → applet table (cmd/cmd.c), from a file that no container can write, on plain pages; nothing else. */
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "kernel/selfexe.h"

extern char __bss_start[], _end[];   /* the linker's */

/* Regions are large, and little of them is touched: a kernel that gives pages of 2 MB unasked (transparent_hugepage=always) would clear and keep some of
 * these, 2 to 8 MB. Others refuse. */
static void plain_pages(void)
{
	uintptr_t from = (uintptr_t)__bss_start & ~(uintptr_t)65535;   /* a page of any size */
	(void)!madvise((void *)from, (uintptr_t)_end - from, MADV_NOHUGEPAGE);
}

int main(int argc, char **argv)
{
	struct err e;
	plain_pages();
	if (cmd_enters(argc, argv)) {
		io_later_most = RUNTIME_LATER;
		if (selfexe_protect(argv, &e) < 0)
			log_warn("%s", e.text);
	}
	const char *slash = argc ? strrchr(argv[0], '/') : 0;
	return cmd_main(slash ? slash + 1 : argc ? argv[0] : "runlet", argc ? argc - 1 : 0, argv + (argc ? 1 : 0));
}
