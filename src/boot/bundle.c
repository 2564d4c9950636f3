/* SPDX-License-Identifier: ISC */
/* A service's bundle, and its config: the image's, with what the service overrides (boot's form: args, env, cwd, user, data, files, rootfs). */
#include "boot/bundle.h"

#include <bearssl_hash.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/out.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/str.h"
#include "container/rootfs_overlay.h"
#include "image/users.h"
#include "kernel/mount_overlay.h"
#include "kernel/probe.h"
#include "spec/config.h"
#include "spec/mount.h"
#include "spec/table.h"

#define KEY_BYTES 1024       /* what a bundle was made of */
#define KEY_FILE "image"     /* beside config.json and rootfs */

static int directory(char *path, const char *base, const char *name, struct err *e)
{
	if (str_format(path, LIMIT_PATH_BYTES, e, "%s/%s", base, name) < 0)
		return -1;
	return mkdir(path, 0700) < 0 && errno != EEXIST ? err_sys(e, "cannot make %s", path) : 0;
}

/* index.json names all else by digest, so that its own says whether the image is the same. */
static int index_digest(const char *layout, char digest[2 * br_sha256_SIZE + 1], struct err *e)
{
	char path[LIMIT_PATH_BYTES], buffer[4096];
	unsigned char sum[br_sha256_SIZE];
	br_sha256_context sha;
	ssize_t n;
	if (str_format(path, sizeof path, e, "%s/index.json", layout) < 0)
		return -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "%s", path);
	br_sha256_init(&sha);
	while ((n = io_read(fd, buffer, sizeof buffer)) > 0)
		br_sha256_update(&sha, buffer, (size_t)n);
	io_close(fd);
	if (n < 0)
		return err_sys(e, "%s", path);
	br_sha256_out(&sha, sum);
	str_hex(sum, sizeof sum, digest);
	return 0;
}

/* runlet image bundle … in a process of its own: what it needs of memory goes with it. It prints its own errors. */
static int unpack(const struct service_image *image, const char *layout, const char *destination, const char *program, struct err *e)
{
	const char *argv[12] = { "runlet", "image", "bundle" };
	char digest[128];
	int n = 3;
	if (image->ref) {
		argv[n++] = "--ref";
		argv[n++] = image->ref;
	}
	if (image->digest) {
		if (str_format(digest, sizeof digest, e, "digest=%s", image->digest) < 0)
			return -1;
		argv[n++] = "--ref";
		argv[n++] = digest;
	}
	if (image->platform) {
		argv[n++] = "--platform";
		argv[n++] = image->platform;
	}
	argv[n++] = layout;
	argv[n] = destination;
	pid_t pid = fork();
	if (pid == 0) {
		execv(program, (char *const *)argv);
		_exit(127);
	}
	int status = pid < 0 ? -1 : proc_wait(pid);
	if (status < 0)
		return err_sys(e, "cannot start image bundle");
	return status ? err_set(e, "image bundle of %s failed (%d)", layout, status) : 0;
}

