/* SPDX-License-Identifier: ISC */
/* image validate: layouts, and single documents (image-spec; reference lines of oci-image-tool). */
#include "base/limits.h"
#include "image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "image/media.h"
#include "image/select.h"
#include "image/stack.h"
#include "image/walk.h"

/* Complaints of a document's tables, each with its place before it. */
struct complaints {
	struct report report;
	struct image_validation *v;
	const char *name, *where;      /* where may be "" */
};

static void complain(struct image_validation *v, const char *name, const char *where, struct err *e)
{
	if (*where)
		err_at(e, "%s", where);
	err_at(e, "%s", name);
	v->failures++;
	v->complain(e);
}

static int add(struct report *r, enum level level, const char *place, const char *section, const char *text)
{
	struct complaints *c = (struct complaints *)r;
	struct err e;
	(void)section;
	err_set(&e, "%s%s%s", place, *place ? ": " : "", text);
	if (level == LEVEL_MUST)
		complain(c->v, c->name, c->where, &e);
	else
		log_debug("%s: %s: %s", c->name, c->where, e.text);
	return 0;
}

/* All that is wrong with a parsed document. 0, -1 when there was anything. */
static int decode(struct image_validation *v, const char *name, const char *where, struct document *d, const struct object *table, void *out)
{
	struct complaints c = { .report = { .add = add }, .v = v, .name = name, .where = where };
	d->file = 0;
	return document_decode(d, table, out, &c.report);
}

/* A blob that is no document of ours, or a layer without an image around it: its size and digest alone. */
static int check_blob(const struct layout *l, const struct descriptor *d, struct err *e)
{
	struct source_blob blob;
	static LARGE struct source source;
	static LARGE uint8_t bytes[LIMIT_DECODE_BYTES];
	int64_t n;
	if (layout_is_gone(l, d))
		return layout_examined(l, d, 0, e);
	if (layout_open_blob(l, d, &blob, e) < 0)
		return -1;
	n = source_start(&source, &blob, e);
	while (n == 0 && (n = source_fill(&source, bytes, sizeof bytes, e)) > 0)
		n = 0;
	io_close(blob.fd);
	return n < 0 ? -1 : 0;
}

static void check_layers(struct image_validation *v, const char *name, const char *where, const struct layout *l, const struct image_manifest *m,
                         const struct image_config *c)
{
	struct err e;
	char place[LIMIT_PLACE_BYTES + 32];
	bool counted = c && c->rootfs->diff_ids.count == m->layers.count;
	uint32_t full = 0;
	if (c && !counted) {
		err_set(&e, "%u layers, but %u diff_ids in the config", m->layers.count, c->rootfs->diff_ids.count);
		complain(v, name, where, &e);
	}
	for (uint32_t i = 0; c && i < c->history.count; i++)
		full += !c->history.items[i].empty_layer;
	if (c && full != m->layers.count)
		log_warn("%s: %s: history: %u entries are of layers, of which there are %u", name, where, full, m->layers.count);
	for (uint32_t i = 0; i < m->layers.count; i++) {
		const struct descriptor *d = &m->layers.items[i];
		bool layer = counted && media_of(d->mediaType, 0) == MEDIA_LAYER;
		snprintf(place, sizeof place, "%s: layers[%u]", where, i);
		if ((layer ? stack_check(l, d, c->rootfs->diff_ids.items[i], &e) : check_blob(l, d, &e)) < 0)
			complain(v, name, place, &e);
	}
}

static void check_platform(struct image_validation *v, const char *name, const char *where, const struct image_platform *p, const struct image_config *c)
{
	struct err e;
	if (!p || (strcmp(p->os, c->os) == 0 && strcmp(p->architecture, c->architecture) == 0 &&
	           (!p->variant || !c->variant || strcmp(p->variant, c->variant) == 0)))
		return;
	err_set(&e, "platform %.40s/%.40s: the config says %.40s/%.40s", p->os, p->architecture, c->os, c->architecture);
	complain(v, name, where, &e);
}

static void check_manifest(struct image_validation *v, const char *name, const struct walk *w)
{
	static LARGE struct image_manifest m;
	static struct image_config c;
	struct err e;
	char place[LIMIT_PLACE_BYTES + 32];
	const struct descriptor *d = w->descriptor;
	const struct image_config *config = 0;
	struct document *document = layout_document(DOCUMENT_MANIFEST);
	if (media_of(d->mediaType, 0) != MEDIA_MANIFEST) {
		if (check_blob(w->layout, d, &e) < 0)
			complain(v, name, w->place, &e);
		return;
	}
	if (layout_load(w->layout, d, document, &e) < 0) {
		complain(v, name, w->place, &e);
		return;
	}
	if (decode(v, name, w->place, document, &image_manifest_object, &m) < 0)
		return;
	snprintf(place, sizeof place, "%s: config", w->place);
	if (media_of(m.config->mediaType, 0) != MEDIA_CONFIG) {
		if (check_blob(w->layout, m.config, &e) < 0)
			complain(v, name, place, &e);
	} else if (layout_load(w->layout, m.config, layout_document(DOCUMENT_CONFIG), &e) < 0) {
		complain(v, name, place, &e);
	} else if (decode(v, name, place, layout_document(DOCUMENT_CONFIG), &image_config_object, &c) == 0) {
		config = &c;
		check_platform(v, name, w->place, d->platform, &c);
	}
	check_layers(v, name, w->place, w->layout, &m, config);
}

