/* SPDX-License-Identifier: ISC */
/* runlet generate (oci-runtime-tool generate): a config.json from a profile or a template, changed by flags. */
#include "cmd/cmd.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/out.h"
#include "base/str.h"
#include "check/generate.h"
#include "spec/decode.h"
#include "spec/default.h"
#include "spec/version.h"

static const struct option *next_flag(bool first);
static int take_flag(const char *value, struct err *e);
static struct option_more flags = { next_flag, take_flag };

static const char *template, *output, *profile = "default", *os = "linux";
static bool seccomp_only;
static const struct option options[] = {
	{ "template",           0, OPTION_TEXT, &template,     "FILE", "the config.json to change; what is not known of it stays" },
	{ "output",             0, OPTION_WHOLE_TEXT, &output,       "FILE", "where it goes (standard output)" },
	{ "profile",            0, OPTION_TEXT, &profile,      "NAME", "without a template: minimal, default or privileged" },
	{ "os",                 0, OPTION_TEXT, &os,           "NAME", "linux (default), windows, solaris, vm, freebsd or zos" },
	{ "linux-seccomp-only", 0, OPTION_FLAG, &seccomp_only, 0,      "print linux.seccomp alone" },
	{ 0,                    0, OPTION_MORE, &flags,        0,      0 },
};

static struct generate_row row;                 /* of the flag that next_flag returned last */
static LARGE struct { int flag; const char *value; } given[LIMIT_GENERATE_FLAGS];
static unsigned given_count;

static const struct option *next_flag(bool first)
{
	static struct option o;
	static char help[128];
	int before = first ? -1 : row.flag;
	struct err unused;
	if (first)
		row.at = 0;
	do
		if (!generate_next(&row))
			return 0;
	while (row.flag == before);
	bool value = generate_takes_value(&row);
	const char *what = row.op == '-' ? "remove from " : row.op == '0' ? "clear " : row.op == '+' || row.op == 'j' || row.op == 'f' ? "add to " : row.op == 's' ? "rules of " : "set ";
	str_format(help, sizeof help, &unused, "%s%s", what, row.path);
	o = (struct option){ .name = row.name, .kind = value ? OPTION_EACH : OPTION_EACH_FLAG, .value = &flags, .help = help };
	o.argument = !value ? 0 : row.op == 'j' ? "JSON" : row.op == 'f' ? "FILE" : strcmp(row.form, "k=v") == 0 ? "NAME=VALUE" :
	             row.op == 's' || !row.form[0] || !row.form[1] ? "VALUE" : row.form + (row.form[0] == ',');
	return &o;
}

static int take_flag(const char *value, struct err *e)
{
	if (given_count == LIMIT_GENERATE_FLAGS)
		return ERR_LIMIT(e, "flags", LIMIT_GENERATE_FLAGS);
	if (!generate_takes_value(&row)) {
		int yes = option_truth(value);
		if (yes < 0)
			return err_set(e, "--%s=%.100s: expected true or false", row.name, value);
		value = yes ? "true" : "false";
	}
	given[given_count].flag = row.flag;
	given[given_count++].value = value;
	return 0;
}

/* Flags act in the order of their table, not in that of the command line: what removes comes before what adds. */
static int apply(struct generate *g)
{
	struct generate_row r = { .at = 0 };
	while (generate_next(&r)) {
		bool first = true;
		for (unsigned i = 0; i < given_count; i++) {
			if (given[i].flag != r.flag || (strcmp(given[i].value, "false") == 0 && !generate_takes_value(&r) && r.op != '='))
				continue;
			if (generate_apply(g, &r, given[i].value, first) < 0)
				return err_at(g->e, "--%s", r.name);
			first = false;
		}
	}
	return 0;
}

/* What a template lacks of this is filled in by complete(), behind the flags; all else that is wrong with it is an error. */
static int tolerate(struct report *r, enum level level, const char *place, const char *section, const char *text)
{
	static const char *const filled[] = { "ociVersion", "root", "root.path", "process.cwd", "process.args" };
	(void)section;
	if (level != LEVEL_MUST || (str_word(place, filled, COUNT(filled)) >= 0 && (str_starts(text, "missing") || str_starts(text, "at least"))))
		return 0;
	err_set(r->first, "%s: %s%s%s", template, place, *place ? ": " : "", text);
	return 1;
}

static int complete(struct generate *g)
{
	struct config *c = g->config;
	const struct { bool lacks; const char *flag, *value; } all[] = {
		{ !c->ociVersion, "oci-version", SPEC_VERSION }, { !c->windows && (!c->root || !c->root->path), "rootfs-path", "rootfs" },
		{ c->process && !c->process->cwd, "process-cwd", c->windows ? "C:\\" : "/" }, { c->process && !c->process->args.count && !c->process->commandLine, "args", "sh" },
	};
	for (size_t i = 0; i < COUNT(all); i++)
		if (all[i].lacks && generate_flag(g, all[i].flag, all[i].value) < 0)
			return -1;
	return 0;
}

