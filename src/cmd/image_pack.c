/* SPDX-License-Identifier: ISC */
/* runlet image pack */
#include "cmd/cmd.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/str.h"
#include "image/pack.h"

static struct pack_request request;
static bool plain;
static LARGE struct option_texts entrypoint, cmd, env, labels;
static const struct option options[] = {
	{ "ref", 0, OPTION_TEXT, &request.name, "NAME", "the image's reference (needed)" },
	{ "config", 0, OPTION_TEXT, &request.config, "FILE", "an image config to begin with" },
	{ "entrypoint", 0, OPTION_TEXTS, &entrypoint, "WORD", "a word of the program" },
	{ "cmd", 0, OPTION_TEXTS, &cmd, "WORD", "a word of its arguments" },
	{ "env", 'e', OPTION_TEXTS, &env, "NAME=VALUE", "of its environment" },
	{ "label", 0, OPTION_TEXTS, &labels, "NAME=VALUE", "a label" },
	{ "workdir", 0, OPTION_TEXT, &request.workdir, "DIR", "the working directory" },
	{ "user", 0, OPTION_TEXT, &request.user, "USER[:GROUP]", "who runs it" },
	{ "platform", 0, OPTION_TEXT, &request.platform, "OS:ARCH[:VARIANT]", "what it runs on (this machine)" },
	{ "gzip", 0, OPTION_FLAG, &request.gzip, 0, "compress the layer" },
	{ "plain", 0, OPTION_FLAG, &plain, 0, 0 },
	{ "force", 0, OPTION_FLAG, &request.force, 0, "replace an image of that name" },
};

static int run(int argc, char **argv)
{
	struct out out;
	struct err e;
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	(void)argc;
	request.rootfs = argv[0];
	request.layout = argv[1];
	request.epoch = -1;
	if (!request.name || !*request.name)
		err_set(&e, "--ref NAME: missing");
	else if (plain && request.gzip)
		err_set(&e, "--plain or --gzip: not both");
	else if (epoch && (str_i64(epoch, &request.epoch) < 0 || request.epoch < 0))
		err_set(&e, "SOURCE_DATE_EPOCH=%.40s: expected seconds", epoch);
	else {
		request.entrypoint = (struct pack_words){ entrypoint.items, entrypoint.count };
		request.cmd = (struct pack_words){ cmd.items, cmd.count };
		request.env = (struct pack_words){ env.items, env.count };
		request.labels = (struct pack_words){ labels.items, labels.count };
		cmd_out(&out, 1);
		request.out = &out;
		if (image_pack(&request, &e) == 0)
			return 0;
	}
	return cmd_fail(&e);
}

const struct command command_image_pack = {
	.name = "image pack", .arguments = "ROOTFS LAYOUT", .summary = "make an image of a directory, in a layout",
	.more = "Prints the manifest's digest. The same files give the same bytes; SOURCE_DATE_EPOCH is the image's time, and no file's is later.\n"
	        "Example: runlet image pack --ref web:1 --entrypoint /bin/web rootfs web-oci",
	.options = options, .option_count = COUNT(options), .run = run, .least = 2, .most = 2, .stateless = true,
};
