/* SPDX-License-Identifier: ISC */
/* What the run says: TAP 14 as it goes, or a table by chapters of the specification at the end; JUnit's XML beside either. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/out.h"
#include "conform/conform.h"
#include "json/utf8.h"

static char buffer[8192];
static struct out out;

const char *facility_missing(const struct check *c, char *text, size_t size)
{
	for (size_t i = 0; i < sizeof c->needs / sizeof *c->needs && c->needs[i] != FACILITY_END; i++)
		if (!probe_has(c->needs[i])) {
			snprintf(text, size, "no %s here (%s)", probe_name(c->needs[i]), probe_option(c->needs[i]));
			return text;
		}
	return 0;
}

static void flush(void)
{
	struct err e;
	out_flush(&out, &e);
}

/* What a runtime may have printed: nothing that would steer a terminal, or is no UTF-8, or no character of XML. */
static void plain(struct out *o, const char *text, size_t length, bool xml)
{
	for (unsigned used; length; text += used, length -= used) {
		const char *shown = text;
		unsigned whole = utf8_length(text, length);
		used = whole ? whole : 1;
		if (!whole || (whole == 1 && ((unsigned char)*text < ' ' || *text == 0x7F) && *text != '\t' && !(xml && *text == '\n')) || (whole == 2 && *text == '\xC2' && (unsigned char)text[1] < 0xA0)
		    || (whole == 3 && strncmp(text, "\xEF\xBF", 2) == 0 && (unsigned char)text[2] >= 0xBE))
			shown = "?";
		else if (xml && strchr("<>&\"\n\t", *text))
			shown = *text == '<' ? "&lt;" : *text == '>' ? "&gt;" : *text == '&' ? "&amp;" : *text == '"' ? "&quot;" : *text == '\n' ? "&#10;" : "&#9;";
		out_bytes(o, shown, shown == text ? used : strlen(shown));
	}
}

/* Each line of text behind a prefix. */
static void lines(const char *prefix, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		out_text(&out, prefix);
		plain(&out, text, length, false);
		out_text(&out, "\n");
		text += length + (text[length] == '\n');
	}
}

/* --- TAP ---------------------------------------------------------------------------------------------------------------------------------- */
static void tap_result(const struct run *r, size_t i)
{
	const struct check *c = r->checks[i];
	const struct result *result = &r->results[i];
	out_printf(&out, "%sok %u - %s", result->outcome == FAILED ? "not " : "", (unsigned)(i + 1), c->name);
	if (result->outcome == SKIPPED) {
		out_text(&out, " # SKIP ");
		plain(&out, result->text, strcspn(result->text, "\n"), false);
	}
	out_text(&out, "\n");
	if (result->outcome == FAILED) {
		out_text(&out, "  ---\n");
		out_printf(&out, "  section: \"%s\"\n  since: \"1.%d\"\n  complaints: |\n", c->section, (int)c->since);
		lines("    ", result->text);
		if (*result->config) {
			out_text(&out, "  config: |\n");
			lines("    ", result->config);
		}
		out_text(&out, "  ...\n");
	}
	flush();
}

void output_begin(const struct run *r)
{
	out_init(&out, 1, buffer, sizeof buffer);
	if (r->tap)
		out_printf(&out, "TAP version 14\n1..%u\n", (unsigned)r->count);
	flush();
}

/* --- the table ---------------------------------------------------------------------------------------------------------------------------- */
static const char *const since_words[] = { [SPEC_1_0] = "", [SPEC_1_1] = " (since 1.1)", [SPEC_1_2] = " (since 1.2)", [SPEC_1_3] = " (since 1.3)" };
static const char *const words[] = { "?", "pass", "FAIL", "skip" };

