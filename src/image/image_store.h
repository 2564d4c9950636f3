/* SPDX-License-Identifier: ISC */
/* A store of unpacked layers, which images share. In its directory:
 *     oci-layout, index.json, blobs/   an image layout (image-spec, image-layout.md) of references, manifests and configs, without the layers' blobs
 *     layers/ALGORITHM-HEX/            a layer in overlay form (image/overlay.h) under its chain ID (config.md, "Layer ChainID"): complete or absent
 *     layers/….new/                    one being made, or removed, locked by flock(2); whoever opens the store next removes what a dead process left
 *     bundles/sha256-HEX               a bundle that needs layers: its path and its manifest's digest
 * layers/ is locked (shared) by all who add or use layers, and (exclusively) by gc; index.json's changes by a lock of the directory. */
#ifndef IMAGE_IMAGE_STORE_H
#define IMAGE_IMAGE_STORE_H

#include "image/blob.h"
#include "image/overlay.h"
#include "image/select.h"

#define STORE_LAYER_BYTES 160          /* a layer's name */
struct image_store {
	const char *name;                  /* as the user gave it; the caller's */
	int fd, layers;
};

/* image_store_open: made where it is missing, if make; locked, exclusively if alone. 0, or -1 with the store's name in e. */
enum image_store_use { STORE_READ, STORE_MAKE, STORE_ALONE };
int image_store_open(struct image_store *s, const char *name, enum image_store_use use, struct err *e);
void image_store_close(struct image_store *s);
/* image_store_add: an image that is loaded from elsewhere: its layers that are missing, manifest, config, then its reference (name, or its own). 0 or -1. */
int image_store_add(struct image_store *s, const struct image *image, const char *name, struct err *e);
/* image_store_add_layer: layer number of image onto o, the layers below it, where it is missing; it is opened and becomes o's last. chain is the ID of the one below, and becomes
 * this one's. 0 or -1. */
int image_store_add_layer(struct image_store *s, const struct image *image, uint32_t number, struct overlay *o, char chain[DIGEST_TEXT_MAX], struct err *e);
/* image_store_add_documents: what follows the layers in image_store_add. 0 or -1. */
int image_store_add_documents(struct image_store *s, const struct image *image, const char *name, struct err *e);
/* image_store_layers: opens all of an image's. 0 (image_store_release closes them), or -1. */
int image_store_layers(const struct image_store *s, const struct image_config *config, struct overlay *o, struct err *e);
void image_store_release(struct overlay *o);
/* image_store_chain: the chain ID of a layer: of the one below ("" for the first) and its diff_id, in place. image_store_layer_name: the directory's name. */
void image_store_chain(char chain[DIGEST_TEXT_MAX], const char *diff_id);
void image_store_layer_name(const char *chain, char name[STORE_LAYER_BYTES]);
/* image_store_remove: the layer's directory, which no longer counts as complete from the first moment. 0 or -1. */
int image_store_remove(const struct image_store *s, const char *layer, struct err *e);
/* image_store_record: writes down that the bundle at path (absolute) needs the image. 0 or -1. */
int image_store_record(const struct image_store *s, const char *path, const struct image *image, struct err *e);

/* For image_unpack and image_bundle of a request with a store: image_store_begin opens it and loads *i, after adding it to the store if it comes from elsewhere; 0 or -1. Then
 * image_store_copy: its layers into rootfd; or, when image_store_mounts, image_store_overlay: the bundle's overlay file and its record; returns an fd of a directory in which users can
 * be looked up. image_store_end closes; i is 0 when there is no bundle. */
struct image_request;
struct stage;
int image_store_begin(const struct image_request *r, struct image *i, const struct selection *s, struct err *e);
bool image_store_mounts(void);
int image_store_copy(int workfd, int rootfd, struct err *e);
int image_store_overlay(const struct image_request *r, const struct image *i, const struct stage *s, struct err *e);
void image_store_end(const struct image_request *r, const struct image *i);

/* image_remove: a reference, or all of a digest. 0 or -1. */
int image_remove(const char *store, const char *name, struct err *e);
struct out;
/* image_collect: removes layers and blobs that neither an image nor a bundle refers to; out gets a line of what was done. 0 or -1. */
int image_collect(const char *store, struct out *out, struct err *e);

#endif
