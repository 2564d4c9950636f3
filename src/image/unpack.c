/* SPDX-License-Identifier: ISC */
/* One layer's archive into one directory. */
#include "image/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/path.h"
#include "image/attributes.h"
#include "image/place.h"
#include "image/progress.h"
#include "image/whiteout.h"

static int put_content(int fd, struct tar *t, struct err *e)
{
	const struct tar_entry *x = &t->entry;
	const uint8_t *bytes;
	uint64_t offset, at = 0;
	int64_t n;
	while ((n = tar_data(t, &offset, &bytes, e)) > 0) {
		if (offset != at && lseek(fd, (off_t)offset, SEEK_SET) < 0)
			return err_sys(e, "cannot write it");
		if (io_write(fd, bytes, (size_t)n) < 0)
			return err_sys(e, "cannot write it");
		progress_tick(t->stream);
		at = offset + (uint64_t)n;
		tar_take(t, (uint32_t)n);
	}
	if (n == 0 && x->sparse && ftruncate(fd, (off_t)x->size) < 0)
		return err_sys(e, "cannot set its size");
	return (int)n;
}

static int put_file(struct unpack *u, struct tar *t, int parent, const char *name, struct err *e)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	/* an ordinary user sets xattrs of what he may write alone */
	mode_t mode = (t->entry.mode & 0777) | (u->privileged ? 0 : 0600);
	int fd = openat(parent, name, flags, mode);
	if (fd < 0 && errno == EEXIST) {
		if (place_clear(parent, name, e) < 0)
			return -1;
		fd = openat(parent, name, flags, mode);
	}
	if (fd < 0)
		return err_sys(e, "cannot make it");
	int result = put_content(fd, t, e);
	if (result == 0)
		result = attributes_set_fd(u, fd, &t->entry, true, 0, e);
	if (close(fd) < 0 && result == 0)
		result = err_sys(e, "cannot write it");
	return result;
}

/* A directory's own fd, made or found. */
static int make_dir(struct unpack *u, const struct tar_entry *x, int parent, const char *name, bool *found, struct err *e)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	mode_t mode = (x->mode & 0777) | (u->privileged ? 0 : 0700);
	*found = mkdirat(parent, name, mode) < 0;
	if (*found && errno != EEXIST)
		return err_sys(e, "cannot make it");
	int fd = openat(parent, name, flags);
	if (fd < 0 && *found && (errno == ENOTDIR || errno == ELOOP)) {
		*found = false;
		if (place_clear(parent, name, e) < 0)
			return -1;
		if (mkdirat(parent, name, mode) < 0)
			return err_sys(e, "cannot make it");
		fd = openat(parent, name, flags);
	}
	return fd < 0 ? err_sys(e, "cannot open it") : fd;
}

