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

#define EMPTY_TYPE "application/vnd.oci.empty.v1+json"
#define EMPTY_DIGEST "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"   /* of {} */

/* Complaints of a document's tables, each with its place before it. */
struct complaints {
	struct report report;
	struct image_validation *v;
	const char *where;             /* may be "" */
};
/* One layout. */
struct check {
	struct image_validation *v;
	const struct layout *layout;
};

/* Blobs that were found right: several names of one image, and images with layers in common, cost their reading once. */
static LARGE unsigned char checked[LIMIT_CHECKED][16];
static uint32_t checked_count;

static void complain(struct image_validation *v, const char *where, const struct err *e)
{
	v->failures++;
	v->complain(v, true, where, e->text);
}

static void warn(struct image_validation *v, const char *where, const char *text)
{
	v->complain(v, false, where, text);
}

static int add(struct report *r, enum level level, const char *place, const char *section, const char *text)
{
	struct complaints *c = (struct complaints *)r;
	struct err e;
	(void)section;
	err_set(&e, "%s%s%s", place, *place ? ": " : "", text);
	if (level == LEVEL_MUST)
		complain(c->v, c->where, &e);
	else
		log_debug("%s: %s: %s", c->v->name, c->where, e.text);
	return 0;
}

/* All that is wrong with a parsed document. 0, -1 when there was anything. */
static int decode(struct image_validation *v, const char *where, struct document *d, const struct object *table, void *out)
{
	struct complaints c = { .report = { .add = add }, .v = v, .where = where };
	d->file = 0;
	return document_decode(d, table, out, &c.report);
}

/* A blob that is no document of ours, or a layer without an image around it: its size and digest alone. */
static int check_bytes(const struct layout *l, const struct descriptor *d, struct err *e)
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

/* data (RFC 4648): the blob itself, once more. */
static int check_data(const struct descriptor *d, struct err *e)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct digest digest;
	struct hasher h;
	char found[DIGEST_TEXT_MAX];
	unsigned bits = 0, have = 0;
	int64_t size = 0;
	if (!d->data || digest_parse(d->digest, &digest, e) < 0)
		return 0;   /* an algorithm that we lack is told of the blob */
	hasher_start(&h, &digest);
	for (const char *c = d->data; *c && *c != '='; c++) {
		bits = bits << 6 | (unsigned)(strchr(alphabet, *c) - alphabet);
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		const uint8_t byte = (uint8_t)(bits >> have);
		hasher_add(&h, &byte, 1);
		size++;
	}
	if (size != d->size)
		return err_set(e, "data: size mismatch: %lld bytes, not %lld", (long long)size, (long long)d->size);
	return hasher_matches(&h, &digest, found) ? 0 : err_set(e, "data: digest mismatch: it is %s", found);
}

/* What a descriptor says of itself. */
static void check_descriptor(struct image_validation *v, const char *where, const struct descriptor *d)
{
	struct err e;
	if (check_data(d, &e) < 0)
		complain(v, where, &e);
	if (strcmp(d->mediaType, EMPTY_TYPE) == 0 && (d->size != 2 || strcmp(d->digest, EMPTY_DIGEST) != 0)) {
		err_set(&e, "an empty descriptor has size 2 and digest %s", EMPTY_DIGEST);
		complain(v, where, &e);
	}
}

/* The place of a blob in the table of what was found right; *known: it is there. */
static unsigned char *place_of(const struct descriptor *d, const char *diff_id, bool *known)
{
	br_sha256_context h;
	unsigned char key[32];
	br_sha256_init(&h);
	br_sha256_update(&h, d->digest, strlen(d->digest));
	br_sha256_update(&h, d->mediaType, strlen(d->mediaType));
	br_sha256_update(&h, &d->size, sizeof d->size);
	br_sha256_update(&h, diff_id ? diff_id : "", diff_id ? strlen(diff_id) : 0);
	br_sha256_out(&h, key);
	*known = true;
	for (uint32_t i = 0; i < checked_count; i++)
		if (memcmp(checked[i], key, sizeof checked[i]) == 0)
			return checked[i];
	*known = false;
	return checked_count < LIMIT_CHECKED ? memcpy(checked[checked_count], key, sizeof checked[0]) : 0;
}

/* A blob; with a diff_id, a layer. One that is to be had elsewhere need not be here. */
static void check_blob(const struct check *c, const char *where, const struct descriptor *d, const char *diff_id)
{
	struct err e;
	bool known;
	check_descriptor(c->v, where, d);
	const unsigned char *place = place_of(d, diff_id, &known);
	if (known)
		return;
	if ((diff_id ? stack_check(c->layout, d, diff_id, &e) : check_bytes(c->layout, d, &e)) == 0)
		checked_count += place != 0;
	else if (e.number == ENOENT && (d->urls.count || media_is_elsewhere(d->mediaType)))
		warn(c->v, where, e.text);
	else
		complain(c->v, where, &e);
}

