/* SPDX-License-Identifier: ISC */
/* runlet image ls */
#include "cmd/cmd.h"

#include <string.h>

#include "image/image.h"

static const char *format = "table", *spool, *store;
static const struct option options[] = {
	{ "store", 0, OPTION_TEXT, &store, "DIR", "list a store's, instead of SRC's" },
	{ "format", 'f', OPTION_TEXT, &format, "table|json", "how to tell them (table)" },
	{ "spool", 0, OPTION_TEXT, &spool, "DIR", "where a compressed archive, or standard input, is kept meanwhile" },
};

static int run(int argc, char **argv)
{
	struct out out;
	struct err e;
	if (!argc == !store) {
		err_set(&e, "expected SRC or --store DIR");
		return cmd_fail(&e);
	}
	if (strcmp(format, "table") != 0 && strcmp(format, "json") != 0) {
		err_set(&e, "--format %.60s: expected table or json", format);
		return cmd_fail(&e);
	}
	cmd_out(&out, 1);
	return image_list(store ? store : argv[0], spool, *format == 'j', &out, &e) < 0 ? cmd_fail(&e) : 0;
}

const struct command command_image_ls = {
	.name = "image ls", .arguments = "[SRC]", .summary = "list the images of a layout, or of an archive of one: references, platforms, layers, sizes",
	.more = "Example: runlet image ls --format json busybox-oci",
	.options = options, .option_count = COUNT(options), .run = run, .least = 0, .most = 1, .stateless = true,
};