static void table_result(const struct run *r, size_t i)
{
	const struct check *c = r->checks[i];
	const struct result *result = &r->results[i];
	const char *section = c->section, *before = i ? r->checks[i - 1]->section : "";
	if (strcmp(section, before) != 0)
		out_printf(&out, "%s%s\n", i ? "\n" : "", section);
	out_printf(&out, "  %s  %s%s", words[result->outcome], c->name, result->outcome == FAILED ? since_words[c->since] : "");
	if (result->outcome == SKIPPED) {
		out_text(&out, ": ");
		plain(&out, result->text, strcspn(result->text, "\n"), false);
	}
	out_text(&out, "\n");
	if (result->outcome == FAILED) {
		lines("          ", result->text);
		if (*result->config)
			out_text(&out, "        with, beside the default config:\n");
		lines("          ", result->config);
	}
	flush();
}

void output_result(const struct run *r, size_t i)
{
	(r->tap ? tap_result : table_result)(r, i);
}

static void count(const struct run *r, unsigned counts[4])
{
	memset(counts, 0, 4 * sizeof *counts);
	for (size_t i = 0; i < r->count; i++)
		counts[r->results[i].outcome]++;
}

/* --- JUnit -------------------------------------------------------------------------------------------------------------------------------- */
static void xml(struct out *o, const char *text)
{
	plain(o, text, strlen(text), true);
}

static void junit_case(struct out *o, const struct check *c, const struct result *result)
{
	out_text(o, "  <testcase classname=\"");
	xml(o, c->section);
	out_printf(o, "\" name=\"%s\" time=\"%lu.%03lu\"", c->name, result->elapsed_ms / 1000, result->elapsed_ms % 1000);
	if (result->outcome == PASSED) {
		out_text(o, "/>\n");
		return;
	}
	out_text(o, result->outcome == SKIPPED ? "><skipped message=\"" : "><failure message=\"");
	xml(o, result->text);
	out_text(o, "\">");
	if (result->outcome == FAILED)
		xml(o, result->config);
	out_text(o, result->outcome == SKIPPED ? "</skipped></testcase>\n" : "</failure></testcase>\n");
}

static int write_junit(const struct run *r, const unsigned counts[4], struct err *e)
{
	struct out o;
	if (ftruncate(r->junit_fd, 0) < 0 && errno != EINVAL)   /* of a pipe, a terminal */
		return err_sys(e, "cannot write %s", r->junit);
	out_init(&o, r->junit_fd, buffer, sizeof buffer);
	out_printf(&o, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"runlet-conform\" tests=\"%u\" failures=\"%u\" skipped=\"%u\" errors=\"0\">\n",
	           (unsigned)r->count, counts[FAILED], counts[SKIPPED]);
	for (size_t i = 0; i < r->count; i++)
		junit_case(&o, r->checks[i], &r->results[i]);
	out_text(&o, "</testsuite>\n");
	return out_flush(&o, e);
}

int output_open(struct run *r, struct err *e)
{
	r->junit_fd = r->junit ? open(r->junit, O_WRONLY | O_CREAT | O_CLOEXEC, 0666) : -1;
	return r->junit && r->junit_fd < 0 ? err_sys(e, "--junit: cannot write %s", r->junit) : 0;
}

int output_end(const struct run *r, struct err *e)
{
	unsigned counts[4];
	count(r, counts);
	out_init(&out, 1, buffer, sizeof buffer);
	out_printf(&out, "%s%u checks: %u passed, %u failed, %u skipped\n", r->tap ? "# " : "\n", (unsigned)r->count, counts[PASSED], counts[FAILED], counts[SKIPPED]);
	if (out_flush(&out, e) < 0)
		return -1;
	if (r->junit && write_junit(r, counts, e) < 0)
		return -1;
	return counts[FAILED] ? 1 : 0;
}

void output_list(const struct run *r)
{
	out_init(&out, 1, buffer, sizeof buffer);
	for (size_t i = 0; i < r->count; i++)
		out_printf(&out, "%-36s %s\n", r->checks[i]->name, r->checks[i]->section);
	flush();
}