/* The template; or the default, and what profiles and other platforms change of it. */
static int base(struct generate *g)
{
	static const char *const minimal[][2] = {
		{ "process-terminal", "false" }, { "process-rlimits-remove-all", "" }, { "process-cap-drop-all", "" }, { "mounts-remove", "/dev/mqueue" },
		{ "mounts-remove", "/sys/fs/cgroup" }, { "linux-namespace-remove", "network" },
	};
	static const char *const linux_only[] = { "linux", "mounts", "hostname", "process.capabilities", "process.noNewPrivileges" };
	static const char *const platforms[] = { "linux", "windows", "solaris", "vm", "freebsd", "zos" }, *const profiles[] = { "default", "minimal", "privileged" };
	int platform = str_word(os, platforms, COUNT(platforms)), chosen = str_word(profile, profiles, COUNT(profiles));
	if (platform < 0 || chosen < 0)
		return err_set(g->e, "--%s: unknown; see --help", platform < 0 ? "os" : "profile");
	if (template) {
		struct report report = { .add = tolerate, .first = g->e };
		if (document_read(g->document, AT_FDCWD, template, g->e) < 0)
			return -1;
		spec_decode(&g->document->json, 0, &g->document->arena, &config_object, g->config, &report);
		return report.stopped ? -1 : 0;
	}
	if (spec_default_config(g->document, cmd_cgroup2_alone() ? SPEC_DEFAULT_CGROUP : 0, g->config, g->e) < 0)
		return -1;
	for (size_t i = 0; chosen == 1 && i < COUNT(minimal); i++)
		if (generate_flag(g, minimal[i][0], minimal[i][1]) < 0)
			return -1;
	if (chosen == 2 && (generate_flag(g, "privileged", "") < 0 || generate_clear(g, "linux.maskedPaths") < 0 || generate_clear(g, "linux.readonlyPaths") < 0 ||
	                    generate_flag(g, "process-no-new-privileges", "false") < 0 || generate_flag(g, "rootfs-readonly", "false") < 0))
		return -1;
	for (size_t i = 0; platform > 0 && i < COUNT(linux_only); i++)
		if (generate_clear(g, linux_only[i]) < 0)
			return -1;
	if (platform == 1)
		return generate_flag(g, "rootfs-readonly", "false") < 0 || generate_flag(g, "process-cwd", "C:\\") < 0 || generate_flag(g, "args", "cmd") < 0 ? -1 : 0;
	return 0;
}

/* A new or regular file is replaced as a whole; a device, a pipe, or what a link leads to, is written. */
static int deliver(const char *text, size_t length, struct err *e)
{
	struct stat st = { .st_mode = S_IFREG | 0644 };
	if (output && (lstat(output, &st) < 0 || S_ISREG(st.st_mode)))
		return io_replace_file(AT_FDCWD, output, text, length, st.st_mode & 0777, e);
	int fd = output ? open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : 1;
	return fd < 0 || io_write(fd, text, length) < 0 ? err_sys(e, "cannot write %s", output ? output : "to standard output") : 0;
}

static int make(struct err *e)
{
	DOCUMENT_REGIONS(region, LIMIT_DOCUMENT_BYTES, LIMIT_TOKENS, LIMIT_ARENA_BYTES);
	static LARGE char text[LIMIT_DOCUMENT_BYTES];
	static struct config config;
	struct document d;
	struct generate g = { .document = &d, .config = &config, .e = e };
	struct out out;
	DOCUMENT_INIT(&d, template, region);
	if (base(&g) < 0 || apply(&g) < 0 || complete(&g) < 0)
		return -1;
	out_init(&out, -1, text, sizeof text);
	if (!seccomp_only)
		document_emit(&out, &config_object, &config, true);
	else if (config.linux_ && config.linux_->seccomp)
		document_emit(&out, &seccomp_object, config.linux_->seccomp, true);
	else
		return err_set(e, "--linux-seccomp-only: there is no linux.seccomp");
	if (out_flush(&out, e) < 0)
		return err_limit(e, "bytes", "LIMIT_DOCUMENT_BYTES", sizeof text);
	return deliver(text, out.used, e);
}

static int run(int argc, char **argv)
{
	struct err e;
	(void)argc;
	(void)argv;
	return make(&e) < 0 ? cmd_fail(&e) : 0;
}

const struct command command_generate = {
	.name = "generate", .arguments = "", .summary = "make a config.json, or change one",
	.more = "Flags may be repeated. '*' is a key, '?' may be left out, -1 removes a '!' and is no limit for a '%'; devices: …:uid=0:fileMode=438. System calls: NAME,… or\n"
	        "NAME:INDEX:VALUE:VALUE2:OP.\nExample: runlet generate --args sh --linux-mem-limit 67108864 --output config.json",
	.options = options, .option_count = COUNT(options), .run = run, .least = 0, .most = 0, .stateless = true,
};
