/* SPDX-License-Identifier: ISC */
/* Which image of a layout is meant. */
#include "image/select.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/out.h"
#include "base/str.h"
#include "image/media.h"

/* What the walk leaves of a candidate. */
struct candidate {
	char digest[WALK_TEXT_BYTES], media_type[WALK_TEXT_BYTES], name[WALK_TEXT_BYTES], place[LIMIT_PLACE_BYTES];
	int64_t size;
	int rank;                          /* -1: none so far */
	char index[WALK_TEXT_BYTES];       /* the digest of the one that it stands in; "": index.json */
	bool several;                      /* another one is as good */
	bool unsure;                       /* of some the platform cannot be told */
};

/* "windows(10.0.20348)/amd64", as image ls and containerd write it: the version is like a word. Returns the platform without it. */
static const char *take_version(struct selection *s, const char *platform, char *plain, size_t size)
{
	static char version[64];
	const char *open = strchr(platform, '('), *close = open ? strchr(open, ')') : 0;
	if (!close)
		return platform;
	snprintf(version, sizeof version, "%.*s", (int)(close - open - 1), open + 1);
	snprintf(plain, size, "%.*s%s", (int)(open - platform), platform, close + 1);
	s->os_version = version;
	return plain;
}

int selection_parse(struct selection *s, const char *const *words, uint32_t count, const char *platform, struct err *e)
{
	char asked[160];
	*s = (struct selection){ .platform_asked = platform };
	const struct { const char *key; const char **value; } keys[] = {
		{ "name=", &s->name }, { "digest=", &s->digest }, { "platform.os=", &s->os }, { "platform.architecture=", &s->architecture },
		{ "platform.variant=", &s->variant }, { "platform.os.version=", &s->os_version }, { "", &s->name },
	};
	for (uint32_t i = 0; i < count; i++) {
		size_t k = 0;
		while (!str_starts(words[i], keys[k].key))
			k++;
		const char *value = words[i] + strlen(keys[k].key);
		if (!*value || (!*keys[k].key && strchr(value, '=')))
			return err_set(e, "--ref %.100s: expected NAME, name=, digest=, platform.os=, .architecture=, .variant= or .os.version=", words[i]);
		if (*keys[k].value && strcmp(*keys[k].value, value) != 0)
			return err_set(e, "--ref %.100s: another one was given already, and both cannot hold", words[i]);
		*keys[k].value = value;
	}
	if (platform) {
		platform = take_version(s, platform, asked, sizeof asked);
	} else if (s->architecture) {
		snprintf(asked, sizeof asked, "%s:%s:%s", s->os ? s->os : "linux", s->architecture, s->variant ? s->variant : "");
		platform = asked;
	}
	if (platform)
		return platforms_parse(&s->platforms, platform, e);
	platforms_host(&s->platforms);
	return 0;
}

/* "busybox:latest", as docker archives have it, is meant by its tag alone too. */
static bool is_name(const char *asked, const char *name)
{
	const char *tag = strrchr(name, ':');
	return strcmp(asked, name) == 0 || (tag && !strchr(tag, '/') && strcmp(asked, tag + 1) == 0);
}

bool selection_is_name(const struct selection *s, const char *name)
{
	return !s->name || is_name(s->name, name);
}

bool selection_matches(const struct selection *s, const struct walk *w)
{
	return selection_is_name(s, w->name) && (!s->digest || walk_has_digest(w, s->digest));
}

int image_read(const struct layout *l, const struct descriptor *d, struct image_manifest *m, struct image_config *c, struct err *e)
{
	if (layout_read(l, d, layout_document(DOCUMENT_MANIFEST), &image_manifest_object, m, e) < 0)
		return -1;
	if (media_of(m->config->mediaType, 0) != MEDIA_CONFIG)
		return err_set(e, "an artifact, not an image: its config is %.100s", m->artifactType ? m->artifactType : m->config->mediaType);
	return layout_read(l, m->config, layout_document(DOCUMENT_CONFIG), &image_config_object, c, e) < 0 ? err_at(e, "config") : 0;
}

bool selection_by_platform(const struct selection *s)
{
	return s->os || s->architecture || s->variant || s->os_version;
}

struct image_platform image_platform_of(const struct image_config *c)
{
	return (struct image_platform){ .os = c->os, .architecture = c->architecture, .variant = c->variant, .os_version = c->os_version, .os_features = c->os_features };
}

const struct image_platform *selection_platform(const struct walk *w, struct image_platform *own)
{
	struct image_manifest m;
	struct image_config c;
	struct err unused;
	if (w->descriptor->platform)
		return w->descriptor->platform;
	if (image_read(w->layout, w->descriptor, &m, &c, &unused) < 0)
		return 0;
	*own = image_platform_of(&c);
	return own;
}

/* "10.0.17763" is meant by itself, and of "10.0.17763.1879". */
static bool is_version(const char *asked, const char *version)
{
	size_t length = strlen(asked);
	return version && strncmp(version, asked, length) == 0 && (!version[length] || version[length] == '.');
}

bool selection_is_platform(const struct selection *s, const struct image_platform *p)
{
	return p && (!s->os || strcmp(s->os, p->os) == 0) && (!s->architecture || strcmp(s->architecture, p->architecture) == 0) &&
	       (!s->variant || (p->variant && strcmp(s->variant, p->variant) == 0)) && (!s->os_version || is_version(s->os_version, p->os_version));
}

