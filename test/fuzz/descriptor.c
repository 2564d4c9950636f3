/* SPDX-License-Identifier: ISC */
/* A fuzzer (libFuzzer) of what descriptors lead to: an index that is walked (index.json), manifest.json of docker save, and the words of digests, platforms,
 * references, ID maps, whiteouts. The first byte chooses. */
#include "image.h"

#include "image/archive.h"
#include "image/digest.h"
#include "image/docker.h"
#include "image/owners.h"
#include "image/select.h"
#include "image/walk.h"
#include "image/whiteout.h"

static const struct layout layout = { .name = "fuzz", .fd = -1, .archive = true };

static void walk_index(struct err *e)
{
	static struct walk w;
	static struct selection s;
	static const char *const words[] = { "latest" };
	char cut[WALK_TEXT_BYTES];
	int found;
	unsigned seen = 0;
	if (selection_parse(&s, words, 1, "linux:arm", e) < 0)
		abort();
	walk_start(&w, &layout);
	while ((found = walk_next(&w, e)) != 0 && seen++ < LIMIT_MANIFESTS + 1) {
		if (found < 0) {
			check_error(e);
			if (w.depth == 0 || e->number == E2BIG)
				break;
			continue;
		}
		if (strnlen(w.place, sizeof w.place) == sizeof w.place || strlen(walk_short(w.descriptor->digest, cut)) >= sizeof cut)
			abort();
		selection_matches(&s, &w);
	}
	if (seen > LIMIT_MANIFESTS)
		abort();
}

static void read_words(const char *text, struct err *e)
{
	struct digest d;
	struct platforms p;
	char found[DIGEST_TEXT_MAX];
	struct selection s;
	uint32_t uid = 5, gid = 7;
	const char *const words[] = { text, text };
	if (digest_parse(text, &d, e) < 0)
		check_error(e);
	else if (!digest_same(&d, &d, found) || strcmp(found, text) != 0)
		abort();
	if (platforms_parse(&p, text, e) == 0 && platforms_rank(&p, p.os, p.choice[0].architecture, p.choice[0].variant) != 0)
		abort();
	if (selection_parse(&s, words, 2, "linux:arm", e) < 0)
		check_error(e);
	if (owners_use(words, 1, words, 1, e) < 0)
		check_error(e);
	else if (owners_map(&uid, &gid, e) == 0 && (uid == UINT32_MAX || gid == UINT32_MAX))
		abort();
	if (whiteout_of(text, e) == WHITEOUT_BAD)
		check_error(e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[65536];
	struct err e = { 0 };
	if (size < 1 || size >= sizeof text)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = 0;
	switch (data[0] % 3) {
	case 0:
		archive_forget();
		if (archive_keep("index.json", text, size - 1, 0, &e) < 0)
			abort();
		walk_index(&e);
		break;
	case 1:
		archive_forget();
		if (archive_keep("manifest.json", text, size - 1, 0, &e) < 0 ||
		    archive_keep("c.json", "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}", 74, 0, &e) < 0)
			abort();
		if (docker_index(&layout, &e) < 0)
			check_error(&e);
		else
			walk_index(&e);
		break;
	default:
		read_words(text, &e);
	}
	return 0;
}
