/* SPDX-License-Identifier: ISC */
/* runlet image pack, in the program for devices: it is in runlet-tools alone, which is linked with image_pack.c instead of this. */
#include "cmd/cmd.h"

static int run(int argc, char **argv)
{
	struct err e;
	(void)argc, (void)argv;
	err_set(&e, "image pack: not in this program, but in runlet-tools (make tools)");
	return cmd_fail(&e);
}

const struct command command_image_pack = {
	.name = "image pack", .arguments = "ROOTFS LAYOUT", .summary = "make an image of a directory (in runlet-tools)", .run = run, .least = 0, .most = -1, .stateless = true,
};
