/* SPDX-License-Identifier: ISC */
/* runlet check: what a kernel has of all that containers need, or of what a bundle needs; of this kernel, or of one that is only a .config yet. */
#include "cmd/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/out.h"
#include "base/str.h"
#include "check/kconfig.h"
#include "check/needs.h"
#include "image/decode.h"
#include "json/json.h"
#include "kernel/mountinfo.h"
#include "spec/document.h"

DOCUMENT_REGIONS(region, LIMIT_DOCUMENT_BYTES, LIMIT_TOKENS, LIMIT_ARENA_BYTES);
static LARGE struct kconfig kconfig;
static const char *file, *format = "text";
static LARGE struct utsname kernel;

static const struct option options[] = {
	{ "kconfig", 0, OPTION_TEXT, &file, "FILE", "answer from a kernel's .config, plain or gzip, instead of from this kernel" },
	{ "format", 'f', OPTION_TEXT, &format, "FORMAT", "text or json (text)" },
};

/* --- the .config -------------------------------------------------------------------------------------------------------------------------- */
static int feed(struct decoder *d, const uint8_t *bytes, size_t length, struct err *e)
{
	static LARGE char plain[4096];
	struct decode_io io = { .in = bytes, .in_length = length };
	do {
		io.out = (uint8_t *)plain;
		io.out_size = sizeof plain;
		if (decode_step(d, &io, e) < 0)
			return -1;
		kconfig_feed(&kconfig, plain, sizeof plain - io.out_size);
	} while (io.in_length || !io.out_size);
	return 0;
}

static int read_kconfig(struct err *e)
{
	static LARGE uint8_t bytes[4096];
	struct decoder d;
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : io_read(fd, bytes, sizeof bytes);
	int result = length < 0 ? err_sys(e, "cannot read") : decode_start(&d, length > 1 && bytes[0] == 0x1f && bytes[1] == 0x8b ? COMPRESSION_GZIP : COMPRESSION_NONE, e);
	while (result == 0 && length > 0) {
		result = feed(&d, bytes, (size_t)length, e);
		if (result == 0 && (length = io_read(fd, bytes, sizeof bytes)) < 0)
			result = err_sys(e, "cannot read");
	}
	io_close(fd);
	if (result == 0)
		result = decode_finish(&d, e);
	kconfig_feed(&kconfig, "\n", 1);
	if (result == 0 && !kconfig.options)
		result = err_set(e, "no kernel's .config: nothing in it sets a CONFIG_ option");
	return result < 0 ? err_at(e, "--kconfig %s", file) : 0;
}

/* --- this kernel -------------------------------------------------------------------------------------------------------------------------- */
static int names_module(void *context, char *line)
{
	const char *at = strstr(line, context), *colon = strchr(line, ':');
	return at && colon && at < colon;
}

/* A line "kernel/fs/overlayfs/overlay.ko.xz: …" of modules.dep. */
static bool has_module(const char *name)
{
	char path[160], word[64];
	struct err e;
	snprintf(path, sizeof path, "/lib/modules/%s/modules.dep", kernel.release);
	snprintf(word, sizeof word, "/%s.ko", name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool found = fd >= 0 && lines_each(fd, names_module, word, &e) > 0;
	io_close(fd);
	return found;
}

static enum kernel_answer ask(enum facility f)
{
	if (f == FACILITY_CGROUP_DEVICES && !file && probe_has(FACILITY_CGROUP_BPF))
		return ANSWER_PRESENT;
	if (file)
		return kconfig_answer(&kconfig, f);
	const char *module = probe_module(f);
	return probe_has(f) ? ANSWER_PRESENT : module && has_module(module) ? ANSWER_MODULE : ANSWER_MISSING;
}

/* --- what is said -------------------------------------------------------------------------------------------------------------------------- */
static void say(struct out *out, bool json, bool first, enum facility f, enum kernel_answer answer, const char *place)
{
	static const char *const words[] = { "present", "module", "missing" };
	if (json) {
		out_printf(out, "%s{\"name\":\"%s\",\"option\":\"%s\",\"state\":\"%s\"", first ? "" : ",", probe_name(f), probe_option(f), words[answer]);
		if (place)
			out_printf(out, ",\"neededBy\":\"%s\"", place);
		out_text(out, "}");
		return;
	}
	out_printf(out, place ? "%-26s%-9s%-50s%s\n" : "%-26s%-9s%s\n", probe_name(f), answer == ANSWER_MODULE && !file ? "unloaded" : words[answer], probe_option(f), place);
}

static int report(const char *const places[FACILITY_COUNT], bool bundle, bool json, struct err *e)
{
	struct out out;
	unsigned count = 0, missing = 0;
	cmd_out(&out, 1);
	out_text(&out, json ? "{\"kernel\":" : "kernel                    ");
	(json ? json_quote : out_text)(&out, file ? kconfig.release : kernel.release);
	out_text(&out, json ? ",\"facilities\":[" : "\n");
	for (int i = FACILITY_END + 1; i < FACILITY_COUNT; i++) {
		enum facility f = (enum facility)i;
		if (bundle && !places[f])
			continue;
		enum kernel_answer answer = ask(f);
		/* one that is not loaded, though probing asked for it, will not be there for a container either */
		missing += answer == ANSWER_MISSING || (answer == ANSWER_MODULE && !file);
		say(&out, json, !count++, f, answer, places[f]);
	}
	if (json)
		out_printf(&out, "],\"missing\":%u}\n", missing);
	else
		out_printf(&out, "%u of %u missing\n", missing, count);
	return out_flush(&out, e) < 0 ? -1 : bundle && missing;
}

static int run(int argc, char **argv)
{
	static const char *places[FACILITY_COUNT];
	static const char *const formats[] = { "text", "json" };
	static struct document d;
	static struct config config;
	struct err e;
	char path[LIMIT_PATH_BYTES];
	int form = str_word(format, formats, COUNT(formats));
	if (form < 0)
		return err_set(&e, "--format %.100s: neither text nor json", format), cmd_fail(&e);
	uname(&kernel);
	if (file && read_kconfig(&e) < 0)
		return cmd_fail(&e);
	if (argc) {
		DOCUMENT_INIT(&d, path, region);
		if (str_format(path, sizeof path, &e, "%s/config.json", argv[0]) < 0 || document_read(&d, AT_FDCWD, path, &e) < 0
		    || document_decode_first(&d, &config_object, &config, &e) < 0)
			return cmd_fail(&e);
		needs_of(&config, places);
	}
	int result = report(places, argc > 0, form, &e);
	return result < 0 ? cmd_fail(&e) : result;
}

const struct command command_check = {
	.name = "check", .arguments = "[BUNDLE]", .summary = "say what a kernel has of what containers, or a bundle, need",
	.more = "With a bundle: only what that needs; exit status 1 where something is missing.\nExample: runlet check /srv/web --kconfig .config",
	.options = options, .option_count = COUNT(options), .run = run, .least = 0, .most = 1, .stateless = true,
};
