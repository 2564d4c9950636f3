/* SPDX-License-Identifier: ISC */
/* image unpack and image bundle: select, stage, stack, convert, commit. */
#include "image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/str.h"
#include "image/convert.h"
#include "image/interrupt.h"
#include "image/owners.h"
#include "image/progress.h"
#include "image/select.h"
#include "image/stack.h"
#include "image/stage.h"
#include "image/image_store.h"

static LARGE struct image image;    /* one at a time */

static int use_owners(const struct image_request *r, struct err *e)
{
	return owners_use(r->uid_maps, r->uid_map_count, r->gid_maps, r->gid_map_count, e);
}

static int load(const struct image_request *r, struct err *e)
{
	struct selection s;
	if (selection_parse(&s, r->refs, r->ref_count, r->platform, e) < 0 || progress_use(r->progress, e) < 0 ||
	    use_owners(r, e) < 0 || (r->template_file && convert_check_template(r->template_file, e) < 0))
		return -1;
	if (r->overlay && r->uid_map_count)
		return err_set(e, "--overlay: the layers are mounted with the owners they have: no --uid-map");
	if (r->store) {
		/* a store keeps its layers' own owners; what is copied from it is given others */
		owners_use(0, 0, 0, 0, e);
		return image_store_begin(r, &image, &s, e) < 0 ? -1 : use_owners(r, e);
	}
	return image_load(&image, r->source, r->spool, &s, e) < 0 ? err_at(e, "%s", r->source) : 0;
}

/* The root filesystem into rootfd. */
static int fill(const struct image_request *r, const struct stage *s, int rootfd, struct err *e)
{
	if (owners_chown(rootfd) < 0 || fchmod(rootfd, 0755) < 0)
		return err_sys(e, "%s: cannot set its owner and mode", r->destination);
	if ((r->store ? image_store_copy(s->work, rootfd, e) : stack_layers(&image, s->work, rootfd, r->no_xattrs, e)) < 0)
		return err_at(e, "%s: %s", r->source ? r->source : r->store, image.place);
	return 0;
}

static int write_config(const struct image_request *r, const struct stage *s, int rootfd, struct err *e)
{
	static LARGE char buffer[8192];
	const struct convert_options options = {
		.rootfs = r->rootfs, .terminal = r->terminal, .rootless = geteuid() != 0, .cgroup_namespace = r->cgroup_namespace,
		.template_file = r->template_file,
	};
	struct out o;
	int fd = openat(s->tree, "config.json", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(e, "%s: cannot make config.json", r->destination);
	out_init(&o, fd, buffer, sizeof buffer);
	int result = convert_config(&image.config, rootfd, &options, &o, e);
	if (result < 0)
		err_at(e, "%s: %s: config", r->source ? r->source : r->store, image.place);
	if (close(fd) < 0 && result == 0)
		result = err_sys(e, "%s: cannot write config.json", r->destination);
	return result;
}

static int fill_bundle(const struct image_request *r, const struct stage *s, struct err *e)
{
	if (fchmod(s->tree, s->mode) < 0 || mkdirat(s->tree, r->rootfs, 0755) < 0)
		return err_sys(e, "%s: cannot make %s", r->destination, r->rootfs);
	int rootfd = openat(s->tree, r->rootfs, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (rootfd < 0)
		return err_sys(e, "%s: cannot open %s", r->destination, r->rootfs);
	bool mounts = r->store && image_store_mounts();
	int users = mounts ? image_store_overlay(r, &image, s, e) : fill(r, s, rootfd, e) < 0 ? -1 : rootfd;
	int result = users < 0 ? -1 : write_config(r, s, users, e);
	if (mounts)
		io_close(users);
	io_close(rootfd);
	return result;
}

static int make(const struct image_request *r, bool bundle, const char *const *parts, struct err *e)
{
	struct stage s;
	if (load(r, e) < 0)
		return -1;
	mode_t umask_before = umask(0);
	int result = stage_open(&s, r->destination, parts, e) < 0 ? err_at(e, "%s", r->destination) : 0;
	if (result == 0) {
		s.attributes = !bundle;
		result = bundle ? fill_bundle(r, &s, e) : fill(r, &s, s.tree, e);
		if (interrupted())
			result = err_set(e, "%s: interrupted", r->destination);
		if (result < 0)
			stage_abandon(&s);
		else if (stage_commit(&s, e) < 0)
			result = err_at(e, "%s", r->destination);
	}
	umask(umask_before);
	image_unload(&image);
	if (r->store)
		image_store_end(r, result == 0 ? &image : 0);
	return result;
}

int image_type(const char *type, struct err *e)
{
	static const char *const types[] = { "imageLayout", "image", "imageZip" };
	return type && str_word(type, types, 3) < 0 ? err_set(e, "--type %.60s: expected imageLayout, image or imageZip", type) : 0;
}

int image_unpack(const struct image_request *r, struct err *e)
{
	interrupt_catch();
	return make(r, false, 0, e);
}

int image_bundle(const struct image_request *r, struct err *e)
{
	const char *const parts[] = { r->rootfs, "config.json", r->overlay ? "runlet-overlay" : 0, 0 };
	if (!*r->rootfs || strchr(r->rootfs, '/') || strcmp(r->rootfs, ".") == 0 || strcmp(r->rootfs, "..") == 0 || strcmp(r->rootfs, "config.json") == 0 || strcmp(r->rootfs, "runlet-overlay") == 0)
		return err_set(e, "--rootfs %.100s: expected the name of a directory in the bundle", r->rootfs);
	interrupt_catch();
	return make(r, true, r->into ? parts : 0, e);
}
