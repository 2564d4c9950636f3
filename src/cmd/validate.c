/* SPDX-License-Identifier: ISC */
/* runlet validate (oci-runtime-tool validate) */
#include "cmd/cmd.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/out.h"
#include "base/str.h"
#include "check/validate.h"

static const char *const levels[] = { "may", "should", "must" }, *const shown_levels[] = { "MAY", "SHOULD", "MUST" };   /* enum level */
static const char *const platforms[] = { "linux", "windows", "solaris", "vm", "freebsd", "zos" };                   /* the bits of enum platform */
static const char *const formats[] = { "text", "json", "tap" };
enum format { TEXT, JSON, TAP };

static const char *path = ".", *platform = "linux", *format = "text", *type;
static const struct option options[] = {
	{ "path",             0, OPTION_TEXT, &path,                     "DIR",      "the bundle (the working directory)" },
	{ "platform",         0, OPTION_TEXT, &platform,                 "NAME",     "linux (default), windows, solaris, vm, freebsd or zos" },
	{ "host-specific",    0, OPTION_FLAG, &globals.host_specific,    0,          "ask this kernel, too" },
	{ "compliance-level", 0, OPTION_TEXT, &globals.compliance_level, "LEVEL",    "may, should or must (default): what is below is only a warning" },
	{ "format",           0, OPTION_TEXT, &format,                   "FORM",     "text (default), json or tap" },
	{ "type",             0, OPTION_TEXT, &type,                     "DOCUMENT", "not a bundle, but the file DIR alone: one of schema's documents" },
};

static struct out out;
static int form, level = LEVEL_MUST;
static bool colour;
static unsigned failures, warnings;

static void paint(const char *code)
{
	if (colour)
		out_text(&out, code);
}

/* What the table allows: its words, or the range of a number. */
static void allowed(const struct field *f)
{
	bool number = f->kind == KIND_I64 || f->kind == KIND_U64 || f->kind == KIND_I32 || f->kind == KIND_U32 || f->kind == KIND_NUMBERS;
	bool words = (f->kind == KIND_ENUM || f->kind == KIND_STRING || f->kind == KIND_STRINGS) && field_words(f);
	for (uint32_t i = 0; words && i < f->words->count; i++)
		if (*f->words->words[i])
			out_printf(&out, "%s%s", i ? ", " : "", f->words->words[i]);
	if (number && field_range(f))
		out_printf(&out, "%" PRId64 " to %" PRIu64, f->range->min, f->range->max);
	else if (!words)
		out_text(&out, f->kind == KIND_BOOL ? "true, false" : number ? "an integer" : "");
}

static void say_text(const struct complaint *c, bool fails)
{
	out_text(&out, type ? path : "config.json");
	if (c->line)
		out_printf(&out, ":%zu:%zu", c->line, c->column);
	out_text(&out, ": ");
	paint(fails ? "\33[1;31m" : "\33[1;33m");
	out_text(&out, shown_levels[c->level]);
	paint("\33[0m");
	out_printf(&out, "%s: ", fails ? "" : " (warning)");
	paint("\33[1m");
	out_text(&out, c->place);
	paint("\33[0m");
	out_printf(&out, "%s%s", *c->place ? ": " : "", c->text);
	if (c->found.text) {
		out_text(&out, "\n    found ");
		out_bytes(&out, c->found.text, c->found.length);
	}
	if (c->found.text && c->field && (field_words(c->field) || c->field->kind == KIND_BOOL)) {
		out_text(&out, "; allowed: ");
		allowed(c->field);
	}
	out_printf(&out, "%s[%s]\n", c->found.text ? " " : "\n    ", c->section);
}

static void member(const char *name, const char *value)
{
	out_printf(&out, ",\"%s\":", name);
	json_quote(&out, value);
}

static void say_json(const struct complaint *c, bool fails)
{
	out_text(&out, failures + warnings ? ",\n" : "\n");
	out_printf(&out, "{\"level\":\"%s\",\"fails\":%s", levels[c->level], fails ? "true" : "false");
	if (c->line)
		out_printf(&out, ",\"line\":%zu,\"column\":%zu", c->line, c->column);
	member("path", c->place);
	member("reason", c->text);
	member("section", c->section);
	if (c->found.text) {
		out_text(&out, ",\"found\":");
		out_bytes(&out, c->found.text, c->found.length);
	}
	if (c->field) {
		out_text(&out, ",\"allowed\":\"");
		allowed(c->field);
		out_text(&out, "\"");
	}
	out_text(&out, "}");
}

