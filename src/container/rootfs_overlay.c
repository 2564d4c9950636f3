/* SPDX-License-Identifier: ISC */
/* A root filesystem mounted from an image store's layers. `runlet image bundle --overlay` writes the file. */
#include "container/rootfs_overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/str.h"
#include "container/namespaces.h"
#include "kernel/mount_overlay.h"

struct layers {
	const char *upper;
	bool userxattr;
	int directory;                     /* of the store's layers */
	uint32_t count;
	int fd[LIMIT_LAYERS];
};

bool rootfs_overlay_wanted(const struct container *c)
{
	return c->bundle_fd >= 0 && faccessat(c->bundle_fd, ROOTFS_OVERLAY_FILE, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int open_store(struct layers *l, const char *store, struct err *e)
{
	char path[LIMIT_PATH_BYTES];
	if (l->directory >= 0 || str_format(path, sizeof path, e, "%s/layers", store) < 0)
		return err_set(e, "store: not one path");
	l->directory = openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return l->directory < 0 ? err_sys(e, "cannot open the store %s", store) : 0;
}

static int open_layer(struct layers *l, const char *name, struct err *e)
{
	if (l->count == LIMIT_LAYERS)
		return ERR_LIMIT(e, "layers", LIMIT_LAYERS);
	if (l->directory < 0 || strchr(name, '/') || *name == '.')
		return err_set(e, "layer=%.100s: expected a name, behind store=", name);
	l->fd[l->count] = openat(l->directory, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return l->fd[l->count] < 0 ? err_sys(e, "cannot open the layer %s", name) : (int)(l->count++, 0);
}

static int read_line(struct layers *l, char *line, struct err *e)
{
	if (str_starts(line, "store="))
		return open_store(l, line + 6, e);
	if (str_starts(line, "layer="))
		return open_layer(l, line + 6, e);
	if (str_starts(line, "upper=/"))
		l->upper = line + 6;
	else if (strcmp(line, "userxattr=1") == 0)
		l->userxattr = true;
	else
		return err_set(e, "unknown line \"%.60s\"", line);
	return 0;
}

static int mount_layers(struct container *c, struct layers *l, struct err *e)
{
	if (!l->count)
		return err_set(e, "no layer");
	if (!namespace_new(c, NS_MOUNT))
		return err_set(e, "no mount namespace of its own");
	/* the kernel does not show trusted.* to a user namespace: directories that hide others would show them */
	if (namespace_own(c, NS_USER) && !l->userxattr)
		return err_set(e, "not in a user namespace: make the bundle without --overlay");
	if (mount_overlay(l->fd, l->count, l->upper, l->userxattr, c->rootfs, e) < 0)
		return -1;
	io_close(c->rootfs_fd);
	c->rootfs_fd = openat(AT_FDCWD, c->rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return c->rootfs_fd < 0 ? err_sys(e, "cannot open it") : 0;
}

int rootfs_overlay_mount(struct container *c, struct err *e)
{
	static LARGE char text[LIMIT_OVERLAY_BYTES];
	static LARGE struct layers l;
	int result = io_read_file(c->bundle_fd, ROOTFS_OVERLAY_FILE, text, sizeof text, e) < 0 ? -1 : 0;
	l.directory = -1;
	for (char *line = text, *end; result == 0 && *line; line = end + 1) {
		end = line + strcspn(line, "\n");
		if (!*end)
			result = err_set(e, "a line without its end");
		*end = 0;
		if (result == 0)
			result = read_line(&l, line, e);
	}
	if (result == 0)
		result = mount_layers(c, &l, e);
	while (l.count)
		io_close(l.fd[--l.count]);
	io_close(l.directory);
	return result < 0 ? err_at(e, ROOTFS_OVERLAY_FILE) : 0;
}
