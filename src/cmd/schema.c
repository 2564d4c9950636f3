/* SPDX-License-Identifier: ISC */
/* runlet schema: JSON Schema of the specifications' documents. */
#include "cmd/cmd.h"

#include "check/schema.h"
#include "check/validate.h"

static int run(int argc, char **argv)
{
	struct err e;
	struct out out;
	const struct object *table = validate_table(argv[0]);
	(void)argc;
	if (!table)
		return err_set(&e, "unknown document \"%.100s\"; see schema --help", argv[0]), cmd_fail(&e);
	cmd_out(&out, 1);
	schema_print(&out, table, argv[0], validate_nullable(table));
	return out_flush(&out, &e) < 0 ? cmd_fail(&e) : 0;
}

const struct command command_schema = {
	.name = "schema", .arguments = "DOCUMENT", .summary = "print the JSON Schema of a document",
	.more = "DOCUMENT: config, state, features, image-manifest, image-index, image-config, image-layout or descriptor.\nExample: runlet schema config",
	.run = run, .least = 1, .most = 1, .stateless = true,
};