static void check_layers(const struct check *c, const char *where, const struct image_manifest *m, const struct image_config *config)
{
	struct err e;
	char place[LIMIT_PLACE_BYTES + 128];
	bool counted = config && config->rootfs->diff_ids.count == m->layers.count;
	uint32_t full = 0;
	if (config && !counted) {
		err_set(&e, "%u layers, but %u diff_ids in the config", m->layers.count, config->rootfs->diff_ids.count);
		complain(c->v, where, &e);
	}
	for (uint32_t i = 0; config && i < config->history.count; i++)
		full += !config->history.items[i].empty_layer;
	if (config && full != m->layers.count) {
		err_set(&e, "history: %u entries are of layers, of which there are %u", full, m->layers.count);
		warn(c->v, where, e.text);
	}
	for (uint32_t i = 0; i < m->layers.count; i++) {
		const struct descriptor *d = &m->layers.items[i];
		if (!walk_is_sound(d))
			continue;
		snprintf(place, sizeof place, "%s: layers[%u]", where, i);
		check_blob(c, place, d, counted && media_of(d->mediaType, 0) == MEDIA_LAYER ? config->rootfs->diff_ids.items[i] : 0);
	}
}

static void check_platform(const struct check *c, const char *where, const struct image_platform *p, const struct image_config *config)
{
	struct err e;
	if (!p)
		return;
	const char *one = p->variant ? p->variant : "", *two = config->variant ? config->variant : "";
	bool variant = strcmp(one, two) == 0;
	if (strcmp(p->os, config->os) == 0 && strcmp(p->architecture, config->architecture) == 0 && variant)
		return;
	err_set(&e, "platform %.40s/%.40s/%.40s: the config says %.40s/%.40s/%.40s", p->os, p->architecture, one, config->os, config->architecture, two);
	if (!variant && (!*one || !*two) && strcmp(p->os, config->os) == 0 && strcmp(p->architecture, config->architecture) == 0)
		warn(c->v, where, e.text);
	else
		complain(c->v, where, &e);
}

/* The config, where it is an image's: 0 where it is another, or wrong. */
static const struct image_config *check_config(const struct check *c, const char *where, const struct image_manifest *m, const struct image_platform *p)
{
	static struct image_config config;
	struct err e;
	char place[LIMIT_PLACE_BYTES + 128];
	struct document *document = layout_document(DOCUMENT_CONFIG);
	snprintf(place, sizeof place, "%s: config", where);
	if (media_of(m->config->mediaType, 0) != MEDIA_CONFIG) {
		check_blob(c, place, m->config, 0);
		return 0;
	}
	check_descriptor(c->v, place, m->config);
	if (layout_load(c->layout, m->config, document, &e) < 0)
		complain(c->v, place, &e);
	else if (decode(c->v, place, document, &image_config_object, &config) == 0) {
		check_platform(c, where, p, &config);
		return &config;
	}
	return 0;
}

static void check_manifest(const struct check *c, const struct walk *w)
{
	static LARGE struct image_manifest m;
	struct err e;
	char place[LIMIT_PLACE_BYTES + 96], cut[WALK_TEXT_BYTES];
	const struct descriptor *d = w->descriptor;
	struct document *document = layout_document(DOCUMENT_MANIFEST);
	if (media_of(d->mediaType, 0) != MEDIA_MANIFEST) {
		check_blob(c, w->place, d, 0);
		return;
	}
	check_descriptor(c->v, w->place, d);
	snprintf(place, sizeof place, "%s → %.60s", w->place, walk_short(d->digest, cut));
	if (layout_load(w->layout, d, document, &e) < 0) {
		complain(c->v, w->place, &e);
		return;
	}
	if (decode(c->v, place, document, &image_manifest_object, &m) < 0 && !(m.config && walk_is_sound(m.config)))
		return;
	if (m.mediaType && strcmp(m.mediaType, d->mediaType) != 0) {
		err_set(&e, "mediaType %.100s: its descriptor says %.100s", m.mediaType, d->mediaType);
		complain(c->v, place, &e);
	}
	if (strcmp(m.config->mediaType, EMPTY_TYPE) == 0 && !m.artifactType) {
		err_set(&e, "artifactType: is required beside an empty config");
		complain(c->v, place, &e);
	}
	if (m.subject && walk_is_sound(m.subject))
		check_descriptor(c->v, place, m.subject);
	check_layers(c, place, &m, check_config(c, place, &m, d->platform));
}

