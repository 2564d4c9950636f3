/* SPDX-License-Identifier: ISC */
/* Whole reads and writes, small files, durable replacement. */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>
#include <linux/magic.h>

#include "base/limits.h"
#include "base/str.h"
#include "base/sys.h"

int io_close(int fd)
{
	if (fd >= 0) {
		int saved = errno;
		close(fd);
		errno = saved;
	}
	return -1;
}

unsigned io_later_most;
static int later[RUNTIME_LATER];   /* ascending */
static unsigned later_count;

int io_close_later(int fd)
{
	if (fd < 0 || !io_later_most)
		return io_close(fd);
	if (later_count >= io_later_most)
		io_close_pending();
	unsigned i = later_count++;
	for (; i && later[i - 1] > fd; i--)
		later[i] = later[i - 1];
	later[i] = fd;
	return -1;
}

void io_close_pending(void)
{
	for (unsigned i = 0, from; i < later_count; i++) {
		for (from = i; i + 1 < later_count && later[i + 1] == later[i] + 1; i++)
			;
		if (from == i || sys_close_range((unsigned)later[from], (unsigned)later[i], 0) < 0)
			while (from <= i)
				io_close(later[from++]);
	}
	later_count = 0;
}

void io_forget_pending(void)
{
	later_count = 0;
}

ssize_t io_read_some(int fd, void *buffer, size_t size)
{
	ssize_t n;
	do
		n = read(fd, buffer, size);
	while (n < 0 && errno == EINTR);
	return n;
}

ssize_t io_read(int fd, void *buffer, size_t size)
{
	size_t done = 0;
	while (done < size) {
		ssize_t n = io_read_some(fd, (char *)buffer + done, size - done);
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

int io_write(int fd, const void *bytes, size_t length)
{
	size_t done = 0;
	while (done < length) {
		ssize_t n = write(fd, (const char *)bytes + done, length - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

static ssize_t read_file(int dirfd, const char *path, char *buffer, size_t size, ssize_t (*read_by)(int, void *, size_t), struct err *e)
{
	/* O_NONBLOCK: a FIFO in a file's place must not hold us; it has no effect on regular files */
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return err_sys(e, "cannot open %s", path);
	ssize_t n = read_by(fd, buffer, size);
	io_close_later(fd);
	if (n < 0)
		return err_sys(e, "cannot read %s", path);
	if ((size_t)n == size)
		return err_num(e, E2BIG, "%s: more than %zu bytes", path, size - 1);
	buffer[n] = 0;
	return n;
}

ssize_t io_read_file(int dirfd, const char *path, char *buffer, size_t size, struct err *e)
{
	return read_file(dirfd, path, buffer, size, io_read, e);
}

ssize_t io_read_kernel_file(const char *path, char *buffer, size_t size, struct err *e)
{
	return read_file(AT_FDCWD, path, buffer, size, io_read_some, e);
}

int io_put(int fd, const char *text)
{
	ssize_t n;
	do
		n = write(fd, text, strlen(text));
	while (n < 0 && errno == EINTR);
	return n < 0 ? -1 : 0;
}

int io_write_file(int dirfd, const char *path, const char *text, struct err *e)
{
	int fd = openat(dirfd, path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_sys(e, "cannot open %s", path);
	int result = io_put(fd, text);
	io_close_later(fd);
	return result < 0 ? err_sys(e, "cannot write \"%s\" to %s", text, path) : 0;
}

static int sync_directory_of(int dirfd, const char *path, mode_t mode, struct err *e)
{
	char directory[LIMIT_PATH_BYTES];
	const char *slash = strrchr(path, '/');
	size_t length = slash ? (size_t)(slash - path) : 0;
	int fd = dirfd, result = 0;
	if (mode & IO_NO_SYNC)
		return 0;
	if (slash || dirfd == AT_FDCWD) {
		if (length >= sizeof directory)
			return err_num(e, ENAMETOOLONG, "%s", path);
		memcpy(directory, path, length);
		memcpy(directory + length, slash ? slash == path ? "/" : "" : ".", slash == path || !slash ? 2 : 1);
		fd = openat(dirfd, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd < 0 || fsync(fd) < 0)
		result = err_sys(e, "cannot sync the directory of %s", path);
	if (fd != dirfd)
		io_close(fd);
	return result;
}

bool io_in_memory(int fd)
{
	struct statfs fs;
	return fstatfs(fd, &fs) == 0 && (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC);
}

static int write_new(int dirfd, const char *path, const void *bytes, size_t length, mode_t mode)
{
	int fd = openat(dirfd, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode & 07777);
	if (fd < 0)
		return -1;
	int result = io_write(fd, bytes, length);
	if (result == 0 && !(mode & IO_NO_SYNC))
		result = fsync(fd);
	io_close_later(fd);
	return result;
}

int io_replace_file(int dirfd, const char *path, const void *bytes, size_t length, mode_t mode, struct err *e)
{
	char new_path[LIMIT_PATH_BYTES];
	if (str_format(new_path, sizeof new_path, e, "%s.new", path) < 0)
		return -1;
	if (write_new(dirfd, new_path, bytes, length, mode) == 0 && renameat(dirfd, new_path, dirfd, path) == 0)
		return sync_directory_of(dirfd, path, mode, e);
	err_sys(e, "cannot write %s", path);
	unlinkat(dirfd, new_path, 0);
	return -1;
}

int io_make_file(int dirfd, const char *path, const void *bytes, size_t length, mode_t mode, struct err *e)
{
	return write_new(dirfd, path, bytes, length, mode) < 0 ? err_sys(e, "cannot write %s", path) : sync_directory_of(dirfd, path, mode, e);
}
