/* SPDX-License-Identifier: ISC */
/* runlet image copy */
#include "cmd/cmd.h"

#include "base/limits.h"
#include "image/copy.h"

static struct copy_request request;
static LARGE struct option_texts refs;
static const struct option options[] = {
	{ "ref", 0, OPTION_TEXTS, &refs, "REF", "NAME, name=, digest=, platform.os=, …" },
	{ "platform", 0, OPTION_TEXT, &request.platform, "OS:ARCH[:VARIANT]", "of several images this one (what this machine runs best)" },
	{ "all", 'a', OPTION_FLAG, &request.all, 0, "every platform; without --ref, every image" },
	{ "digest", 0, OPTION_TEXT, &request.digest, "DIGEST", "what must arrive: a manifest's or an index's" },
	{ "spool", 0, OPTION_TEXT, &request.spool, "DIR", "where standard input is kept meanwhile (DST)" },
	{ "force", 0, OPTION_FLAG, &request.force, 0, "replace what is there" },
};

static int run(int argc, char **argv)
{
	struct err e;
	(void)argc;
	request.source = argv[0];
	request.destination = argv[1];
	request.refs = refs.items;
	request.ref_count = refs.count;
	return image_copy(&request, &e) < 0 ? cmd_fail(&e) : 0;
}

const struct command command_image_copy = {
	.name = "image copy", .arguments = "SRC DST", .summary = "copy an image, verified, to a layout, an archive or a store",
	.more = "SRC: a layout, an archive of one or of docker save, -. DST: a layout, tar:FILE or FILE.tar, - , store:DIR.\n"
	        "Example: curl … | runlet image copy - store:/var/lib/images --digest sha256:…",
	.options = options, .option_count = COUNT(options), .run = run, .least = 2, .most = 2, .stateless = true,
};
