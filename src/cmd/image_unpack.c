/* SPDX-License-Identifier: ISC */
/* runlet image unpack (oci-unpack) */
#include "cmd/cmd.h"

#include "base/limits.h"
#include "image/image.h"

static struct image_request request;
static LARGE struct image_texts texts;
static const struct option options[] = {
	IMAGE_OPTIONS(request, texts)
};

static int run(int argc, char **argv)
{
	struct err e;
	if (cmd_image_request(&request, &texts, argc, argv, &e) < 0)
		return cmd_fail(&e);
	return image_unpack(&request, &e) < 0 ? cmd_fail(&e) : 0;
}

const struct command command_image_unpack = {
	.name = "image unpack", .arguments = "[SRC] DEST", .summary = "verify an image and make its root filesystem",
	.more = "SRC is an image layout, an archive of one or of docker save, or - for standard input; with --store it may be missing.\nDEST must be missing or an empty directory; it appears whole or not at all.\nExample: runlet image unpack --ref latest busybox-oci busybox-rootfs",
	.options = options, .option_count = COUNT(options), .run = run, .least = 1, .most = 2, .stateless = true,
};
