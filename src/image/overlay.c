/* SPDX-License-Identifier: ISC */
/* Layers in overlay form, seen as one tree. */
#include "image/overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/io.h"
#include "base/path.h"

#define SYMLINKS_MAX 40   /* the kernel's MAXSYMLINKS */

bool overlay_is_whiteout(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(0, 0);
}

bool overlay_is_opaque(int directory)
{
	char path[PATH_PROC_BYTES], value;   /* by path: directory may be O_PATH */
	path_proc(directory, path);
	return (getxattr(path, OVERLAY_OPAQUE, &value, 1) == 1 || getxattr(path, OVERLAY_OPAQUE_USER, &value, 1) == 1) && value == 'y';
}

int overlay_hide(int directory)
{
	if (fsetxattr(directory, OVERLAY_OPAQUE, "y", 1, 0) == 0)
		return 0;
	return errno == EPERM ? fsetxattr(directory, OVERLAY_OPAQUE_USER, "y", 1, 0) : -1;
}

int overlay_whiteout(int directory, const char *name)
{
	return mknodat(directory, name, S_IFCHR, makedev(0, 0));
}

/* Takes the next component off *at. Its length; 0 at the end; -1 when it is too long. */
static int component(const char **at, char name[256])
{
	*at += strspn(*at, "/");
	size_t length = strcspn(*at, "/");
	if (length > 255)
		return errno = ENAMETOOLONG, -1;
	memcpy(name, *at, length);
	name[length] = 0;
	*at += length;
	return (int)length;
}

/* In one layer. 1: it is here; 0: it is not; then *hidden tells that lower layers do not matter either. -1 with errno. */
static int find_in(int layer, const char *path, struct stat *st, bool *hidden)
{
	char name[256], next_name[256];
	int here = layer, more, length = component(&path, name);
	if (length == 0)
		return fstat(layer, st) < 0 ? -1 : 1;
	for (; length > 0; length = more) {
		more = component(&path, next_name);
		if (fstatat(here, name, st, AT_SYMLINK_NOFOLLOW) < 0) {
			length = errno == ENOENT ? 0 : -1;
			break;
		}
		if (more == 0) {
			*hidden = overlay_is_whiteout(st);
			length = !*hidden;
			break;
		}
		int next = S_ISDIR(st->st_mode) ? openat(here, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
		if (here != layer)
			io_close(here);
		here = next;
		if (here < 0) {
			*hidden = !S_ISDIR(st->st_mode);
			return *hidden ? 0 : -1;
		}
		*hidden = *hidden || overlay_is_opaque(here);
		memcpy(name, next_name, sizeof name);
	}
	if (here != layer)
		io_close(here);
	return length;
}

int overlay_find(const struct overlay *o, const char *path, struct overlay_found *found)
{
	bool hidden = false;
	for (uint32_t i = o->count; i-- > 0 && !hidden; ) {
		int result = find_in(o->fd[i], path, &found->st, &hidden);
		found->layer = o->fd[i];
		if (result)
			return result < 0 ? -1 : 0;
	}
	return errno = ENOENT, -1;
}

struct resolution {
	size_t length;                     /* of the resolved part */
	int links;
	const char *at;                    /* in rest */
	char rest[2 * LIMIT_PATH_BYTES];
};

/* A symlink at resolved, which goes back to before it: its target comes before what is left. */
static int follow(struct resolution *r, const struct overlay_found *found, char *resolved, size_t before)
{
	char target[LIMIT_PATH_BYTES];
	size_t left = strlen(r->at) + 1;
	ssize_t n = readlinkat(found->layer, resolved, target, sizeof target);
	if (n < 0)
		return -1;
	if (++r->links > SYMLINKS_MAX)
		return errno = ELOOP, -1;
	if ((size_t)n >= sizeof target || (size_t)n + 1 + left > sizeof r->rest)
		return errno = ENAMETOOLONG, -1;
	memmove(r->rest + n + 1, r->at, left);
	memcpy(r->rest, target, (size_t)n);
	r->rest[n] = '/';
	r->at = r->rest;
	r->length = *target == '/' ? 0 : before;
	resolved[r->length] = 0;
	return 0;
}

int overlay_resolve(const struct overlay *o, const char *path, char resolved[LIMIT_PATH_BYTES])
{
	struct resolution r = { .at = r.rest };
	struct overlay_found found;
	char name[256];
	int length;
	if (strlen(path) >= LIMIT_PATH_BYTES)
		return errno = ENAMETOOLONG, -1;
	strcpy(r.rest, path);
	resolved[0] = 0;
	while ((length = component(&r.at, name)) > 0) {
		size_t before = r.length;
		if (strcmp(name, ".") == 0)
			continue;
		if (strcmp(name, "..") == 0) {
			char *slash = strrchr(resolved, '/');
			r.length = slash ? (size_t)(slash - resolved) : 0;
			resolved[r.length] = 0;
			continue;
		}
		if (r.length + (size_t)length + 2 > LIMIT_PATH_BYTES)
			return errno = ENAMETOOLONG, -1;
		if (r.length)
			resolved[r.length++] = '/';
		memcpy(resolved + r.length, name, (size_t)length + 1);
		r.length += (size_t)length;
		if (overlay_find(o, resolved, &found) < 0) {
			if (errno != ENOENT)
				return -1;
		} else if (S_ISLNK(found.st.st_mode)) {
			if (follow(&r, &found, resolved, before) < 0)
				return -1;
		} else if (!S_ISDIR(found.st.st_mode) && r.at[strspn(r.at, "/")]) {
			return errno = ENOTDIR, -1;
		}
	}
	return length;
}

int overlay_link(const struct overlay *o, const char *target, int parent, const char *name)
{
	char path[LIMIT_PATH_BYTES], resolved[LIMIT_PATH_BYTES];
	struct overlay_found found;
	const char *slash = strrchr(target, '/'), *last = slash ? slash + 1 : target;
	size_t length = (size_t)(last - target);
	if (length >= sizeof path)
		return errno = ENAMETOOLONG, -1;
	memcpy(path, target, length);
	path[length] = 0;
	if (overlay_resolve(o, path, resolved) < 0)
		return -1;
	length = strlen(resolved);
	if (length + strlen(last) + 2 > sizeof resolved)
		return errno = ENAMETOOLONG, -1;
	if (length)
		resolved[length++] = '/';
	strcpy(resolved + length, last);
	return overlay_find(o, resolved, &found) < 0 ? -1 : linkat(found.layer, resolved, parent, name, 0);
}