static int from_image(const struct slot *s, const struct device *d, const char *store, const char *program, const char *bundle, struct err *e)
{
	const struct service_image *image = s->service.image;
	const char *layout = image->layout ? image->layout : d->storage ? d->storage->layout : 0;
	char key[KEY_BYTES], had[KEY_BYTES], digest[2 * br_sha256_SIZE + 1];
	struct err unused;
	if (!layout)
		return err_set(e, "no image.layout, nor storage.layout in device.json");
	if (index_digest(layout, digest, e) < 0 ||
	    str_format(key, sizeof key, e, "%s %s %s %s\n", digest, image->ref ? image->ref : "", image->digest ? image->digest : "", image->platform ? image->platform : "") < 0)
		return -1;
	int fd = open(bundle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool same = fd >= 0 && io_read_file(fd, KEY_FILE, had, sizeof had, &unused) >= 0 && strcmp(had, key) == 0;
	io_close(fd);
	if (same)
		return 0;
	if ((fd = open(store, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return err_sys(e, "%s", store);
	int result = dir_remove_tree(fd, s->name, e);
	io_close(fd);
	if (result < 0 || unpack(image, layout, bundle, program, e) < 0)
		return -1;
	if ((fd = open(bundle, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return err_sys(e, "%s", bundle);
	result = io_replace_file(fd, KEY_FILE, key, strlen(key), 0644, e);   /* last: without it, the bundle is made anew */
	io_close(fd);
	return result;
}

/* What a config is made of, in one place: the document's arena takes all that is new. */
struct change {
	const struct slot *slot;
	const struct device *device;
	const char *bundle;
	char rootfs[LIMIT_PATH_BYTES];
	struct document document;
	struct config config;
	struct process process;
	struct user_spec user;
	struct err *e;
};

static int put_env(struct change *c)
{
	const struct strings *had = &c->process.env, *add = &c->slot->service.env;
	const char **items = ARENA_NEW(&c->document.arena, const char *, (size_t)had->count + add->count + 1, c->e);
	uint32_t count = 0;
	if (!items)
		return -1;
	for (uint32_t i = 0; i < had->count + add->count; i++) {
		const char *item = i < had->count ? had->items[i] : add->items[i - had->count];
		size_t name = strcspn(item, "=");
		uint32_t at = 0;
		while (at < count && (strncmp(items[at], item, name) != 0 || items[at][name] != '='))
			at++;
		items[at] = item;
		count += at == count;
	}
	c->process.env = (struct strings){ items, count };
	return 0;
}

static int put_user(struct change *c)
{
	static LARGE struct image_user found;
	int fd = open(c->rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(c->e, "%s", c->rootfs);
	int result = users_find(fd, c->slot->service.user, &found, c->e);
	io_close(fd);
	if (result < 0)
		return err_at(c->e, "user");
	c->user = c->process.user ? *c->process.user : (struct user_spec){ 0 };
	c->user.uid = found.uid;
	c->user.gid = found.gid;
	c->user.additionalGids = (struct numbers){ found.groups, found.group_count };
	c->process.user = &c->user;
	return 0;
}

static int make_directories(const char *path)
{
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), fd = path_make_dirs(root, path, 0755);
	io_close(root);
	io_close(fd);
	return fd;
}

/* Each Volume of the image, a tmpfs until now, is a directory below data, the service's own or one of its name below storage.data. */
static int put_data(struct change *c, struct mount *m)
{
	static const char *options[] = { "rbind", "rw", "nosuid", "nodev", 0 };
	const struct boot_storage *storage = c->device->storage;
	const char *own = c->slot->service.data, *all = storage && c->slot->service.image ? storage->data : 0;
	if (!(own || all) || !m->type || strcmp(m->type, "tmpfs") != 0 || str_starts(m->destination, "/dev"))
		return 0;
	char *source = own ? arena_printf(&c->document.arena, c->e, "%s%s", own, m->destination)
	                   : arena_printf(&c->document.arena, c->e, "%s/%s%s", all, c->slot->name, m->destination);
	if (!source)
		return -1;
	if (make_directories(source) < 0)
		return err_sys(c->e, "data: cannot make %s", source);
	m->type = "bind";
	m->source = source;
	m->options = (struct strings){ options, 4 };
	return 0;
}

static int put_mounts(struct change *c)
{
	static const char *const files[] = { "/etc/resolv.conf", "/etc/hosts", "/etc/hostname", "/etc/localtime" };
	static const char *options[] = { "bind", "ro", 0 };
	const struct strings *wanted = &c->slot->service.files;
	uint32_t count = c->config.mounts.count;
	struct mount *mounts = ARENA_NEW(&c->document.arena, struct mount, (size_t)count + COUNT_OF(files), c->e);
	if (!mounts)
		return -1;
	memcpy(mounts, c->config.mounts.items, count * sizeof *mounts);
	for (uint32_t i = 0; i < count; i++)
		if (put_data(c, &mounts[i]) < 0)
			return -1;
	for (size_t i = 0; i < COUNT_OF(files); i++)
		if (str_word(files[i] + 5, wanted->items, wanted->count) >= 0 || (str_word("auto", wanted->items, wanted->count) >= 0 && access(files[i], R_OK) == 0))
			mounts[count++] = (struct mount){ .destination = files[i], .source = files[i], .type = "bind", .options = { options, 2 } };
	c->config.mounts.items = mounts;
	c->config.mounts.count = count;
	return 0;
}

/* Writes to the root filesystem go to memory or to a directory: an overlay, in a mount namespace of this process's own, which goes with it. */
static int put_overlay(struct change *c, const char *state)
{
	const struct service_rootfs *r = c->slot->service.rootfs;
	char upper[LIMIT_PATH_BYTES], size[40] = "mode=755";
	if (!r || !r->overlay || *r->overlay == 'n')
		return 0;
	if (str_format(upper, sizeof upper, c->e, "%s/" ROOTFS_OVERLAY_FILE, c->bundle) < 0)
		return -1;
	if (access(upper, F_OK) == 0)
		return err_set(c->e, "rootfs.overlay: the bundle has one of its own (%s)", upper);
	bool memory = *r->overlay == 't';
	if ((memory ? directory(upper, state, "overlay", c->e) : str_format(upper, sizeof upper, c->e, "%s", r->overlay)) < 0 ||
	    (r->sizeBytes && str_format(size, sizeof size, c->e, "mode=755,size=%lld", (long long)r->sizeBytes) < 0))
		return -1;
	if (make_directories(upper) < 0 || unshare(CLONE_NEWNS) < 0 || mount(0, "/", 0, MS_SLAVE | MS_REC, 0) < 0 || (memory && mount("tmpfs", upper, "tmpfs", 0, size) < 0))
		return err_sys(c->e, "rootfs.overlay: %s", upper);
	int lower = open(c->rootfs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lower < 0)
		return err_sys(c->e, "%s", c->rootfs);
	int result = mount_overlay(&lower, 1, upper, false, c->rootfs, c->e);
	io_close(lower);
	if (result < 0)
		probe_need(FACILITY_OVERLAY, c->e);   /* names the kernel's option, where that is why */
	return result < 0 ? err_at(c->e, "rootfs.overlay") : 0;
}

static int write_config(struct change *c, const char *path)
{
	static LARGE char buffer[4096];
	struct out out;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(c->e, "%s", path);
	out_init(&out, fd, buffer, sizeof buffer);
	document_emit(&out, &config_object, &c->config, false);
	int result = out_flush(&out, c->e);
	io_close(fd);
	return result < 0 ? err_at(c->e, "%s", path) : 0;
}

static int override(struct change *c, const char *state, const char *path)
{
	DOCUMENT_REGIONS(region, LIMIT_BOOT_CONFIG_BYTES, LIMIT_BOOT_CONFIG_BYTES / 8, 4 * LIMIT_BOOT_CONFIG_BYTES);
	char file[LIMIT_PATH_BYTES];
	const struct service *s = &c->slot->service;
	DOCUMENT_INIT(&c->document, file, region);
	if (str_format(file, sizeof file, c->e, "%s/config.json", c->bundle) < 0 || document_read(&c->document, AT_FDCWD, file, c->e) < 0 ||
	    document_decode_first(&c->document, &config_object, &c->config, c->e) < 0)
		return -1;
	if (!c->config.process || !c->config.root)
		return err_set(c->e, "%s: no process or no root", file);
	const char *root = c->config.root->path;
	if (str_format(c->rootfs, sizeof c->rootfs, c->e, "%s%s%s", *root == '/' ? "" : c->bundle, *root == '/' ? "" : "/", root) < 0)
		return -1;
	c->process = *c->config.process;
	c->process.terminal = false;
	c->config.process = &c->process;
	if (s->args.count)
		c->process.args = s->args;
	if (s->cwd)
		c->process.cwd = s->cwd;
	if (put_env(c) < 0 || (s->user && put_user(c) < 0) || put_mounts(c) < 0 || put_overlay(c, state) < 0)
		return -1;
	return write_config(c, path);
}

int bundle_make(const struct slot *s, const struct device *d, const struct boot_place *place, char *bundle, char *config, struct err *e)
{
	static LARGE struct change c;
	char store[LIMIT_PATH_BYTES];
	c = (struct change){ .slot = s, .device = d, .bundle = bundle, .e = e };
	const char *named = s->service.bundle;
	if (!named && (d->storage && d->storage->store ? str_format(store, sizeof store, e, "%s", d->storage->store) : directory(store, place->state, "bundles", e)) < 0)
		return -1;
	if (str_format(bundle, LIMIT_PATH_BYTES, e, named ? "%s" : "%s/%s", named ? named : store, s->name) < 0 ||
	    (!named && from_image(s, d, store, place->program, bundle, e) < 0))
		return -1;
	if (directory(config, place->state, "configs", e) < 0)
		return -1;
	size_t used = strlen(config);
	return str_format(config + used, LIMIT_PATH_BYTES - used, e, "/%s.json", s->name) < 0 ? -1 : override(&c, place->state, config);
}
