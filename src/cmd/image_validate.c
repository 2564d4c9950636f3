/* SPDX-License-Identifier: ISC */
/* runlet image validate (oci-image-validate) */
#include "cmd/cmd.h"

#include "base/log.h"
#include "image/image.h"

static struct image_validation validation;
static struct option_texts refs;
static const struct option options[] = {
	{ "type", 0, OPTION_TEXT, &validation.type, "TYPE", "imageLayout, image, imageZip, manifest, imageIndex or config (guessed)" },
	{ "ref", 0, OPTION_TEXTS, &refs, "REF", "only the image with this NAME, name=, digest=, platform.os=, …; all given must hold" },
};

static void complain(const struct err *e)
{
	log_err(e);
}

static int run(int argc, char **argv)
{
	struct out out;
	struct err e;
	int failures = 0;
	validation.refs = refs.items;
	validation.ref_count = refs.count;
	validation.out = &out;
	validation.complain = complain;
	for (int i = 0; i < argc; i++) {
		cmd_out(&out, 1);
		failures += image_validate(&validation, argv[i]) < 0;
		if (out_flush(&out, &e) < 0)
			return cmd_fail(&e);
	}
	return failures ? 1 : 0;
}

const struct command command_image_validate = {
	.name = "image validate", .arguments = "FILE…", .summary = "say whether images, or single documents of one, are valid",
	.more = "Sizes, digests, diff_ids, documents; every failure is told.\nExample: runlet image validate --type imageLayout --ref latest busybox-oci",
	.options = options, .option_count = COUNT(options), .run = run, .least = 1, .most = -1, .stateless = true,
};
