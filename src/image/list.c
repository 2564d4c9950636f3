/* SPDX-License-Identifier: ISC */
/* image ls: what a layout holds. */
#include "base/limits.h"
#include "image/image.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "image/media.h"
#include "image/select.h"
#include "image/walk.h"
#include "json/json.h"

/* One line, or one element of the array. m is 0 where the manifest is not an image's or cannot be read; then only the descriptor is told. */
struct row {
	const struct walk *walk;
	const struct image_manifest *manifest;
	struct image_platform platform;    /* os 0: not known */
	int64_t size;                      /* bytes of manifest, config and layers */
};

static void member(struct out *o, const char *name, const char *value)
{
	out_printf(o, ",\"%s\":", name);
	json_quote(o, value);
}

static void put_json(struct out *o, const struct row *r)
{
	const struct descriptor *d = r->walk->descriptor;
	out_text(o, "{\"reference\":");
	json_quote(o, r->walk->name);
	member(o, "digest", d->digest);
	member(o, "mediaType", d->mediaType);
	out_printf(o, ",\"size\":%" PRId64, r->size);
	if (r->platform.os) {
		out_text(o, ",\"platform\":{\"os\":");
		json_quote(o, r->platform.os);
		member(o, "architecture", r->platform.architecture);
		if (r->platform.variant)
			member(o, "variant", r->platform.variant);
		if (r->platform.os_version)
			member(o, "os.version", r->platform.os_version);
		out_text(o, "}");
	}
	if (r->manifest) {
		out_text(o, ",\"layers\":[");
		for (uint32_t i = 0; i < r->manifest->layers.count; i++) {
			const struct descriptor *l = &r->manifest->layers.items[i];
			out_text(o, i ? ",{\"mediaType\":" : "{\"mediaType\":");
			json_quote(o, l->mediaType);
			member(o, "digest", l->digest);
			out_printf(o, ",\"size\":%" PRId64 "}", l->size);
		}
		out_text(o, "]");
	}
	out_text(o, "}");
}

static void put_text(struct out *o, const struct row *r)
{
	char cut[WALK_TEXT_BYTES], platform[96], line[512];
	const char *variant = r->platform.variant, *version = r->platform.os_version;
	struct out p, whole;
	out_init(&p, -1, platform, sizeof platform);
	if (r->platform.os)
		out_printf(&p, "%.16s%s%.32s%s/%.16s%s%.16s", r->platform.os, version ? "(" : "", version ? version : "", version ? ")" : "", r->platform.architecture, variant ? "/" : "",
		           variant ? variant : "");
	out_init(&whole, -1, line, sizeof line);
	out_printf(&whole, "%-20.255s %-16s %6u %12" PRId64 " %s", *r->walk->name ? r->walk->name : "-", r->platform.os ? platform : "-", r->manifest ? r->manifest->layers.count : 0, r->size,
	           walk_short(r->walk->descriptor->digest, cut));
	str_plain(line, whole.used);
	out_printf(o, "%.*s\n", (int)whole.used, line);
}

/* Reads what can be read of one image; what cannot is a warning. */
static void fill(struct row *r, const char *source, struct image_manifest *m, struct image_config *c)
{
	const struct descriptor *d = r->walk->descriptor;
	struct err e;
	r->size = d->size;
	if (d->platform)
		r->platform = *d->platform;
	if (media_of(d->mediaType, 0) != MEDIA_MANIFEST)
		return;
	if (layout_read(r->walk->layout, d, layout_document(DOCUMENT_MANIFEST), &image_manifest_object, m, &e) < 0) {
		log_warn("%s: %s: %s", source, r->walk->place, e.text);
		return;
	}
	r->manifest = m;
	r->size += m->config->size;
	for (uint32_t i = 0; i < m->layers.count; i++)
		r->size += m->layers.items[i].size;
	if (r->platform.os || media_of(m->config->mediaType, 0) != MEDIA_CONFIG)
		return;
	if (layout_read(r->walk->layout, m->config, layout_document(DOCUMENT_CONFIG), &image_config_object, c, &e) < 0) {
		log_warn("%s: %s: config: %s", source, r->walk->place, e.text);
		return;
	}
	r->platform = image_platform_of(c);
}

int image_list(const char *source, const char *spool, bool json, struct out *o, struct err *e)
{
	static LARGE struct walk w;
	static LARGE struct image_manifest m;
	static struct image_config c;
	struct layout l;
	int found, count = 0;
	if (layout_open(&l, source, spool ? spool : LAYOUT_ONCE, e) < 0)
		return err_at(e, "%s", source);
	walk_start(&w, &l);
	out_text(o, json ? "[" : "REFERENCE            PLATFORM         LAYERS         SIZE DIGEST\n");
	while ((found = walk_next(&w, e)) > 0) {
		struct row r = { .walk = &w };
		fill(&r, source, &m, &c);
		if (json && count++)
			out_text(o, ",");
		(json ? put_json : put_text)(o, &r);
	}
	if (json)
		out_text(o, "]\n");
	layout_close(&l);
	if (found < 0)
		return err_at(e, "%s", source);
	return out_flush(o, e);
}