static bool wanted(const struct selection *s, const struct walk *w)
{
	struct image_platform own;
	if (!selection_matches(s, w))
		return false;
	return !selection_by_platform(s) || selection_is_platform(s, selection_platform(w, &own));
}

/* "reference [name=v1 platform.os=linux]: OK"; plain names are said by the last line alone. */
static void say_references(struct image_validation *v)
{
	bool any = false;
	for (uint32_t i = 0; i < v->ref_count; i++)
		any = any || strchr(v->refs[i], '=');
	if (!any || v->quiet)
		return;
	out_text(v->out, "reference [");
	for (uint32_t i = 0; i < v->ref_count; i++) {
		out_text(v->out, i ? " " : "");
		out_text(v->out, v->refs[i]);
	}
	out_text(v->out, "]: OK\n");
}

static void check_layout(struct image_validation *v)
{
	static LARGE struct walk w;
	struct layout l;
	struct selection s;
	struct err e;
	const struct check c = { v, &l };
	struct complaints index = { .report = { .add = add }, .v = v, .where = w.place };
	unsigned before = v->failures, matched = 0;
	int found;
	checked_count = 0;
	if (selection_parse(&s, v->refs, v->ref_count, 0, &e) < 0 || layout_open(&l, v->name, LAYOUT_ONCE, &e) < 0) {
		complain(v, "", &e);
		return;
	}
	walk_start(&w, &l);
	w.report = &index.report;
	while ((found = walk_next(&w, &e)) != 0) {
		if (found < 0) {
			complain(v, "", &e);
			if (e.number == E2BIG)
				break;
			continue;
		}
		if (!wanted(&s, &w))
			continue;
		matched++;
		check_manifest(&c, &w);
	}
	layout_close(&l);
	if (v->failures == before && !matched && v->ref_count) {
		err_set(&e, "no image with that reference");
		complain(v, v->refs[0], &e);
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

static void check_document(struct image_validation *v, int fd)
{
	static LARGE union { struct image_index index; struct image_manifest manifest; struct image_config config; } to;
	struct document *d = layout_document(DOCUMENT_INDEX);
	const char *type = v->type;
	struct err e;
	d->file = 0;
	ssize_t n = io_read(fd, d->text, d->text_size);
	if (n < 0 || document_parse(d, (size_t)n, &e) < 0) {
		if (n < 0)
			err_sys(&e, "cannot read");
		complain(v, "", &e);
		return;
	}
	type = type ? type : guess_document(d);
	const struct object *table = !type ? 0 : strcmp(type, "imageIndex") == 0 ? &image_index_object :
	                             strcmp(type, "manifest") == 0 ? &image_manifest_object : &image_config_object;
	if (table) {
		decode(v, "", d, table, &to);
		return;
	}
	err_set(&e, "neither an index, a manifest nor a config: give --type");
	complain(v, "", &e);
}

/* A look into a pipe that takes nothing out. */
static ssize_t peek(int fd, char *first)
{
	int to[2];
	if (pipe2(to, O_CLOEXEC) < 0)
		return -1;
	ssize_t n = tee(fd, to[1], 1, 0) == 1 ? read(to[0], first, 1) : -1;
	io_close(to[0]);
	io_close(to[1]);
	return n;
}

/* Whether a file's first byte is one of a JSON document's. */
static bool is_document(int fd)
{
	char first = 0;
	return (pread(fd, &first, 1, 0) == 1 || peek(fd, &first) == 1) && first && strchr("{ \n\t\r", first);
}

static void check_file(struct image_validation *v)
{
	struct err e;
	struct stat st;
	const char *type = v->type;
	bool input = strcmp(v->name, "-") == 0;
	int fd = input ? 0 : open(v->name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0) {
		err_sys(&e, "cannot open");
		complain(v, "", &e);
	} else if (!(type ? !str_starts(type, "image") || strcmp(type, "imageIndex") == 0 : (S_ISREG(st.st_mode) || input) && is_document(fd)))
		check_layout(v);
	else if (S_ISREG(st.st_mode) || input)
		check_document(v, fd);
	else {
		err_set(&e, "is not a regular file");
		complain(v, "", &e);
	}
	if (!input)
		io_close(fd);
}

int image_validate(struct image_validation *v, const char *name)
{
	static const char *const types[] = { "imageLayout", "image", "imageZip", "manifest", "imageIndex", "config" };
	struct err e;
	unsigned before = v->failures;
	v->name = name;
	if (v->type && str_word(v->type, types, sizeof types / sizeof *types) < 0) {
		err_set(&e, "--type %.60s: expected imageLayout, image, imageZip, manifest, imageIndex or config", v->type);
		complain(v, "", &e);
	} else
		check_file(v);
	if (v->failures > before)
		return -1;
	if (!v->quiet)
		out_printf(v->out, "%s: OK\n", name);
	return 0;
}
