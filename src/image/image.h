/* SPDX-License-Identifier: ISC */
/* What the image commands do (runlet image …; oci-image-tool). */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/out.h"

/* Of unpack and bundle. Strings are the caller's. */
struct image_request {
	const char *source;                /* a layout: a directory, an archive, "-" (image/layout.h) */
	const char *spool;                 /* a directory for a temporary file, where source is compressed or a pipe; or 0 */
	const char *destination;           /* missing or an empty directory; what is made appears whole or not at all */
	const char *const *refs;           /* ref_count words, see image/select.h; all must hold */
	uint32_t ref_count;
	const char *platform;              /* "OS:ARCH[:VARIANT]"; 0: what this machine runs best */
	const char *progress;              /* see image/progress.h; 0: auto */
	const char *const *uid_maps, *const *gid_maps;   /* "CONTAINER:HOST:SIZE" words */
	uint32_t uid_map_count, gid_map_count;
	const char *rootfs;                /* bundle: the root filesystem's name in it */
	const char *template_file;         /* bundle: a config.json to begin with; or 0 */
	bool terminal;                     /* bundle: process.terminal */
	bool cgroup_namespace;             /* bundle: with one: where the host has cgroup v2 alone */
	bool into;                         /* bundle: the destination may hold other things than config.json and the rootfs */
	const char *store;                 /* by way of this store (image/image_store.h), 0: none; then source may be 0: what the store has */
	bool overlay;                      /* bundle: the rootfs is mounted from the store's layers when it runs */
	const char *upper;                 /* … and what is written goes there; 0: a tmpfs */
	struct out *out;                   /* overlay: gets what other runtimes need */
	bool no_xattrs;                    /* leave out file capabilities where the filesystem cannot keep them */
};

/* image_unpack: verifies the image and makes its root filesystem in destination. 0 or -1: "SOURCE: index.json: manifests[0] → sha256:…: layers[0]: digest
 * mismatch: …", "DESTINATION: …". */
int image_unpack(const struct image_request *request, struct err *e);
/* image_bundle: the same into destination/ROOTFS, with a config.json beside it. */
int image_bundle(const struct image_request *request, struct err *e);

/* image_type: whether --type of unpack and bundle is one that is built: 0 (not given), imageLayout or image. 0 or -1. */
int image_type(const char *type, struct err *e);

/* Of validate. */
struct image_validation {
	const char *type;                  /* imageLayout, image, imageZip, manifest, imageIndex, config; 0: guessed */
	const char *const *refs;
	uint32_t ref_count;
	struct out *out;                   /* lines of what is right; quiet: none */
	bool quiet;
	/* each failure, and each warning (fails false), as it is found: where is a descriptor's path through the index, or "" */
	void (*complain)(const struct image_validation *, bool fails, const char *where, const char *text);
	const char *name;                  /* of what is being validated */
	unsigned failures;                 /* so far */
};
/* image_validate: one file, directory, or "-": every failure is complained of; when there is none, out gets "NAME: OK". 0 or -1: there were failures. */
int image_validate(struct image_validation *v, const char *name);

/* image_list: the images of a layout (spool: see struct image_request; without, what comes by once will do): reference, platform, layers, size, digest; a line each, or one JSON array. 0 or -1. */
int image_list(const char *source, const char *spool, bool json, struct out *out, struct err *e);

#endif
