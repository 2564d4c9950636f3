/* SPDX-License-Identifier: ISC */
/* All manifests that a layout's index leads to. */
#include "image/walk.h"

#include <stdio.h>
#include <string.h>

#include "base/out.h"
#include "image/media.h"

void walk_start(struct walk *w, const struct layout *l)
{
	w->layout = l;
	w->report = 0;
	memcpy(w->place, "index.json", sizeof "index.json");
	w->depth = w->seen = 0;
	w->loaded = false;
	w->level[0] = (struct walk_level){ .count = UINT32_MAX };
}

const char *walk_short(const char *digest, char to[WALK_TEXT_BYTES])
{
	size_t algorithm = strcspn(digest, ":");
	snprintf(to, WALK_TEXT_BYTES, "%.*s%s", (int)(algorithm < 20 ? algorithm + 13 : 33), digest, strlen(digest) > algorithm + 13 ? "…" : "");
	return to;
}

/* Where the present descriptor stands. */
static void set_place(struct walk *w)
{
	struct out o;
	char cut[WALK_TEXT_BYTES];
	out_init(&o, -1, w->place, sizeof w->place);
	out_text(&o, "index.json: ");
	for (unsigned i = 0; i <= w->depth; i++) {
		if (i)
			out_printf(&o, " → %.60s: ", walk_short(w->level[i].digest, cut));
		out_printf(&o, "manifests[%u]", w->level[i].next - 1);
	}
}

static int ignore(struct report *r, enum level level, const char *place, const char *section, const char *text)
{
	(void)r, (void)level, (void)place, (void)section, (void)text;
	return 0;
}

/* With a report all of it is told the first time. */
static int decode(struct walk *w, bool first, struct err *e)
{
	struct document *d = layout_document(DOCUMENT_INDEX);
	struct report again = { .add = ignore };
	if (!w->report)
		return document_decode_first(d, &image_index_object, &w->index, e);
	d->file = 0;
	if (first && w->depth) {
		char cut[WALK_TEXT_BYTES];
		size_t used = strlen(w->place);
		snprintf(w->place + used, sizeof w->place - used, " → %.60s", walk_short(w->level[w->depth].digest, cut));
	}
	document_decode(d, &image_index_object, &w->index, first ? w->report : &again);
	return 0;
}

bool walk_is_sound(const struct descriptor *d)
{
	struct err unused;
	return d->mediaType && d->digest && digest_check(d->digest, &unused) == 0 && d->size >= 0 &&
	       (!d->platform || (d->platform->os && d->platform->architecture));
}

/* Reads level[depth]'s index; the first time its count is learnt. */
static int load(struct walk *w, struct err *e)
{
	struct walk_level *l = &w->level[w->depth];
	const struct descriptor blob = { .digest = l->digest, .size = l->size };
	if (w->loaded || !l->count)   /* 0: empty, or it could not be read */
		return 0;
	struct document *d = layout_document(DOCUMENT_INDEX);
	int result = w->depth ? layout_load(w->layout, &blob, d, e) : layout_load_index(w->layout, d, e);
	if (result == 0)
		result = decode(w, l->count == UINT32_MAX, e);
	w->loaded = result == 0;
	l->count = result == 0 ? w->index.manifests.count : 0;
	return result;
}

static int descend(struct walk *w, const struct descriptor *d, struct err *e)
{
	if (w->depth + 1 == LIMIT_INDEX_DEPTH)
		return ERR_LIMIT(e, "indexes in one another", LIMIT_INDEX_DEPTH);
	struct walk_level *l = &w->level[w->depth + 1];
	*l = (struct walk_level){ .size = d->size, .count = UINT32_MAX };
	if (strlen(d->digest) >= sizeof l->digest)
		return err_set(e, "digest too long");
	snprintf(l->digest, sizeof l->digest, "%s", d->digest);
	snprintf(l->name, sizeof l->name, "%s", *layout_name_of(d) ? layout_name_of(d) : w->level[w->depth].name);
	w->depth++;
	w->loaded = false;
	return 0;
}

int walk_next(struct walk *w, struct err *e)
{
	for (;;) {
		struct walk_level *l = &w->level[w->depth];
		if (load(w, e) < 0) {
			if (!w->depth)
				return -1;
			w->depth--;
			return err_at(e, "%s", w->place);
		}
		if (l->next >= l->count) {
			if (!w->depth)
				return 0;
			w->depth--;
			w->loaded = false;
			continue;
		}
		const struct descriptor *d = &w->index.manifests.items[l->next++];
		if (++w->seen > LIMIT_MANIFESTS)
			return ERR_LIMIT(e, "descriptors in all indexes", LIMIT_MANIFESTS);
		set_place(w);
		if (w->report && !walk_is_sound(d))
			continue;
		if (media_of(d->mediaType, 0) == MEDIA_INDEX) {
			if (descend(w, d, e) < 0)
				return err_at(e, "%s", w->place);
			continue;
		}
		w->descriptor = d;
		w->name = *layout_name_of(d) ? layout_name_of(d) : l->name;
		return 1;
	}
}

bool walk_has_digest(const struct walk *w, const char *digest)
{
	for (unsigned i = 1; i <= w->depth; i++)
		if (strcmp(w->level[i].digest, digest) == 0)
			return true;
	return strcmp(w->descriptor->digest, digest) == 0;
}