/* The rank of what w found last, -1 when it is not what was asked for, -2 when that cannot be told. */
static int rank_of(const struct selection *s, const struct walk *w)
{
	struct image_platform own;
	const struct image_platform *p = selection_platform(w, &own);
	if (!selection_is_platform(s, p))
		return p ? -1 : -2;
	int rank = platforms_rank(&s->platforms, p->os, p->architecture, p->variant);
	/* words that name the platform suffice: it need not be one that runs here */
	return rank < 0 && !s->platform_asked && selection_by_platform(s) ? 2 * PLATFORM_CHOICES : rank;
}

static void consider(struct candidate *c, const struct walk *w, int rank, bool first)
{
	const struct descriptor *d = w->descriptor;
	const char *index = w->level[w->depth].digest;
	c->unsure = c->unsure || rank == -2;
	if (rank < 0 || (c->rank >= 0 && rank > c->rank))
		return;
	if (rank == c->rank) {
		c->several = c->several || (strcmp(c->digest, d->digest) != 0 && !(first && *index && strcmp(c->index, index) == 0));
		return;
	}
	*c = (struct candidate){ .size = d->size, .rank = rank, .unsure = c->unsure };
	snprintf(c->digest, sizeof c->digest, "%s", d->digest);
	snprintf(c->index, sizeof c->index, "%s", index);
	snprintf(c->media_type, sizeof c->media_type, "%s", d->mediaType);
	snprintf(c->name, sizeof c->name, "%s", w->name);
	memcpy(c->place, w->place, sizeof c->place);
}

/* One walk. ranked false: everything that matches by name and digest is as good, in one index too. 0 or -1. */
static int search(const struct layout *l, const struct selection *s, bool ranked, struct candidate *c, struct err *e)
{
	static LARGE struct walk w;
	int found;
	c->rank = -1;
	c->several = c->unsure = false;
	walk_start(&w, l);
	while ((found = walk_next(&w, e)) > 0)
		if (selection_matches(s, &w))
			consider(c, &w, !ranked ? 0 : media_of(w.descriptor->mediaType, 0) == MEDIA_MANIFEST ? rank_of(s, &w) : -1, ranked);
	return found;
}

/* Adds to e the names there are, for somebody who has to choose: those that s selects; 0: all. Returns -1. */
static int offer(const struct layout *l, const struct selection *s, struct err *e)
{
	enum { MOST = 400 };
	static LARGE struct walk w;
	char last[WALK_TEXT_BYTES] = "";
	struct out o;
	struct err unused;
	out_init(&o, -1, e->text + strlen(e->text), MOST);
	walk_start(&w, l);
	while (walk_next(&w, &unused) > 0)
		if ((!s || selection_matches(s, &w)) && strcmp(last, w.name) != 0 && o.used + strlen(w.name) + 4 < MOST) {
			out_text(&o, o.used ? ", " : "; there is: ");
			out_text(&o, w.name);
			snprintf(last, sizeof last, "%s", w.name);
		}
	return -1;
}

static int choose(const struct layout *l, const struct selection *s, struct candidate *c, struct err *e)
{
	bool platform = s->platform_asked || selection_by_platform(s);
	if (search(l, s, false, c, e) < 0)
		return -1;
	if (c->rank < 0 && !s->name)
		return s->digest ? err_set(e, "no image with digest %.200s", s->digest) : err_set(e, "no image in index.json");
	if (c->rank < 0) {
		err_set(e, "no image with reference %.200s", s->name);
		return offer(l, 0, e);
	}
	if (!c->several && !platform)
		return 0;
	if (search(l, s, true, c, e) < 0)
		return -1;
	if (c->rank < 0)
		return err_set(e, "no image for %s", s->platform_asked || !platform ? s->platforms.asked : "that platform");
	if (!c->several)
		return 0;
	err_set(e, "several images fit: choose one by --ref NAME, digest= or --platform");
	return offer(l, s, e);
}

int image_choose(struct image *i, const struct selection *s, struct err *e)
{
	struct candidate c;
	if (choose(&i->layout, s, &c, e) < 0)
		return -1;
	memcpy(i->place, c.place, sizeof i->place);
	memcpy(i->digest, c.digest, sizeof i->digest);
	memcpy(i->media_type, c.media_type, sizeof i->media_type);
	memcpy(i->name, c.name, sizeof i->name);
	i->size = c.size;
	i->unsure = c.unsure;
	if (media_of(c.media_type, 0) != MEDIA_MANIFEST)
		return err_set(e, "%s: unknown media type %.200s", i->place, c.media_type);
	const struct descriptor d = { .digest = c.digest, .size = c.size };
	char cut[WALK_TEXT_BYTES];
	size_t used = strlen(i->place);
	snprintf(i->place + used, sizeof i->place - used, " → %.60s", walk_short(c.digest, cut));
	return image_read(&i->layout, &d, &i->manifest, &i->config, e) < 0 ? err_at(e, "%s", i->place) : 0;
}

int image_load(struct image *i, const char *layout, const char *spool, const struct selection *s, struct err *e)
{
	if (layout_open(&i->layout, layout, spool, e) < 0)
		return -1;
	if (image_choose(i, s, e) == 0)
		return 0;
	image_unload(i);
	return -1;
}

void image_unload(struct image *i)
{
	layout_close(&i->layout);
}
