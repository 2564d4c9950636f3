/* SPDX-License-Identifier: ISC */
/* What must wait for a layer's end: records of fixed head, path, NUL, and their own length once more, to be read backward. */
#include "image/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/path.h"

struct record {
	uint64_t inode;
	struct tar_time mtime, atime;
	uint32_t mode, length;             /* of all of it, the path, padding and the last word included */
};
#define RECORD_MAX (sizeof(struct record) + LIMIT_PATH_BYTES + 8 + sizeof(uint32_t))
_Static_assert(LIMIT_SPILL_BYTES >= RECORD_MAX, "the spill's buffer holds a record of any length");

int spill_start(struct spill *s, int directory, struct err *e)
{
	s->directory = directory;
	s->flushed = s->used = 0;
	if (s->fd >= 0 && (ftruncate(s->fd, 0) < 0 || lseek(s->fd, 0, SEEK_SET) < 0))
		return err_sys(e, "cannot empty the spill file");
	return 0;
}

static int flush(struct spill *s, struct err *e)
{
	static const char name[] = ".spill";
	if (s->fd < 0) {
		s->fd = openat(s->directory, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (s->fd < 0)
			return err_sys(e, "cannot make a spill file");
		unlinkat(s->directory, name, 0);
	}
	if (io_write(s->fd, s->buffer, s->used) < 0)
		return err_sys(e, "cannot write the spill file");
	s->flushed += s->used;
	s->used = 0;
	return 0;
}

int spill_directory(struct spill *s, const char *path, ino_t inode, mode_t mode, struct tar_time mtime, struct tar_time atime, struct err *e)
{
	size_t text = strlen(path) + 1;
	struct record r = { .inode = inode, .mtime = mtime, .atime = atime, .mode = mode };
	r.length = (uint32_t)(sizeof r + ((text + sizeof r.length + 7) & ~(size_t)7));
	if (text > LIMIT_PATH_BYTES)
		return err_set(e, "path too long");
	if (r.length > sizeof s->buffer - s->used && flush(s, e) < 0)
		return -1;
	uint8_t *at = s->buffer + s->used;
	memcpy(at, &r, sizeof r);
	memcpy(at + sizeof r, path, text);
	memcpy(at + r.length - sizeof r.length, &r.length, sizeof r.length);
	s->used += r.length;
	return 0;
}

/* Reads length bytes at a place of file and buffer together. */
static int read_at(struct spill *s, uint64_t at, void *to, size_t length, struct err *e)
{
	if (at >= s->flushed) {
		memcpy(to, s->buffer + (at - s->flushed), length);
		return 0;
	}
	if (pread(s->fd, to, length, (off_t)at) != (ssize_t)length)
		return err_sys(e, "cannot read the spill file");
	return 0;
}

/* The record at a place, its path behind it. */
static int fetch(struct spill *s, uint64_t at, struct record *r, char path[RECORD_MAX], struct err *e)
{
	if (read_at(s, at, r, sizeof *r, e) < 0)
		return -1;
	return read_at(s, at + sizeof *r, path, r->length - sizeof *r, e);
}

/* 1 with *fd; 0: something else stands there now; -1. */
static int open_same(int rootfd, const char *path, const struct record *r, int *fd, struct stat *st, struct err *e)
{
	*fd = path_open(rootfd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (*fd < 0 ? errno == ENOENT || errno == ENOTDIR || errno == ELOOP : fstat(*fd, st) == 0 && st->st_ino != r->inode) {
		io_close(*fd);
		return 0;
	}
	return *fd < 0 ? err_sys(e, "cannot open \"%.200s\"", path) : 1;
}

static int set_times(int fd, const struct record *r)
{
	const struct timespec times[2] = {
		{ .tv_sec = (time_t)r->atime.seconds, .tv_nsec = (long)r->atime.nanoseconds },
		{ .tv_sec = (time_t)r->mtime.seconds, .tv_nsec = (long)r->mtime.nanoseconds },
	};
	return futimens(fd, times);
}

static int forward(struct spill *s, int rootfd, struct err *e)
{
	struct record r;
	struct stat st;
	char path[RECORD_MAX];
	for (uint64_t at = 0; at < s->flushed + s->used; at += r.length) {
		if (fetch(s, at, &r, path, e) < 0)
			return -1;
		int fd, same = open_same(rootfd, path, &r, &fd, &st, e);
		if (same < 0)
			return -1;
		if (!same)
			continue;
		int result = set_times(fd, &r);
		io_close(fd);
		if (result < 0)
			return err_sys(e, "cannot set the times of \"%.200s\"", path);
	}
	return 0;
}

static int backward(struct spill *s, int rootfd, struct err *e)
{
	struct record r;
	struct stat st;
	char path[RECORD_MAX];
	for (uint64_t at = s->flushed + s->used; at; ) {
		uint32_t length;
		if (read_at(s, at - sizeof length, &length, sizeof length, e) < 0)
			return -1;
		at -= length;
		if (fetch(s, at, &r, path, e) < 0)
			return -1;
		if ((r.mode & 0700) == 0700)
			continue;
		int fd, same = open_same(rootfd, path, &r, &fd, &st, e);
		if (same < 0)
			return -1;
		if (!same)
			continue;
		/* not if a later entry of the same directory said otherwise */
		int result = st.st_mtime != (time_t)r.mtime.seconds || (st.st_mode & 07777) != (r.mode | 0700) ? 0 : fchmod(fd, r.mode);
		io_close(fd);
		if (result < 0)
			return err_sys(e, "cannot set the mode of \"%.200s\"", path);
	}
	return 0;
}

int spill_apply(struct spill *s, int rootfd, bool modes, struct err *e)
{
	if (forward(s, rootfd, e) < 0)
		return -1;
	return modes ? backward(s, rootfd, e) : 0;
}

void spill_close(struct spill *s)
{
	s->fd = io_close(s->fd);
}