/* TAP 14: a bare '#' would begin a directive. */
static void tap_text(const char *text)
{
	for (; *text; text++)
		out_printf(&out, *text == '#' || *text == '\\' ? "\\%c" : "%c", *text);
}

static void say_tap(const struct complaint *c, bool fails)
{
	out_printf(&out, "%s %u - ", fails ? "not ok" : "ok", failures + warnings + 1);
	tap_text(c->place);
	tap_text(*c->place ? ": " : "");
	tap_text(c->text);
	out_printf(&out, " # %s", shown_levels[c->level]);
	if (c->line)
		out_printf(&out, " line %zu, column %zu;", c->line, c->column);
	out_printf(&out, " %s\n", c->section);
}

static void complain(const struct complaint *c)
{
	static void (*const say[])(const struct complaint *, bool) = { say_text, say_json, say_tap };
	bool fails = (int)c->level >= level;
	if (failures + warnings < LIMIT_COMPLAINTS)
		say[form](c, fails);
	failures += fails;
	warnings += !fails;
}

static void say_end(void)
{
	unsigned all = failures + warnings;
	if (form == JSON)
		out_printf(&out, "%s],\"failures\":%u,\"warnings\":%u}\n", all ? "\n" : "", failures, warnings);
	else if (form == TAP && !all)
		out_text(&out, "ok 1 - the bundle is valid\n1..1\n");
	else if (form == TAP)
		out_printf(&out, "1..%u\n", all > LIMIT_COMPLAINTS ? LIMIT_COMPLAINTS : all);
	else if (failures)
		out_printf(&out, "%s%u failure%s, %u warning%s\n", all > LIMIT_COMPLAINTS ? "only the first are shown\n" : "", failures, failures == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
	else
		out_text(&out, type ? "Document validation succeeded.\n" : "Bundle validation succeeded.\n");
}

static int word(const char *option, const char *value, const char *const *words, size_t count, struct err *e)
{
	int found = str_word(value, words, count);
	return found < 0 ? err_set(e, "--%s %.100s: unknown; see --help", option, value) : found;
}

static int run(int argc, char **argv)
{
	struct err e;
	struct validation v = { .host_specific = globals.host_specific, .complain = complain };
	const struct object *table = type ? validate_table(type) : 0;
	(void)argc;
	(void)argv;
	int bit = word("platform", platform, platforms, COUNT(platforms), &e);
	form = word("format", format, formats, COUNT(formats), &e);
	if (globals.compliance_level && (level = str_word(globals.compliance_level, shown_levels, COUNT(shown_levels))) < 0)
		level = word("compliance-level", globals.compliance_level, levels, COUNT(levels), &e);
	if (bit < 0 || form < 0 || level < 0 || (type && !table && err_set(&e, "--type %.100s: unknown; see schema --help", type)))
		return cmd_fail(&e);
	v.platform = 1u << bit;
	if (v.host_specific && v.platform != LINUX)
		return err_set(&e, "--host-specific: this host is linux, not %s", platform), cmd_fail(&e);
	cmd_out(&out, 1);
	colour = form == TEXT && isatty(1);
	if (form == JSON)
		out_text(&out, "{\"complaints\":[");
	else if (form == TAP)
		out_text(&out, "TAP version 14\n");
	if ((table ? validate_document(&v, path, table, &e) : validate_bundle(&v, path, &e)) < 0)
		return cmd_fail(&e);
	say_end();
	return out_flush(&out, &e) < 0 ? cmd_fail(&e) : failures != 0;
}

const struct command command_validate = {
	.name = "validate", .arguments = "", .summary = "say all that is wrong with a bundle",
	.more = "Of the runtime specification 1.0 to 1.3, without asking the network. Columns count bytes.\nExample: runlet validate --path /srv/web --compliance-level should",
	.options = options, .option_count = COUNT(options), .run = run, .least = 0, .most = 0, .stateless = true,
};
