/* SPDX-License-Identifier: ISC */
/* A store of unpacked layers. */
#include "image/image_store.h"

#include <bearssl_hash.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/str.h"
#include "image/interrupt.h"
#include "image/stack.h"

#define NEW ".new"
#define TREE "tree"

void image_store_chain(char chain[DIGEST_TEXT_MAX], const char *diff_id)
{
	br_sha256_context sha;
	unsigned char sum[br_sha256_SIZE];
	if (!*chain) {
		snprintf(chain, DIGEST_TEXT_MAX, "%s", diff_id);
		return;
	}
	br_sha256_init(&sha);
	br_sha256_update(&sha, chain, strlen(chain));
	br_sha256_update(&sha, " ", 1);
	br_sha256_update(&sha, diff_id, strlen(diff_id));
	br_sha256_out(&sha, sum);
	str_hex(sum, sizeof sum, stpcpy(chain, "sha256:"));
}

void image_store_layer_name(const char *chain, char name[STORE_LAYER_BYTES])
{
	snprintf(name, STORE_LAYER_BYTES, "%s", chain);
	name[strcspn(name, ":")] = '-';
}

/* The working directory of a layer, locked and empty. 1: the layer is there; 0; -1. */
static int open_work(const struct image_store *s, const char *layer, int *work, struct err *e)
{
	char name[STORE_LAYER_BYTES + sizeof NEW];
	struct stat here, there;
	snprintf(name, sizeof name, "%s" NEW, layer);
	for (;;) {
		*work = -1;
		if (faccessat(s->layers, layer, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return 1;
		if (mkdirat(s->layers, name, 0700) < 0 && errno != EEXIST)
			return err_sys(e, "cannot make %s", name);
		*work = openat(s->layers, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (*work < 0 && errno == ENOENT)
			continue;
		int locked = *work < 0 ? -1 : flock(*work, LOCK_EX);
		if (locked < 0 && (*work < 0 || errno != EINTR || interrupted()))
			break;
		/* it is another one now when the process that we waited for has removed it */
		if (locked == 0 && fstat(*work, &here) == 0 && fstatat(s->layers, name, &there, AT_SYMLINK_NOFOLLOW) == 0 && here.st_ino == there.st_ino)
			return dir_remove_tree(*work, TREE, e) < 0 ? -1 : 0;
		io_close(*work);
	}
	err_sys(e, "cannot lock %s", name);
	*work = io_close(*work);
	return -1;
}

/* What processes that died have left. */
static void clean(const struct image_store *s)
{
	struct dir d;
	struct dir_entry x;
	struct err unused;
	dir_start(&d, s->layers);
	while (dir_next(&d, &x) > 0) {
		int fd = str_ends(x.name, NEW) ? openat(s->layers, x.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
			dir_remove_tree(s->layers, x.name, &unused);
		io_close(fd);
	}
}

static int open_parts(struct image_store *s, const char *name, enum image_store_use use, struct err *e)
{
	if (use == STORE_MAKE && mkdir(name, 0755) < 0 && errno != EEXIST)
		return err_sys(e, "cannot make it");
	s->fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->fd < 0)
		return err_sys(e, "cannot open");
	/* 0700: what an image holds, setuid programs too, is not for the host's users */
	if (use == STORE_MAKE && (mkdirat(s->fd, "layers", 0700) < 0 || mkdirat(s->fd, "bundles", 0755) < 0) && errno != EEXIST)
		return err_sys(e, "cannot make it");
	if (use == STORE_MAKE && layout_make(s->fd, e) < 0)
		return -1;
	s->layers = openat(s->fd, "layers", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->layers < 0)
		return errno == ENOENT ? err_set(e, "is not a store") : err_sys(e, "cannot open");
	return flock(s->layers, use == STORE_ALONE ? LOCK_EX : LOCK_SH) < 0 ? err_sys(e, "cannot lock it") : 0;
}

int image_store_open(struct image_store *s, const char *name, enum image_store_use use, struct err *e)
{
	*s = (struct image_store){ .name = name, .fd = -1, .layers = -1 };
	if (open_parts(s, name, use, e) < 0) {
		image_store_close(s);
		return err_at(e, "%s", name);
	}
	if (use != STORE_READ)
		clean(s);
	return 0;
}

void image_store_close(struct image_store *s)
{
	s->layers = io_close(s->layers);
	s->fd = io_close(s->fd);
}

/* Unpacks into the working directory and puts the tree in its place. */
static int make_layer(const struct image_store *s, const struct image *i, uint32_t number, const char *layer, int work, struct overlay *o, struct err *e)
{
	int tree = mkdirat(work, TREE, 0700) < 0 ? -1 : openat(work, TREE, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (tree < 0 || fchmod(tree, 0755) < 0) {
		io_close(tree);
		return err_sys(e, "layers[%u]: cannot make a directory", number);
	}
	int result = stack_alone(i, number, work, tree, o, e);
	if (result == 0 && interrupted())
		result = err_set(e, "interrupted");
	if (result == 0 && (syncfs(tree) < 0 || renameat(work, TREE, s->layers, layer) < 0 || fsync(s->layers) < 0))
		result = err_sys(e, "layers[%u]: cannot put it in its place", number);
	io_close(tree);
	return result;
}

int image_store_add_layer(struct image_store *s, const struct image *i, uint32_t number, struct overlay *o, char chain[DIGEST_TEXT_MAX], struct err *e)
{
	char layer[STORE_LAYER_BYTES], name[STORE_LAYER_BYTES + sizeof NEW];
	int work;
	image_store_chain(chain, i->config.rootfs->diff_ids.items[number]);
	image_store_layer_name(chain, layer);
	int there = open_work(s, layer, &work, e);
	if (there == 0) {
		struct err unused;
		there = make_layer(s, i, number, layer, work, o, e);
		snprintf(name, sizeof name, "%s" NEW, layer);
		dir_remove_tree(s->layers, name, &unused);
		io_close(work);
	}
	if (there < 0)
		return -1;
	o->fd[o->count] = openat(s->layers, layer, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return o->fd[o->count] < 0 ? err_sys(e, "layers[%u]: cannot open it", number) : (int)(o->count++, 0);
}

int image_store_add_documents(struct image_store *s, const struct image *i, const char *name, struct err *e)
{
	const struct image_platform platform = image_platform_of(&i->config);
	const struct descriptor d = { .mediaType = i->media_type, .digest = i->digest, .size = i->size, .platform = &platform };
	if (blob_copy(&i->layout, i->manifest.config, s->fd, e) < 0 || blob_copy(&i->layout, &d, s->fd, e) < 0)
		return -1;
	return refs_put(s->fd, &d, name ? name : i->name, REFS_REPLACE, e);
}

static int check_count(const struct image *i, struct err *e)
{
	const uint32_t count = i->manifest.layers.count, diff_ids = i->config.rootfs->diff_ids.count;
	return count == diff_ids ? 0 : err_set(e, "%u layers, but %u diff_ids in the config", count, diff_ids);
}

int image_store_add(struct image_store *s, const struct image *i, const char *name, struct err *e)
{
	static LARGE struct overlay o;
	char chain[DIGEST_TEXT_MAX] = "";
	mode_t before = umask(0);
	int result = check_count(i, e);
	o.count = 0;
	for (uint32_t n = 0; n < i->manifest.layers.count && result == 0; n++)
		result = image_store_add_layer(s, i, n, &o, chain, e);
	image_store_release(&o);
	umask(before);
	return result < 0 || image_store_add_documents(s, i, name, e) < 0 ? err_at(e, "%s", i->place) : 0;
}

int image_store_layers(const struct image_store *s, const struct image_config *config, struct overlay *o, struct err *e)
{
	char chain[DIGEST_TEXT_MAX] = "", layer[STORE_LAYER_BYTES];
	for (o->count = 0; o->count < config->rootfs->diff_ids.count; o->count++) {
		if (o->count == LIMIT_LAYERS)
			err_limit(e, "layers", "LIMIT_LAYERS", LIMIT_LAYERS);
		image_store_chain(chain, config->rootfs->diff_ids.items[o->count]);
		image_store_layer_name(chain, layer);
		o->fd[o->count] = o->count == LIMIT_LAYERS ? -1 : openat(s->layers, layer, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (o->fd[o->count] < 0) {
			if (o->count < LIMIT_LAYERS)
				err_sys(e, "layers[%u]: cannot open %s", o->count, layer);
			image_store_release(o);
			return -1;
		}
	}
	return 0;
}

void image_store_release(struct overlay *o)
{
	while (o->count)
		io_close(o->fd[--o->count]);
}

int image_store_remove(const struct image_store *s, const char *layer, struct err *e)
{
	char name[NAME_MAX + sizeof NEW];
	if (str_format(name, sizeof name, e, "%s" NEW, layer) < 0 || dir_remove_tree(s->layers, name, e) < 0)
		return -1;
	if (renameat(s->layers, layer, s->layers, name) < 0 || fsync(s->layers) < 0)
		return err_sys(e, "cannot rename %s", layer);
	return dir_remove_tree(s->layers, name, e);
}

int image_store_record(const struct image_store *s, const char *path, const struct image *i, struct err *e)
{
	char name[8 + STORE_LAYER_BYTES] = "bundles/", text[LIMIT_PATH_BYTES + WALK_TEXT_BYTES + 32], digest[DIGEST_TEXT_MAX] = "bundle";
	image_store_chain(digest, path);
	image_store_layer_name(digest, name + 8);
	int length = str_format(text, sizeof text, e, "%s %lld\n%s\n", i->digest, (long long)i->size, path);
	return length < 0 ? -1 : io_replace_file(s->fd, name, text, (size_t)length, 0600, e);
}
