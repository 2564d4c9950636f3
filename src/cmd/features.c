/* SPDX-License-Identifier: ISC */
/* runlet features: the features document, as `runc features` prints it. */
#include "cmd/cmd.h"

#include "base/out.h"
#include "container/features.h"
#include "spec/document.h"

static int run(int argc, char **argv)
{
	struct err e;
	struct out out;
	(void)argc;
	(void)argv;
	cmd_out(&out, 1);
	document_emit_indented(&out, &features_object, features_get(cmd_version_text, cmd_commit_text), "    ");
	return out_flush(&out, &e) < 0 ? cmd_fail(&e) : 0;
}

const struct command command_features = {
	.name = "features", .arguments = "", .summary = "print what this runtime can do as JSON",
	.more = "The structure is that of features.md in the runtime specification.",
	.run = run, .least = 0, .most = 0, .stateless = true,
};
