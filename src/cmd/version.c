/* SPDX-License-Identifier: ISC */
/* --version: exactly three lines, which older engines parse; with --debug also what was built in. */
#include "base/out.h"
#include "cmd/cmd.h"
#include "cmd/build_info.h"

const char cmd_version_text[] = RUNLET_VERSION, cmd_commit_text[] = RUNLET_COMMIT;

int cmd_version(bool debug)
{
	char buffer[1024];
	struct out o;
	struct err e;
	out_init(&o, 1, buffer, sizeof buffer);
	/* containerd takes nothing but "runc version" from what it calls runc */
	out_printf(&o, "%s version %s", *globals.program ? globals.program : "runlet", cmd_version_text);
	out_text(&o, "\ncommit: " RUNLET_COMMIT "\nspec: 1.3.0\n");
	if (debug)
		out_text(&o, RUNLET_DEPENDENCIES);
	return out_flush(&o, &e) < 0 ? cmd_fail(&e) : 0;
}
