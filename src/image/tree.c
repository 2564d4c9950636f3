/* SPDX-License-Identifier: ISC */
/* All directories of a tree. A level remembers how far its directory was read; it is opened again when the walk comes back to it. */
#include "image/tree.h"

#include <dirent.h>   /* DT_* alone */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/path.h"

void tree_start(struct tree *t, int root)
{
	t->root = root;
	t->fd = -1;
	t->depth = 0;
	t->path[0] = 0;
	t->level[0].length = 0;
	t->level[0].behind = 0;
}

void tree_close(struct tree *t)
{
	t->fd = io_close(t->fd);
}

const char *tree_name(const struct tree *t)
{
	const char *slash = strrchr(t->path, '/');
	return slash ? slash + 1 : t->path;
}

static int open_here(struct tree *t, struct err *e)
{
	io_close(t->fd);
	t->fd = path_open(t->root, t->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	return t->fd < 0 ? err_sys(e, "\"%.200s\": cannot open it", t->path) : 0;
}

static int enter(struct tree *t, const char *name, struct err *e)
{
	size_t length = t->level[t->depth].length, more = strlen(name);
	if (t->depth == LIMIT_TAR_DEPTH)
		return ERR_LIMIT(e, "directories in one another", LIMIT_TAR_DEPTH);
	if (length + more + 2 > sizeof t->path)
		return err_num(e, ENAMETOOLONG, "\"%.100s…\"", t->path);
	if (length)
		t->path[length++] = '/';
	memcpy(t->path + length, name, more + 1);
	t->depth++;
	t->level[t->depth].length = length + more;
	t->level[t->depth].behind = 0;
	t->entered = true;
	return open_here(t, e) < 0 ? -1 : TREE_ENTER;
}

static bool is_directory(int parent, const struct dir_entry *x)
{
	struct stat st;
	if (x->type != DT_UNKNOWN)
		return x->type == DT_DIR;
	return fstatat(parent, x->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

int tree_next(struct tree *t, struct err *e)
{
	struct dir d;
	struct dir_entry x;
	int found;
	if (t->fd < 0) {
		t->entered = true;
		return open_here(t, e) < 0 ? -1 : TREE_ENTER;
	}
	if (!t->entered) {
		if (!t->depth)
			return TREE_END;
		t->path[t->level[--t->depth].length] = 0;
		if (open_here(t, e) < 0)
			return -1;
	}
	dir_resume(&d, t->fd, t->level[t->depth].behind);
	while ((found = dir_next(&d, &x)) > 0) {
		t->level[t->depth].behind = x.behind;
		if (is_directory(t->fd, &x))
			return enter(t, x.name, e);
	}
	t->entered = false;
	return found < 0 ? err_sys(e, "\"%.200s\": cannot read it", t->path) : TREE_LEAVE;
}
