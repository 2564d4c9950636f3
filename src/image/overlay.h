/* SPDX-License-Identifier: ISC */
/* Layers in the form that the kernel's overlay filesystem stacks: a whiteout is a character device 0:0, a directory that hides what is below it has an xattr
 * (Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories"). Here they are seen as one tree without mounting them. */
#ifndef IMAGE_OVERLAY_H
#define IMAGE_OVERLAY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include "base/err.h"
#include "base/limits.h"

/* Root's; an ordinary user's, for mounts with the option userxattr. */
#define OVERLAY_OPAQUE "trusted.overlay.opaque"
#define OVERLAY_OPAQUE_USER "user.overlay.opaque"

struct overlay {
	uint32_t count;
	int fd[LIMIT_LAYERS + 1];          /* the caller's; the first is the lowest */
};
struct overlay_found {
	int layer;                         /* the fd of the layer that it stands in */
	struct stat st;
};

bool overlay_is_whiteout(const struct stat *st);
bool overlay_is_opaque(int directory);
/* overlay_hide: makes directory opaque; overlay_whiteout: makes one. 0 or -1 with errno. */
int overlay_hide(int directory);
int overlay_whiteout(int directory, const char *name);
/* overlay_find: what stands at path ("" is the root), no symlink followed: whoever has one in it finds nothing. 0, or -1 with errno ENOENT, … */
int overlay_find(const struct overlay *o, const char *path, struct overlay_found *found);
/* overlay_resolve: path with its symlinks resolved inside the root; components that are not there stay as they are. 0, or -1 with errno: ELOOP, ENOTDIR, … */
int overlay_resolve(const struct overlay *o, const char *path, char resolved[LIMIT_PATH_BYTES]);
/* overlay_link: links the file at target, whose last component is not followed, to parent/name on the same filesystem. 0 or -1 with errno. */
int overlay_link(const struct overlay *o, const char *target, int parent, const char *name);

#endif
