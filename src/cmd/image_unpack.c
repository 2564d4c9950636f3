/* SPDX-License-Identifier: ISC */
/* runlet image unpack (oci-unpack) */
#include "cmd/cmd.h"

#include "base/limits.h"
#include "image/image.h"

static struct image_request request;
static LARGE struct image_texts texts;
static const char *type;
static const struct option options[] = {
	{ "ref", 0, OPTION_TEXTS, &texts.refs, "REF", "NAME, name=, digest=, platform.os=, .architecture=, .variant=, .os.version=; all given must hold" },
	{ "platform", 0, OPTION_TEXT, &request.platform, "OS:ARCH[:VARIANT]", "of several images this one (what this machine runs best)" },
	{ "store", 0, OPTION_TEXT, &request.store, "DIR", "a store of unpacked layers; without SRC, from it" },
	{ "type", 0, OPTION_TEXT, &type, "TYPE", "imageLayout, image or imageZip (guessed)" },
	{ "uid-map", 0, OPTION_TEXTS, &texts.uid_maps, "CONTAINER:HOST:SIZE", "give the image's users these IDs of the host (repeatable)" },
	{ "gid-map", 0, OPTION_TEXTS, &texts.gid_maps, "CONTAINER:HOST:SIZE", "the same of groups" },
	{ "progress", 0, OPTION_TEXT, &request.progress, "HOW", "bar, plain, json or none; auto: a bar on a terminal, else plain" },
	{ "spool", 0, OPTION_TEXT, &request.spool, "DIR", "where a compressed archive, or standard input, is kept meanwhile" },
	{ "no-xattrs", 0, OPTION_FLAG, &request.no_xattrs, 0, "go on without file capabilities where the filesystem cannot keep them" },
};

static int run(int argc, char **argv)
{
	struct err e;
	if (cmd_image_request(&request, &texts, argc, argv, &e) < 0)
		return cmd_fail(&e);
	return image_type(type, &e) < 0 || image_unpack(&request, &e) < 0 ? cmd_fail(&e) : 0;
}

const struct command command_image_unpack = {
	.name = "image unpack", .arguments = "[SRC] DEST", .summary = "verify an image and make its root filesystem",
	.more = "SRC is an image layout, an archive of one or of docker save, or - for standard input; with --store it may be missing.\nDEST must be missing or an empty directory; it appears whole or not at all.\nExample: runlet image unpack --ref latest busybox-oci busybox-rootfs",
	.options = options, .option_count = COUNT(options), .run = run, .least = 1, .most = 2, .stateless = true,
};
