/* SPDX-License-Identifier: ISC */
/* image bundle --store, image unpack --store: from a store's layers, copied, or named in the bundle to be mounted when it runs (docs/images.md). */
#include "image/image_store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/out.h"
#include "base/path.h"
#include "base/str.h"
#include "image/image.h"
#include "image/interrupt.h"
#include "image/overlay_copy.h"
#include "image/stage.h"
#include "kernel/probe.h"

static LARGE struct image image;
static LARGE struct overlay layers;

static int path_of(int fd, char path[LIMIT_PATH_BYTES], struct err *e)
{
	char self[PATH_PROC_BYTES];
	ssize_t n = readlink(path_proc(fd, self), path, LIMIT_PATH_BYTES - 1);
	if (n < 0)
		return err_sys(e, "cannot tell its path");
	path[n] = 0;
	return strchr(path, '\n') ? err_set(e, "a path with a newline in it") : 0;
}

/* One small file of the layers, if there is one, so that users can be looked up by name without mounting anything. */
static int copy_file(const char *path, int to, struct err *e)
{
	char resolved[LIMIT_PATH_BYTES], buffer[4096];
	struct overlay_found found;
	size_t left = LIMIT_PASSWD_BYTES;
	ssize_t n = 0;
	if (overlay_resolve(&layers, path, resolved) < 0 || overlay_find(&layers, resolved, &found) < 0 || !S_ISREG(found.st.st_mode))
		return 0;
	int in = openat(found.layer, resolved, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int out = in < 0 ? -1 : openat(to, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	while (out >= 0 && left && (n = io_read(in, buffer, sizeof buffer)) > 0 && io_write(out, buffer, (size_t)n) == 0)
		left -= (size_t)n < left ? (size_t)n : left;
	int result = out < 0 || n ? err_sys(e, "cannot copy %s", path) : 0;
	io_close(in);
	io_close(out);
	return result;
}

/* A directory with etc/passwd and etc/group in the work directory. Its fd or -1. */
static int open_users(const struct stage *s, struct err *e)
{
	int fd = mkdirat(s->work, "users", 0700) < 0 ? -1 : openat(s->work, "users", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || mkdirat(fd, "etc", 0700) < 0)
		err_sys(e, "cannot make a directory");
	else if (copy_file("etc/passwd", fd, e) == 0 && copy_file("etc/group", fd, e) == 0)
		return fd;
	return io_close(fd);
}

/* The file that `runlet run` mounts by, see container/rootfs_overlay.c. */
static int write_overlay(const struct image_request *r, const struct stage *s, const struct image_store *store, struct err *e)
{
	static LARGE char text[LIMIT_OVERLAY_BYTES];
	char path[LIMIT_PATH_BYTES], chain[DIGEST_TEXT_MAX] = "", layer[STORE_LAYER_BYTES];
	struct out o;
	if (path_of(store->fd, path, e) < 0)
		return -1;
	out_init(&o, -1, text, sizeof text);
	out_text(&o, "store=");
	out_text(&o, path);
	if (r->upper) {
		int fd = open(r->upper, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0 || path_of(fd, path, e) < 0)
			return fd < 0 ? err_sys(e, "--upper %s", r->upper) : -1;
		io_close(fd);
		out_text(&o, "\nupper=");
		out_text(&o, path);
	}
	if (geteuid() != 0)
		out_text(&o, "\nuserxattr=1");
	for (uint32_t i = 0; i < layers.count; i++) {
		image_store_chain(chain, image.config.rootfs->diff_ids.items[i]);
		image_store_layer_name(chain, layer);
		out_printf(&o, "\nlayer=%s", layer);
	}
	out_text(&o, "\n");
	if (o.failed)
		return ERR_LIMIT(e, "the overlay file", LIMIT_OVERLAY_BYTES);
	return io_replace_file(s->tree, "runlet-overlay", text, o.used, 0644, e);
}

/* What somebody types who runs the bundle with another runtime. */
static void tell_others(const struct image_request *r, const struct image_store *store, const char *bundle)
{
	char path[LIMIT_PATH_BYTES], chain[DIGEST_TEXT_MAX], layer[STORE_LAYER_BYTES];
	struct err unused;
	if (!r->out || path_of(store->layers, path, &unused) < 0)
		return;
	out_printf(r->out, "runlet run mounts it; for another runtime: cd ");
	out_text(r->out, path);
	out_text(r->out, " && mount -t overlay overlay -o lowerdir=");
	for (uint32_t top = layers.count; top; top--) {
		*chain = 0;
		for (uint32_t i = 0; i < top; i++)
			image_store_chain(chain, image.config.rootfs->diff_ids.items[i]);
		image_store_layer_name(chain, layer);
		out_text(r->out, layer);
		if (top > 1)
			out_text(r->out, ":");
	}
	out_printf(r->out, ",upperdir=%s/upper,workdir=%s/work ", r->upper ? r->upper : "UPPER", r->upper ? r->upper : "UPPER");
	out_text(r->out, bundle);
	out_printf(r->out, "/%s\n", r->rootfs);
	out_flush(r->out, &unused);
}

static int fill_bundle(const struct image_request *r, const struct stage *s, const struct image_store *store, bool overlay, struct err *e)
{
	if (fchmod(s->tree, s->mode) < 0 || mkdirat(s->tree, r->rootfs, 0755) < 0)
		return err_sys(e, "cannot make %s", r->rootfs);
	int rootfd = openat(s->tree, r->rootfs, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (rootfd < 0)
		return err_sys(e, "cannot open %s", r->rootfs);
	int result = overlay ? write_overlay(r, s, store, e) : overlay_copy(&layers, s->work, rootfd, geteuid() == 0, e);
	int users = result == 0 && overlay ? open_users(s, e) : -1;
	if (result == 0 && overlay && users < 0)
		result = -1;
	if (result == 0)
		result = image_write_config(r, &image, s->tree, overlay ? users : rootfd, e);
	io_close(users);
	io_close(rootfd);
	return result;
}

/* The bundle's path as it will be. */
static int final_path(const struct stage *s, char path[LIMIT_PATH_BYTES], struct err *e)
{
	if (path_of(s->around, path, e) < 0)
		return -1;
	size_t length = strlen(path);
	return s->inside ? 0 : str_format(path + length, LIMIT_PATH_BYTES - length, e, "%s%s", length > 1 ? "/" : "", s->base) < 0 ? -1 : 0;
}

static int make(const struct image_request *r, bool bundle, const char *const *parts, const struct image_store *store, struct err *e)
{
	struct stage s;
	char path[LIMIT_PATH_BYTES];
	bool overlay = bundle && r->overlay;
	if (overlay && !probe_has(FACILITY_OVERLAY)) {
		log_warn("no %s here (%s): the layers are copied", probe_name(FACILITY_OVERLAY), probe_option(FACILITY_OVERLAY));
		overlay = false;
	}
	if (stage_open(&s, r->destination, parts, e) < 0)
		return err_at(e, "%s", r->destination);
	s.attributes = !bundle;
	int result = final_path(&s, path, e);
	/* before the bundle is there: between the two, nothing can take its layers away */
	if (result == 0 && overlay)
		result = image_store_record(store, path, &image, e);
	if (result == 0)
		result = bundle ? fill_bundle(r, &s, store, overlay, e) : overlay_copy(&layers, s.work, s.tree, geteuid() == 0, e);
	if (result == 0 && interrupted())
		result = err_set(e, "interrupted");
	if (result < 0)
		stage_abandon(&s);
	else
		result = stage_commit(&s, e);
	if (result == 0 && overlay)
		tell_others(r, store, path);
	return result < 0 ? err_at(e, "%s", r->destination) : 0;
}

/* From elsewhere, which then is in the store, or what the store has. */
static int load(const struct image_request *r, struct image_store *store, struct err *e)
{
	struct selection s;
	if (selection_parse(&s, r->refs, r->ref_count, r->platform, e) < 0)
		return -1;
	const char *source = r->source ? r->source : r->store;
	if (image_load(&image, source, r->source ? r->spool : 0, &s, e) < 0)
		return err_at(e, "%s", source);
	if (r->source && image_store_add(store, &image, s.name, e) < 0) {
		image_unload(&image);
		return err_at(e, "%s", source);
	}
	image_unload(&image);
	return image_store_layers(store, &image.config, &layers, e) < 0 ? err_at(e, "%s", r->store) : 0;
}

int image_store_make(const struct image_request *r, bool bundle, const char *const *parts, struct err *e)
{
	struct image_store store;
	if (r->no_xattrs)
		return err_set(e, "--no-xattrs: not with --store");
	if (image_store_open(&store, r->store, r->source ? STORE_MAKE : STORE_READ, e) < 0)
		return -1;
	mode_t before = umask(0);
	int result = load(r, &store, e);
	if (result == 0)
		result = make(r, bundle, parts, &store, e);
	image_store_release(&layers);
	umask(before);
	image_store_close(&store);
	return result;
}