static bool wanted(const struct selection *s, const struct walk *w)
{
	const struct image_platform *p = w->descriptor->platform;
	if (!selection_matches(s, w))
		return false;
	return (!s->os || (p && strcmp(p->os, s->os) == 0)) && (!s->architecture || (p && strcmp(p->architecture, s->architecture) == 0)) &&
	       (!s->variant || (p && p->variant && strcmp(p->variant, s->variant) == 0));
}

/* "reference [name=v1 platform.os=linux]: OK"; plain names are said by the last line alone. */
static void say_references(struct image_validation *v)
{
	bool any = false;
	for (uint32_t i = 0; i < v->ref_count; i++)
		any = any || strchr(v->refs[i], '=');
	if (!any)
		return;
	out_text(v->out, "reference [");
	for (uint32_t i = 0; i < v->ref_count; i++) {
		out_text(v->out, i ? " " : "");
		out_text(v->out, v->refs[i]);
	}
	out_text(v->out, "]: OK\n");
}

static void check_layout(struct image_validation *v, const char *name)
{
	static LARGE struct walk w;
	struct layout l;
	struct selection s;
	struct err e;
	unsigned before = v->failures, matched = 0;
	int found;
	if (selection_parse(&s, v->refs, v->ref_count, 0, &e) < 0 || layout_open(&l, name, LAYOUT_ONCE, &e) < 0) {
		complain(v, name, "", &e);
		return;
	}
	walk_start(&w, &l);
	while ((found = walk_next(&w, &e)) != 0) {
		if (found < 0) {
			complain(v, name, "", &e);
			if (e.number == E2BIG)
				break;
			continue;
		}
		if (!wanted(&s, &w))
			continue;
		matched++;
		check_manifest(v, name, &w);
	}
	layout_close(&l);
	if (v->failures == before && !matched && v->ref_count) {
		err_set(&e, "no image with that reference");
		complain(v, name, v->refs[0], &e);
	}
	if (v->failures == before)
		say_references(v);
}

/* What a JSON document is: by its mediaType, or else by its structure. */
static const char *guess_document(const struct document *d)
{
	static const struct { const char *member, *value, *type; } signs[] = {
		{ "mediaType", "application/vnd.oci.image.index.v1+json", "imageIndex" }, { "mediaType", "application/vnd.oci.image.manifest.v1+json", "manifest" },
		{ "manifests", 0, "imageIndex" }, { "layers", 0, "manifest" }, { "rootfs", 0, "config" },
	};
	const struct json *j = &d->json;
	if (json_type(j, 0) != JSON_OBJECT)
		return 0;
	for (unsigned i = 0; i < sizeof signs / sizeof *signs; i++) {
		uint32_t left = json_count(j, 0), key = left ? json_first(j, 0) : 0;
		for (; left; left--, key = json_next(j, key + 1))
			if (json_is(j, key, signs[i].member) && (!signs[i].value || (json_type(j, key + 1) == JSON_STRING && json_is(j, key + 1, signs[i].value))))
				return signs[i].type;
	}
	return 0;
}

static void check_document(struct image_validation *v, const char *name, const char *type, int fd)
{
	static LARGE union { struct image_index index; struct image_manifest manifest; struct image_config config; } to;
	struct document *d = layout_document(DOCUMENT_INDEX);
	struct err e;
	d->file = name;
	ssize_t n = io_read(fd, d->text, d->text_size);
	if (n < 0 || document_parse(d, (size_t)n, &e) < 0) {
		if (n < 0)
			err_sys(&e, "%s: cannot read", name);
		v->failures++;
		v->complain(&e);
		return;
	}
	type = type ? type : guess_document(d);
	const struct object *table = !type ? 0 : strcmp(type, "imageIndex") == 0 ? &image_index_object :
	                             strcmp(type, "manifest") == 0 ? &image_manifest_object : &image_config_object;
	if (table) {
		decode(v, name, "", d, table, &to);
		return;
	}
	err_set(&e, "neither an index, a manifest nor a config: give --type");
	complain(v, name, "", &e);
}

/* Whether a file's first byte is one of a JSON document's. */
static bool is_document(int fd)
{
	char first = 0;
	return pread(fd, &first, 1, 0) == 1 && first && strchr("{ \n\t\r", first);
}

static void check_file(struct image_validation *v, const char *name, const char *type)
{
	struct err e;
	struct stat st;
	bool input = strcmp(name, "-") == 0;
	int fd = input ? 0 : open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0) {
		err_sys(&e, "cannot open");
		complain(v, name, "", &e);
	} else if (type ? !str_starts(type, "image") || strcmp(type, "imageIndex") == 0 : S_ISREG(st.st_mode) && is_document(fd)) {
		if (S_ISREG(st.st_mode) || input)
			check_document(v, name, type, fd);
		else {
			err_set(&e, "is not a regular file");
			complain(v, name, "", &e);
		}
	} else
		check_layout(v, name);
	if (!input)
		io_close(fd);
}

int image_validate(struct image_validation *v, const char *name)
{
	static const char *const types[] = { "imageLayout", "image", "imageZip", "manifest", "imageIndex", "config" };
	struct err e;
	unsigned before = v->failures;
	if (v->type && str_word(v->type, types, sizeof types / sizeof *types) < 0) {
		err_set(&e, "--type %.60s: expected imageLayout, image, imageZip, manifest, imageIndex or config", v->type);
		complain(v, name, "", &e);
	} else
		check_file(v, name, v->type);
	if (v->failures > before)
		return -1;
	out_text(v->out, name);
	out_text(v->out, ": OK\n");
	return 0;
}
