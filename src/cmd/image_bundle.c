/* SPDX-License-Identifier: ISC */
/* runlet image bundle (oci-create-runtime-bundle) */
#include "cmd/cmd.h"

#include "base/limits.h"
#include "base/str.h"
#include "image/image.h"

static struct image_request request = { .rootfs = "rootfs" };
static LARGE struct image_texts texts;
static const struct option options[] = {
	IMAGE_OPTIONS(request, texts)
	{ "rootfs", 0, OPTION_TEXT, &request.rootfs, "NAME", "the root filesystem's directory in the bundle (rootfs)" },
	{ "template", 0, OPTION_TEXT, &request.template_file, "FILE", "a config.json to begin with, instead of what runlet spec prints; what the image says goes over it" },
	{ "terminal", 't', OPTION_FLAG, &request.terminal, 0, "process.terminal is true" },
	{ "into", 0, OPTION_FLAG, &request.into, 0, "DEST may hold other things beside config.json and the root filesystem" },
	{ "overlay", 0, OPTION_FLAG, &request.overlay, 0, "with --store: layers are mounted when it runs" },
	{ "upper", 0, OPTION_TEXT, &request.upper, "DIR", "with --overlay: what is written goes there (a tmpfs)" },
};

static int run(int argc, char **argv)
{
	struct err e;
	struct out out;
	if (cmd_image_request(&request, &texts, argc, argv, &e) < 0)
		return cmd_fail(&e);
	if (request.overlay ? !request.store : request.upper != 0) {
		err_set(&e, request.overlay ? "--overlay: needs --store" : "--upper: needs --overlay");
		return cmd_fail(&e);
	}
	cmd_out(&out, 1);
	request.out = &out;
	/* the programs that it stands in for put the two beside whatever is there */
	request.into = request.into || str_starts(globals.program, "oci-");
	request.cgroup_namespace = cmd_cgroup2_alone();
	return image_bundle(&request, &e) < 0 ? cmd_fail(&e) : 0;
}

const struct command command_image_bundle = {
	.name = "image bundle", .arguments = "[SRC] DEST", .summary = "verify an image and make a bundle of it: config.json and the root filesystem",
	.more = "SRC is an image layout, an archive of one or of docker save, or - for standard input; with --store it may be missing.\nDEST must be missing or an empty directory; it appears whole or not at all.\nExample: runlet image bundle --ref latest busybox-oci busybox-bundle",
	.options = options, .option_count = COUNT(options), .run = run, .least = 1, .most = 2, .stateless = true,
};