static int put_dir(struct unpack *u, const struct tar_entry *x, int parent, const char *name, struct err *e)
{
	ino_t inode;
	bool found = true;
	bool root = u->path[0] == '.' && !u->path[1];
	int fd = root ? openat(u->rootfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : make_dir(u, x, parent, name, &found, e);
	if (fd < 0)
		return root ? err_sys(e, "cannot open it") : -1;
	if ((found && u->lowerfd >= 0 && place_unmark(fd, WHITEOUT_IMPLIED, e) < 0) || (found && attributes_clear_xattrs(fd, e) < 0) ||
	    attributes_set_fd(u, fd, x, false, &inode, e) < 0 ||
	    spill_directory(&u->spill, u->path, inode, x->mode, x->mtime, x->atime, e) < 0) {
		io_close(fd);
		return -1;
	}
	if (root)
		io_close(fd);
	else
		place_keep(u, fd);
	return 0;
}

static int put_symlink(struct unpack *u, const struct tar_entry *x, int parent, const char *name, struct err *e)
{
	int result = symlinkat(x->link, parent, name);
	if (result < 0 && errno == EEXIST) {
		if (place_clear(parent, name, e) < 0)
			return -1;
		result = symlinkat(x->link, parent, name);
	}
	if (result < 0)
		return err_sys(e, "cannot make it");
	return attributes_set_at(u, parent, name, x, e);
}

static int put_node(struct unpack *u, const struct tar_entry *x, int parent, const char *name, struct err *e)
{
	mode_t type = x->type == TAR_CHAR ? S_IFCHR : x->type == TAR_BLOCK ? S_IFBLK : S_IFIFO;
	dev_t device = x->type == TAR_FIFO ? 0 : makedev(x->major, x->minor);
	if (u->lowers && type == S_IFCHR && !device)
		return err_set(e, "character device 0:0: in a store, overlay takes it for a whiteout");
	int result = mknodat(parent, name, type | x->mode, device);
	if (result < 0 && errno == EEXIST) {
		if (place_clear(parent, name, e) < 0)
			return -1;
		result = mknodat(parent, name, type | x->mode, device);
	}
	if (result < 0 && errno == EPERM && x->type != TAR_FIFO) {
		if (!u->warned_device)
			log_warn("\"%.200s\": devices cannot be made here and are left out", u->path);
		u->warned_device = true;
		return 0;
	}
	if (result < 0)
		return err_sys(e, "cannot make it");
	return attributes_set_at(u, parent, name, x, e);
}

/* Links u->target, resolved in rootfd, to parent/name. 0, or -1 with errno. */
static int link_from(struct unpack *u, int rootfd, int parent, const char *name)
{
	const char *last;
	int directory = path_open_parent(rootfd, u->target, 0, &last);
	if (directory < 0)
		return -1;
	int result = linkat(directory, last, parent, name, 0);
	io_close(directory);
	return result;
}

static bool not_there(const struct unpack *u, int result)
{
	return result < 0 && (errno == ENOENT || errno == ENOTDIR) && u->lowerfd >= 0;
}

/* The target is a file of this layer, or else one of the layers below it; symlinks of this layer may lead to those too. */
static int link_any(struct unpack *u, int parent, const char *name)
{
	static LARGE struct overlay both;
	int result = link_from(u, u->rootfd, parent, name);
	if (not_there(u, result) && !u->lowers) {
		both.count = 2;
		both.fd[0] = u->lowerfd;
		both.fd[1] = u->rootfd;
	}
	if (not_there(u, result))
		result = overlay_link(u->lowers ? u->lowers : &both, u->target, parent, name);
	return not_there(u, result) && !u->lowers ? link_from(u, u->lowerfd, parent, name) : result;
}

/* Whether target and parent/name are one file already. */
static bool linked(struct unpack *u, int parent, const char *name)
{
	struct stat a, b;
	int fd = path_open(u->rootfd, u->target, O_PATH | O_NOFOLLOW, 0);
	bool same = fd >= 0 && fstat(fd, &a) == 0 && fstatat(parent, name, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
	            a.st_ino == b.st_ino && a.st_dev == b.st_dev;
	io_close(fd);
	return same;
}

static int put_hard_link(struct unpack *u, const struct tar_entry *x, int parent, const char *name, struct err *e)
{
	int result = link_any(u, parent, name);
	if (result < 0 && errno == EEXIST) {
		if (linked(u, parent, name))
			return 0;
		if (place_clear(parent, name, e) < 0)
			return -1;
		result = link_any(u, parent, name);
	}
	if (result < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_num(e, errno, "hard link target \"%.200s\" is not in the root", x->link);
	return result < 0 ? err_sys(e, "cannot link it to \"%.200s\"", x->link) : 0;
}

static int put(struct unpack *u, struct tar *t, struct err *e)
{
	const struct tar_entry *x = &t->entry;
	const char *name = place_name(u->path);
	int parent = place_parent(u, e);
	if (parent < 0)
		return -1;
	switch (x->type) {
	case TAR_FILE: return put_file(u, t, parent, name, e);
	case TAR_DIR: return put_dir(u, x, parent, name, e);
	case TAR_SYMLINK: return put_symlink(u, x, parent, name, e);
	case TAR_HARD_LINK: return put_hard_link(u, x, parent, name, e);
	default: return put_node(u, x, parent, name, e);
	}
}

/* In the first layer there is nothing to be removed; in the others the mark stays until they are stacked. */
static int put_whiteout(struct unpack *u, struct err *e)
{
	if (u->lowerfd < 0)
		return 0;
	int parent = place_parent(u, e);
	if (parent < 0)
		return -1;
	u->marked = true;
	return place_mark(parent, place_name(u->path)) < 0 ? err_sys(e, "cannot make it") : 0;
}

/* Sets u->path and, of a hard link, u->target. */
static enum whiteout check(struct unpack *u, const struct tar_entry *x, struct err *e)
{
	if (place_clean(x->path, u->path, e) < 0)
		return WHITEOUT_BAD;
	enum whiteout found = whiteout_of(u->path, e);
	if (found != WHITEOUT_NONE)
		return found;
	if (strcmp(u->path, ".") == 0 && x->type != TAR_DIR)
		err_set(e, "the root of an image is a directory");
	else if (x->type != TAR_HARD_LINK)
		return found;
	else if (place_clean(x->link, u->target, e) < 0)
		err_at(e, "its target");
	else if (whiteout_of(u->target, e) == WHITEOUT_NONE)
		return found;
	else
		err_set(e, "hard link to a whiteout, \"%.200s\"", x->link);
	return WHITEOUT_BAD;
}

int unpack_check(struct unpack *u, const struct tar_entry *x, struct err *e)
{
	return check(u, x, e) == WHITEOUT_BAD ? err_at(e, "\"%.200s\"", x->path) : 0;
}

int unpack_entry(struct unpack *u, struct tar *t, struct err *e)
{
	const struct tar_entry *x = &t->entry;
	int result = 0;
	switch (check(u, x, e)) {
	case WHITEOUT_NONE:
		result = put(u, t, e);
		break;
	case WHITEOUT_FILE:
	case WHITEOUT_DIR:
		result = put_whiteout(u, e);
		break;
	case WHITEOUT_SKIP:
		log_debug("\"%.200s\": left out", x->path);
		break;
	case WHITEOUT_BAD:
		result = -1;
	}
	return result < 0 && !t->stream_failed ? err_at(e, "\"%.200s\"", x->path) : result;
}

int unpack_start(struct unpack *u, int spill_directory, struct err *e)
{
	u->privileged = geteuid() == 0;
	u->marked = false;
	u->parent = -1;
	return spill_start(&u->spill, spill_directory, e);
}

int unpack_finish(struct unpack *u, struct err *e)
{
	/* in a store an ordinary user goes on having to look into all directories */
	return spill_apply(&u->spill, u->rootfd, !u->privileged && !u->lowers, e);
}

void unpack_close(struct unpack *u)
{
	u->parent = io_close(u->parent);
}
