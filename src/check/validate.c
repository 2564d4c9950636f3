/* SPDX-License-Identifier: ISC */
/* The tables' complaints, those of the rules, and where in the file each belongs. */
#include "check/validate.h"

#include <fcntl.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "check/locate.h"
#include "check/rules.h"
#include "spec/features.h"
#include "spec/image.h"
#include "spec/state.h"
#include "spec/version.h"

DOCUMENT_REGIONS(region, LIMIT_DOCUMENT_BYTES, LIMIT_TOKENS, LIMIT_ARENA_BYTES);
static LARGE char original[LIMIT_DOCUMENT_BYTES + 1];    /* the file as it is: strings are unescaped in place in the document */

struct sink {
	struct report report;
	const struct validation *v;
	struct json json;              /* over original */
	const struct object *table;
	size_t at, line, line_start;   /* how far lines have been counted */
	unsigned shown;
};

static const struct { const char *name; const struct object *table; } documents[] = {
	{ "config", &config_object }, { "state", &state_object }, { "features", &features_object }, { "image-manifest", &image_manifest_object },
	{ "image-index", &image_index_object }, { "image-config", &image_config_object }, { "image-layout", &image_layout_object },
	{ "descriptor", &descriptor_object },
};

bool validate_nullable(const struct object *table)
{
	return table != &config_object && table != &state_object && table != &features_object;
}

const struct object *validate_table(const char *name)
{
	for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
		if (strcmp(documents[i].name, name) == 0)
			return documents[i].table;
	return 0;
}

/* Complaints come about in the order of the file: lines are counted on from the last one. */
static void count_lines(struct sink *s, size_t at)
{
	if (at < s->at || s->line == 0) {
		s->at = s->line_start = 0;
		s->line = 1;
	}
	for (; s->at < at; s->at++)
		if (original[s->at] == '\n') {
			s->line++;
			s->line_start = s->at + 1;
		}
}

static int add(struct report *r, enum level level, const char *place, const char *section, const char *text)
{
	struct sink *s = (struct sink *)r;
	bool shown = s->shown++ < LIMIT_COMPLAINTS;   /* to look for the place of each of 100,000 would take minutes */
	struct location l = shown ? locate(&s->json, s->table, place) : (struct location){ 0 };
	struct complaint c = { .level = level, .place = place, .text = text, .section = section };
	uint32_t length;
	const char *span = json_span(&s->json, l.token, &length);
	enum json_type type = json_type(&s->json, l.token);
	count_lines(s, (size_t)(span - original));
	c.line = s->line;
	c.column = s->at - s->line_start + 1;
	if (l.exact && length <= VALIDATE_FOUND_BYTES && type != JSON_OBJECT && type != JSON_ARRAY)
		c.found = (struct span){ span, length };
	if (l.exact)
		c.field = l.field;
	if (!section && shown)
		c.section = l.table ? l.table->section : s->table->section;
	s->v->complain(&c);
	return 0;
}

/* A file that is no JSON: "LINE:COLUMN: JSON: reason" */
static void complain_json(const struct validation *v, const char *text)
{
	struct complaint c = { .level = LEVEL_MUST, .place = "", .section = "RFC 8259" };
	size_t *to[2] = { &c.line, &c.column };
	for (int i = 0; i < 2; i++) {
		for (; *text >= '0' && *text <= '9'; text++)
			*to[i] = *to[i] * 10 + (size_t)(*text - '0');
		text += *text == ':';
	}
	c.text = *text == ' ' ? text + 1 : text;
	v->complain(&c);
}

/* ociVersion's minor, before anything is decoded: members that are younger are told. */
static uint32_t minor_of(const struct json *j)
{
	uint32_t left = json_type(j, 0) == JSON_OBJECT ? json_count(j, 0) : 0, key = left ? json_first(j, 0) : 0, length, major, minor;
	for (; left; left--, key = json_next(j, key + 1)) {
		if (!json_is(j, key, "ociVersion") || json_type(j, key + 1) != JSON_STRING)
			continue;
		char version[64] = "";
		const char *span = json_span(j, key + 1, &length);
		memcpy(version, span + 1, length - 2 < sizeof version ? length - 2 : sizeof version - 1);
		return version_parse(version, &major, &minor) && major == 1 && minor < SPEC_VERSION_MINOR ? minor : SPEC_VERSION_MINOR;
	}
	return SPEC_VERSION_MINOR;
}

/* Reads and decodes; 1: judged, and `out` can be looked at; 0: it is no JSON. */
static int judge(struct sink *s, struct document *d, int dirfd, const char *file, const struct object *table, void *out, struct err *e)
{
	if (document_read(d, dirfd, file, e) < 0) {
		if (*e->text < '0' || *e->text > '9')
			return -1;
		complain_json(s->v, e->text);
		return 0;
	}
	memcpy(original, d->text, d->length + 1);
	s->json = d->json;
	s->json.text = original;
	s->table = table;
	s->report.since = (uint8_t)minor_of(&s->json);
	document_decode(d, table, out, &s->report);
	return 1;
}

int validate_document(const struct validation *v, const char *file, const struct object *table, struct err *e)
{
	static LARGE union { struct config c; struct state s; struct features f; struct image_manifest m; struct image_index i; struct image_config o;
	                     struct image_layout l; struct descriptor d; } out;
	struct sink s = { .report = { .add = add, .strict = !validate_nullable(table), .platform = 0xFF }, .v = v };
	struct document d;
	DOCUMENT_INIT(&d, 0, region);
	return judge(&s, &d, AT_FDCWD, file, table, &out, e) < 0 ? -1 : 0;
}

int validate_bundle(const struct validation *v, const char *path, struct err *e)
{
	static LARGE struct config config;
	struct sink s = { .report = { .add = add, .strict = true, .platform = (uint8_t)v->platform }, .v = v };
	struct check c = { .config = &config, .report = &s.report, .platform = v->platform, .root_fd = -1 };
	struct document d;
	DOCUMENT_INIT(&d, 0, region);
	c.bundle_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c.bundle_fd < 0)
		return err_sys(e, "%s: cannot open the bundle", path);
	int judged = judge(&s, &d, c.bundle_fd, "config.json", &config_object, &config, e);
	if (judged < 0)
		v->complain(&(struct complaint){ .level = LEVEL_MUST, .place = "", .text = e->text, .section = "bundle.md, Filesystem Bundle" });
	c.minor = s.report.since;
	if (judged > 0 && !s.report.stopped) {
		rules_bundle(&c);
		if (v->platform == LINUX && config.linux_)
			rules_linux(&c);
		if (v->host_specific)
			rules_host(&c);
	}
	io_close(c.root_fd);
	io_close(c.bundle_fd);
	return 0;
}
