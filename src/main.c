/* SPDX-License-Identifier: ISC */
/* argv[0] and subcommand → applet table (cmd/cmd.c), from a file that no container can write, on plain pages; nothing else. */
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/sys.h"
#include "cmd/cmd.h"
#include "kernel/selfexe.h"

extern char large_start[], large_end[];   /* the regions: tools/sections */

int main(int argc, char **argv)
{
	struct err e;
	sys_plain_pages(large_start, large_end);
	if (cmd_enters(argc, argv)) {
		io_later_most = RUNTIME_LATER;
		if (selfexe_protect(argv, &e) < 0)
			log_warn("%s", e.text);
	}
	const char *slash = argc ? strrchr(argv[0], '/') : 0;
	return cmd_main(slash ? slash + 1 : argc ? argv[0] : "runlet", argc ? argc - 1 : 0, argv + (argc ? 1 : 0));
}
