/* SPDX-License-Identifier: ISC */
/* Which image of a layout is meant: by reference, digest and platform. */
#ifndef IMAGE_SELECT_H
#define IMAGE_SELECT_H

#include "image/layout.h"
#include "image/platform.h"
#include "image/walk.h"

/* What the user asked for. */
struct selection {
	const char *name, *digest;         /* 0: not asked for */
	const char *os, *architecture, *variant, *os_version;
	bool platform_asked;
	struct platforms platforms;        /* asked for, or this machine's */
};
/* An image that can be unpacked. Everything points into DOCUMENT_MANIFEST and DOCUMENT_CONFIG. */
struct image {
	struct layout layout;
	char place[LIMIT_PLACE_BYTES];     /* "index.json: manifests[0] → sha256:0123456789ab…" */
	struct image_manifest manifest;
	struct image_config config;
	/* of the manifest's descriptor */
	char digest[WALK_TEXT_BYTES], media_type[WALK_TEXT_BYTES], name[WALK_TEXT_BYTES];   /* name: the reference; "" */
	int64_t size;
	bool unsure;                       /* of some that it was chosen among the platform could not be told */
};

/* selection_parse: words "NAME", "name=", "digest=", "platform.os=", "platform.architecture=", "platform.variant=", "platform.os.version=" (or a beginning of it, up to a dot); platform
 * ("OS[(VERSION)]:ARCH[:VARIANT]") may be 0. All of them must hold. 0 or -1. */
int selection_parse(struct selection *s, const char *const *words, uint32_t count, const char *platform, struct err *e);
/* selection_by_platform: whether an os, an architecture, a variant or a version is asked for by itself. */
bool selection_by_platform(const struct selection *s);
/* selection_is_name: whether name is what was asked for, if any was. */
bool selection_is_name(const struct selection *s, const char *name);
/* selection_matches: whether what w found last fulfils name and digest. */
bool selection_matches(const struct selection *s, const struct walk *w);
/* selection_platform: the platform of what w found last; without one of its own its config's, in *own, whose strings are in DOCUMENT_CONFIG; 0: that cannot be read. */
const struct image_platform *selection_platform(const struct walk *w, struct image_platform *own);
/* image_platform_of: the same of a config. */
struct image_platform image_platform_of(const struct image_config *c);
/* selection_is_platform: whether p (0: none) is what the words ask for. */
bool selection_is_platform(const struct selection *s, const struct image_platform *p);
/* image_load: opens the layout (spool: see layout_open) and reads manifest and config of the one image that is selected: of several, the best for the platform; of those that
 * are as good and stand in one index (not index.json), the first (image-spec, image-index.md, "manifests"). What is read is verified. 0 (image_unload closes), or -1 with the place in e, but for the layout's name. */
int image_load(struct image *i, const char *layout, const char *spool, const struct selection *s, struct err *e);
/* image_choose: of a layout that is open. */
int image_choose(struct image *i, const struct selection *s, struct err *e);
void image_unload(struct image *i);
/* image_read: the manifest and config of a descriptor in l; manifest, config. 0, or -1: "config: …". An artifact is an error. */
int image_read(const struct layout *l, const struct descriptor *d, struct image_manifest *m, struct image_config *c, struct err *e);

#endif
