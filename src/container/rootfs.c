/* SPDX-License-Identifier: ISC */
/* The container's file system (runtime-spec, config.md "Root", "Mounts"; config-linux.md "Default Filesystems", "Devices", "Masked Paths"). */
#include "container/rootfs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/path.h"
#include "base/str.h"
#include "container/namespaces.h"
#include "container/sources.h"
#include "kernel/dev.h"
#include "kernel/mask.h"
#include "kernel/mount.h"
#include "kernel/mount_cgroup.h"
#include "kernel/mountinfo.h"
#include "kernel/root.h"

static int propagation_of(const struct container *c, unsigned long *propagation, struct err *e)
{
	const char *word = c->config.linux_ ? c->config.linux_->rootfsPropagation : 0;
	*propagation = 0;
	if (!word || !*word)
		return 0;
	*propagation = mount_propagation(word);
	return *propagation ? 0 : err_set(e, "linux.rootfsPropagation: \"%s\" is unknown", word);
}

/* In a mount namespace that others use too, nothing but the rootfs may change: no pivot_root, and "/" keeps its propagation. One that is to be read-only must be a mount. */
int rootfs_prepare(struct container *c, struct err *e)
{
	unsigned long propagation;
	if (propagation_of(c, &propagation, e) < 0)
		return -1;
	umask(0);   /* modes of devices and mount points are meant as they are; process_user sets the program's */
	if (namespace_new(c, NS_MOUNT))
		c->rootfs_fd = root_prepare(c->rootfs, propagation, e);
	else if (c->config.root->readonly && mount(c->rootfs, c->rootfs, 0, MS_BIND | MS_REC, 0) < 0)
		err_sys(e, "cannot bind rootfs \"%s\"", c->rootfs);
	else if ((c->rootfs_fd = openat(AT_FDCWD, c->rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
		err_sys(e, "rootfs \"%s\"", c->rootfs);
	return c->rootfs_fd < 0 ? -1 : 0;
}

/* Sources of mounts are relative to the bundle; by its path, since our fd of it belongs to the runtime's mount namespace, which nothing can be bound from. */
static int enter_bundle(const struct container *c, struct err *e)
{
	return chdir(c->bundle) < 0 ? err_sys(e, "cannot enter the bundle %s", c->bundle) : 0;
}

/* The specification: a relative destination is taken from "/". One that begins with the path of the rootfs is inside it, as runc has it. */
int rootfs_destination(const struct container *c, const char *destination, char clean[LIMIT_PATH_BYTES], struct err *e)
{
	size_t length = strlen(c->rootfs);
	if (length > 1 && strncmp(destination, c->rootfs, length) == 0 && destination[length] == '/')
		destination += length;
	clean[0] = '/';
	if (path_clean(destination, clean + (*destination != '/'), LIMIT_PATH_BYTES - 1) < 0)
		return err_sys(e, "destination");
	return 0;
}

/* A filesystem that has no source, and knows nothing of networks. */
static bool is_simple(const char *type)
{
	static const char *const types[] = { "", "proc", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2", "none" };
	return str_word(type, types, sizeof types / sizeof *types) >= 0;
}

static int mount_one(struct container *c, uint32_t index, struct err *e)
{
	const struct mount *m = &c->config.mounts.items[index];
	const char *propagation = c->config.linux_ ? c->config.linux_->rootfsPropagation : 0;
	static LARGE struct mount_options options;
	char destination[LIMIT_PATH_BYTES];
	mount_options_clear(&options);
	for (uint32_t i = 0; i < m->options.count; i++)
		if (mount_option_add(&options, m->options.items[i], e) < 0)
			return err_at(e, "options[%u]", (unsigned)i);
	if (rootfs_destination(c, m->destination, destination, e) < 0)
		return -1;
	const char *type = m->type ? m->type : "";
	if (strcmp(type, "bind") == 0 || strcmp(type, "rbind") == 0)
		options.flags |= MS_BIND | (*type == 'r' ? MS_REC : 0);
	bool bind = options.flags & MS_BIND;
	if (!mount_proc_allowed(destination, bind || strcmp(type, "proc") == 0))
		return err_set(e, "nothing may be mounted inside /proc");
	/* of a container that lives, the runtime opens the sources: the bundle can't be seen from here */
	if (!c->live && (bind ? m->source && *m->source != '/' : !is_simple(type) && strcmp(type, "sysfs") != 0) && enter_bundle(c, e) < 0)
		return -1;
	struct mount_request r = {
		.root_fd = c->rootfs_fd, .destination = destination, .source = m->source, .source_fd = -1, .userns_fd = -1, .type = type, .options = &options,
		.label = c->config.linux_ ? c->config.linux_->mountLabel : 0,
		.alone = namespace_new(c, NS_MOUNT) && !(propagation && strstr(propagation, "shared")),
		.delay_readonly = !bind && strcmp(destination, "/dev") == 0,
	};
	bool cgroups = strcmp(type, "cgroup") == 0 && !bind;
	if (cgroups && !c->cgroup.count)
		r.type = r.source = "tmpfs";   /* --cgroup-manager disabled, or a kernel without any: there is nothing to show */
	else if (cgroups && c->live)
		return err_set(e, "type cgroup: only when a container is made");
	else if (cgroups)
		return mount_cgroup(&r, &c->cgroup, namespace_own(c, NS_CGROUP), e);
	if (sources_take(c, index, &r, &options, e) < 0)
		return -1;
	int result = mount_apply(&r, e);
	io_close(r.source_fd);
	return result;
}

static bool has_option(const struct mount *m, const char *word)
{
	for (uint32_t i = 0; i < m->options.count; i++)
		if (strcmp(m->options.items[i], word) == 0)
			return true;
	return false;
}

static bool is_bind(const struct mount *m)
{
	return has_option(m, "bind") || has_option(m, "rbind") || (m->type && (strcmp(m->type, "bind") == 0 || strcmp(m->type, "rbind") == 0));
}

/* Whether a mount takes the network namespace of who makes it: sysfs, network filesystems, and what we don't know. */
static bool takes_network(const struct mount *m)
{
	return !is_simple(m->type ? m->type : "") && !is_bind(m);
}

static uint32_t first_later(const struct container *c)
{
	uint32_t i = 0;
	while (i < c->config.mounts.count && !takes_network(&c->config.mounts.items[i]))
		i++;
	return namespace_network_beside(c) ? i : c->config.mounts.count;
}

uint32_t rootfs_first_later_mount(const struct container *c)
{
	return first_later(c);
}

bool rootfs_has_later_mounts(const struct container *c)
{
	return first_later(c) < c->config.mounts.count;
}

/* Both clean and absolute: the same, or one inside the other. */
static bool related(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (!*a && (!*b || *b == '/')) || (!*b && *a == '/') || (!*a && a[-1] == '/');
}

bool rootfs_settled(const struct container *c, const char *directory)
{
	char destination[LIMIT_PATH_BYTES];
	struct err unused;
	for (uint32_t i = first_later(c); i < c->config.mounts.count; i++)
		if (rootfs_destination(c, c->config.mounts.items[i].destination, destination, &unused) < 0 || related(destination, directory))
			return false;
	return true;
}

int rootfs_mount(struct container *c, uint32_t index, struct err *e)
{
	return mount_one(c, index, e) < 0 ? err_at(e, "mounts[%u] \"%s\"", (unsigned)index, c->config.mounts.items[index].destination) : 0;
}

static int mount_range(struct container *c, uint32_t from, uint32_t to, struct err *e)
{
	for (uint32_t i = from; i < to; i++)
		if (rootfs_mount(c, i, e) < 0)
			return -1;
	return 0;
}

int rootfs_mounts(struct container *c, struct err *e)
{
	return mount_range(c, 0, first_later(c), e);
}

int rootfs_later_mounts(struct container *c, struct err *e)
{
	return mount_range(c, first_later(c), c->config.mounts.count, e);
}

/* The last mount on /dev, or 0. */
static const struct mount *dev_mount(const struct container *c)
{
	char destination[LIMIT_PATH_BYTES];
	struct err unused;
	for (uint32_t i = c->config.mounts.count; i-- > 0; )
		if (rootfs_destination(c, c->config.mounts.items[i].destination, destination, &unused) == 0 && strcmp(destination, "/dev") == 0)
			return &c->config.mounts.items[i];
	return 0;
}

struct dev_node rootfs_node(const struct device_node *d)
{
	return (struct dev_node){
		.path = d->path, .type = *d->type == 'u' ? 'c' : *d->type, .major = (uint32_t)d->major, .minor = (uint32_t)d->minor,
		.mode = spec_has(&device_node_object, d, "fileMode") ? d->fileMode & 07777 : 0666, .uid = d->uid, .gid = d->gid,
	};
}

static int make_device(struct container *c, uint32_t index, struct err *e)
{
	struct dev_node node = rootfs_node(&c->config.linux_->devices.items[index]);
	int made = -1;
	if (node.type != 'p' && sources_device(c, index, &made, e) < 0)
		return -1;
	int result = dev_make(c->rootfs_fd, &node, namespace_own(c, NS_USER), made, e);
	io_close(made);
	return result;
}

/* A bind on /dev is the host's or another's: it is complete, and nothing is put there. */
int rootfs_devices(struct container *c, struct err *e)
{
	const struct linux_config *l = c->config.linux_;
	const struct mount *dev = dev_mount(c);
	bool bound = dev && is_bind(dev);
	for (uint32_t i = 0; l && i < l->devices.count; i++)
		if (make_device(c, i, e) < 0)
			return err_at(e, "linux.devices[%u]", (unsigned)i);
	if (!bound && dev_populate(c->rootfs_fd, namespace_own(c, NS_USER), e) < 0)
		return -1;
	return c->config.process->terminal ? 0 : rootfs_protect_dev(c, e);
}

int rootfs_protect_dev(struct container *c, struct err *e)
{
	const struct mount *dev = dev_mount(c);
	return dev && !is_bind(dev) && has_option(dev, "ro") ? mount_readonly(c->rootfs_fd, "/dev", e) : 0;
}

int rootfs_cwd(struct container *c, struct err *e)
{
	int fd = path_make_dirs(c->rootfs_fd, c->config.process->cwd, 0755);
	/* what can't be made here may still be there for the program's user: chdir will say */
	if (fd < 0 && errno != EROFS && errno != EACCES && errno != EPERM)
		return err_sys(e, "process.cwd \"%s\"", c->config.process->cwd);
	io_close(fd);
	return 0;
}

static bool listed(const char **list, size_t count, const char *path)
{
	while (count--)
		if (strcmp(list[count], path) == 0)
			return true;
	return false;
}

/* Those paths that are in /proc, or those that are not, each once. */
static int choose(struct container *c, const struct strings *from, bool in_proc, struct mask_list *chosen, struct err *e)
{
	const char **paths = ARENA_NEW(&c->document->arena, const char *, from->count + 1, e);
	*chosen = (struct mask_list){ .paths = paths, .seen = ARENA_NEW(&c->document->arena, unsigned char, from->count + 1, e) };
	if (!chosen->seen || !paths)
		return -1;
	for (uint32_t i = 0; i < from->count; i++)
		if (str_starts(from->items[i], "/proc/") == in_proc && !listed(paths, chosen->count, from->items[i]))
			paths[chosen->count++] = from->items[i];
	return 0;
}

static int mask(struct container *c, bool in_proc, struct err *e)
{
	const struct linux_config *l = c->config.linux_;
	struct mask_list lists[2];
	if (choose(c, &l->readonlyPaths, in_proc, &lists[0], e) < 0 || choose(c, &l->maskedPaths, in_proc, &lists[1], e) < 0)
		return -1;
	if (in_proc)
		mask_look(c->rootfs_fd, lists, 2);
	if (mask_readonly(c->rootfs_fd, &lists[0], e) < 0)
		return err_at(e, "linux.readonlyPaths");
	if (mask_paths(c->rootfs_fd, &lists[1], e) < 0)
		return err_at(e, "linux.maskedPaths");
	return 0;
}

int rootfs_proc_masks(struct container *c, struct err *e)
{
	return mask(c, true, e);
}

int rootfs_other_masks(struct container *c, struct err *e)
{
	return mask(c, false, e);
}

int rootfs_pivot(struct container *c, struct err *e)
{
	unsigned long propagation;
	if (propagation_of(c, &propagation, e) < 0)
		return -1;
	if (!namespace_new(c, NS_MOUNT)) {
		if (fchdir(c->rootfs_fd) < 0 || chroot(".") < 0)
			return err_sys(e, "cannot chroot to the rootfs");
		return 0;
	}
	return c->options.no_pivot ? root_move(c->rootfs_fd, e) : root_pivot(c->rootfs_fd, propagation, e);
}

int rootfs_finish(struct container *c, struct err *e)
{
	unsigned long propagation;
	if (propagation_of(c, &propagation, e) < 0)
		return -1;
	return root_finish(namespace_new(c, NS_MOUNT) ? propagation : 0, c->config.root->readonly, e);
}

struct below { const char *root; size_t length; uint32_t on_root; char last[LIMIT_PATH_BYTES]; };

static int keep_last(void *context, const struct mountinfo *m)
{
	struct below *b = context;
	if (strncmp(m->mount_point, b->root, b->length) != 0)
		return 0;
	if (!m->mount_point[b->length])
		b->on_root++;
	else if (m->mount_point[b->length] == '/' && strlen(m->mount_point) < sizeof b->last)
		strcpy(b->last, m->mount_point);
	return 0;
}

static int look_below(struct below *b, const char *root, struct err *e)
{
	b->root = root;
	b->length = strlen(root);
	b->on_root = 0;
	b->last[0] = 0;
	return mountinfo_self(keep_last, b, e);
}

int rootfs_count(const char *rootfs, uint32_t *mounts, struct err *e)
{
	struct below b;
	int result = look_below(&b, rootfs, e);
	*mounts = b.on_root;
	return result;
}

/* The last line below rootfs is a mount on which no other one lies. */
int rootfs_unmount(struct container *c, struct err *e)
{
	if (!c->record.hostMounts)
		return 0;
	for (;;) {
		struct below b;
		if (look_below(&b, c->record.rootfs, e) < 0)
			return -1;
		const char *last = b.last[0] ? b.last : b.on_root > c->record.rootMounts ? b.root : 0;
		if (!last)
			return 0;
		if (umount2(last, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
			return err_sys(e, "cannot unmount %s", last);
	}
}
