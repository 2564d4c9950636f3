/* SPDX-License-Identifier: ISC */
/* runlet image rm, image gc: what a store keeps. */
#include "cmd/cmd.h"

#include "base/out.h"
#include "image/image.h"
#include "image/image_store.h"

static const char *store;
static const struct option options[] = {
	{ "store", 0, OPTION_TEXT, &store, "DIR", "the store (needed)" },
};

static int fail_without_store(void)
{
	struct err e;
	err_set(&e, "--store DIR: missing");
	return cmd_fail(&e);
}

static int remove_image(int argc, char **argv)
{
	struct err e;
	if (!store)
		return fail_without_store();
	for (int i = 0; i < argc; i++)
		if (image_remove(store, argv[i], &e) < 0)
			return cmd_fail(&e);
	return 0;
}

static int collect(int argc, char **argv)
{
	struct out out;
	struct err e;
	(void)argc, (void)argv;
	if (!store)
		return fail_without_store();
	cmd_out(&out, 1);
	return image_collect(store, &out, &e) < 0 ? cmd_fail(&e) : 0;
}

const struct command command_image_rm = {
	.name = "image rm", .arguments = "REF…", .summary = "remove references from an image store",
	.more = "REF is a name or a digest; image gc frees the space.",
	.options = options, .option_count = COUNT(options), .run = remove_image, .least = 1, .most = -1, .stateless = true,
};

const struct command command_image_gc = {
	.name = "image gc", .arguments = "", .summary = "remove layers that no image and no bundle of a store needs",
	.more = "A bundle made with --overlay needs its layers until it is removed.",
	.options = options, .option_count = COUNT(options), .run = collect, .least = 0, .most = 0, .stateless = true,
};
