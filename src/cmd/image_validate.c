/* SPDX-License-Identifier: ISC */
/* runlet image validate (oci-image-validate) */
#include "cmd/cmd.h"

#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "image/image.h"
#include "json/json.h"

static struct image_validation validation;
static LARGE struct option_texts refs;
static const char *format = "text";
static unsigned complaints;
static const struct option options[] = {
	{ "type", 0, OPTION_TEXT, &validation.type, "TYPE", "imageLayout, image, imageZip, manifest, imageIndex or config (guessed)" },
	{ "ref", 0, OPTION_TEXTS, &refs, "REF", "only the image with this NAME, name=, digest=, platform.os=, …; all given must hold" },
	{ "format", 'f', OPTION_TEXT, &format, "text|json", "how to tell what is wrong (text)" },
};

static void member(struct out *o, const char *name, const char *value)
{
	out_printf(o, ",\"%s\":", name);
	json_quote(o, value);
}

static void complain(const struct image_validation *v, bool fails, const char *where, const char *text)
{
	if (!v->quiet)
		log_at(fails ? LOG_ERROR : LOG_WARNING, "%s: %s%s%s", v->name, where, *where ? ": " : "", text);
	else {
		out_printf(v->out, "%s{\"fails\":%s", complaints++ ? ",\n" : "\n", fails ? "true" : "false");
		member(v->out, "file", v->name);
		member(v->out, "path", where);
		member(v->out, "reason", text);
		out_text(v->out, "}");
	}
}

static int run(int argc, char **argv)
{
	struct out out;
	struct err e;
	int failed = 0;
	validation.refs = refs.items;
	validation.ref_count = refs.count;
	validation.out = &out;
	validation.complain = complain;
	validation.quiet = strcmp(format, "json") == 0;
	if (!validation.quiet && strcmp(format, "text") != 0) {
		err_set(&e, "--format %.60s: expected text or json", format);
		return cmd_fail(&e);
	}
	cmd_out(&out, 1);
	if (validation.quiet)
		out_text(&out, "{\"complaints\":[");
	for (int i = 0; i < argc; i++) {
		failed += image_validate(&validation, argv[i]) < 0;
		/* so that lines of what is right and of what is not come in order */
		if (!validation.quiet && out_flush(&out, &e) < 0)
			return cmd_fail(&e);
	}
	if (validation.quiet)
		out_printf(&out, "%s],\"failures\":%u,\"warnings\":%u}\n", complaints ? "\n" : "", validation.failures, complaints - validation.failures);
	if (out_flush(&out, &e) < 0)
		return cmd_fail(&e);
	return failed ? 1 : 0;
}

const struct command command_image_validate = {
	.name = "image validate", .arguments = "FILE…", .summary = "say whether images, or single documents of one, are valid",
	.more = "Sizes, digests, diff_ids, documents; every failure is told. FILE is a layout, an archive, a document, or - for standard input.\n"
	        "Example: runlet image validate --type imageLayout --ref latest busybox-oci",
	.options = options, .option_count = COUNT(options), .run = run, .least = 1, .most = -1, .stateless = true,
};
