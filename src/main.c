/* SPDX-License-Identifier: ISC */
/* argv[0] and subcommand → applet table (cmd/cmd.c); nothing else. */
#include <string.h>

#include "cmd/cmd.h"

int main(int argc, char **argv)
{
	const char *slash = argc ? strrchr(argv[0], '/') : 0;
	return cmd_main(slash ? slash + 1 : argc ? argv[0] : "runlet", argc ? argc - 1 : 0, argv + (argc ? 1 : 0));
}
