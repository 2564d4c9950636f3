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
#include "image/overlay_copy.h"
#include "image/stage.h"
#include "kernel/probe.h"

static LARGE struct overlay layers;
static struct image_store store;
static bool overlay;

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

static LARGE char upper[LIMIT_PATH_BYTES] = "";   /* --upper's, from / */

/* The file that `runlet run` mounts by, see container/rootfs_overlay.c. */
static int write_overlay(const struct image_request *r, const struct image *i, const struct stage *s, struct err *e)
{
	static LARGE char text[LIMIT_OVERLAY_BYTES];
	char path[LIMIT_PATH_BYTES], chain[DIGEST_TEXT_MAX] = "", layer[STORE_LAYER_BYTES];
	struct out o;
	if (path_of(store.fd, path, e) < 0)
		return -1;
	out_init(&o, -1, text, sizeof text);
	out_text(&o, "store=");
	out_text(&o, path);
	if (r->upper) {
		int fd = open(r->upper, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0 || path_of(fd, upper, e) < 0)
			return fd < 0 ? err_sys(e, "--upper %s", r->upper) : -1;
		io_close(fd);
		out_text(&o, "\nupper=");
		out_text(&o, upper);
	}
	if (geteuid() != 0)
		out_text(&o, "\nuserxattr=1");
	for (uint32_t n = 0; n < layers.count; n++) {
		image_store_chain(chain, i->config.rootfs->diff_ids.items[n]);
		image_store_layer_name(chain, layer);
		out_printf(&o, "\nlayer=%s", layer);
	}
	out_text(&o, "\n");
	if (o.failed)
		return ERR_LIMIT(e, "the overlay file", LIMIT_OVERLAY_BYTES);
	return io_replace_file(s->tree, "runlet-overlay", text, o.used, 0644, e);
}

static void put_upper(struct out *o, const char *before, const char *between, const char *after)
{
	const char *where = *upper ? upper : "UPPER";
	out_text(o, before);
	out_text(o, where);
	out_text(o, between);
	out_text(o, where);
	out_text(o, after);
}

/* What somebody types who runs the bundle with another runtime. */
static void tell_others(const struct image_request *r, const struct image *image, const char *bundle)
{
	char path[LIMIT_PATH_BYTES], chain[DIGEST_TEXT_MAX], layer[STORE_LAYER_BYTES];
	struct err unused;
	if (!r->out || path_of(store.layers, path, &unused) < 0)
		return;
	out_printf(r->out, "runlet run mounts it; for another runtime: cd ");
	out_text(r->out, path);
	put_upper(r->out, " && mkdir -p ", "/upper ", "/work && mount -t overlay overlay -o lowerdir=");
	for (uint32_t top = layers.count; top; top--) {
		*chain = 0;
		for (uint32_t i = 0; i < top; i++)
			image_store_chain(chain, image->config.rootfs->diff_ids.items[i]);
		image_store_layer_name(chain, layer);
		out_text(r->out, layer);
		if (top > 1)
			out_text(r->out, ":");
	}
	put_upper(r->out, ",upperdir=", "/upper,workdir=", "/work ");
	out_text(r->out, bundle);
	out_printf(r->out, "/%s\n", r->rootfs);
	out_flush(r->out, &unused);
}

/* The bundle's path as it will be. */
static int final_path(const struct stage *s, char path[LIMIT_PATH_BYTES], struct err *e)
{
	if (path_of(s->around, path, e) < 0)
		return -1;
	size_t length = strlen(path);
	return s->inside ? 0 : str_format(path + length, LIMIT_PATH_BYTES - length, e, "%s%s", length > 1 ? "/" : "", s->base) < 0 ? -1 : 0;
}

bool image_store_mounts(void)
{
	return overlay;
}

int image_store_copy(int workfd, int rootfd, struct err *e)
{
	return overlay_copy(&layers, workfd, rootfd, geteuid() == 0, e);
}

/* The record comes before the bundle is there: between the two, nothing can take its layers away. */
int image_store_overlay(const struct image_request *r, const struct image *i, const struct stage *s, struct err *e)
{
	char path[LIMIT_PATH_BYTES];
	/* from a store that cannot be written nothing is taken away either */
	return final_path(s, path, e) < 0 || (image_store_record(&store, path, i, e) < 0 && e->number != EROFS) || write_overlay(r, i, s, e) < 0 ? -1 : open_users(s, e);
}

int image_store_begin(const struct image_request *r, struct image *i, const struct selection *s, struct err *e)
{
	const char *source = r->source ? r->source : r->store;
	if (r->no_xattrs)
		return err_set(e, "--no-xattrs: not with --store");
	if (image_store_open(&store, r->store, r->source ? STORE_MAKE : STORE_READ, e) < 0)
		return -1;
	int result = image_load(i, source, r->source ? r->spool : 0, s, e);
	if (result == 0 && r->source && (result = image_store_add(&store, i, s->name, e)) < 0)
		image_unload(i);
	if (result == 0 && (result = image_store_layers(&store, &i->config, &layers, e)) < 0)
		image_unload(i);
	if (result < 0) {
		image_store_close(&store);
		return err_at(e, "%s", source);
	}
	overlay = r->overlay && probe_has(FACILITY_OVERLAY);
	if (r->overlay && !overlay)
		log_warn("no %s here (%s): the layers are copied", probe_name(FACILITY_OVERLAY), probe_option(FACILITY_OVERLAY));
	return 0;
}

void image_store_end(const struct image_request *r, const struct image *i)
{
	char path[LIMIT_PATH_BYTES];
	struct err unused;
	int fd = i && overlay ? open(r->destination, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd >= 0 && path_of(fd, path, &unused) == 0)
		tell_others(r, i, path);
	io_close(fd);
	image_store_release(&layers);
	image_store_close(&store);
}
