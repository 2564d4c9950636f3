/* SPDX-License-Identifier: ISC */
/* argv[0] and subcommand → applet table (cmd/cmd.c), with the pages that all of them touch made present; nothing else. */
#include <string.h>

#include "base/pages.h"
#include "cmd/cmd.h"

int main(int argc, char **argv)
{
	pages_program();
	pages_stack(PAGES_STACK_BYTES);
	const char *slash = argc ? strrchr(argv[0], '/') : 0;
	return cmd_main(slash ? slash + 1 : argc ? argv[0] : "runlet", argc ? argc - 1 : 0, argv + (argc ? 1 : 0));
}
