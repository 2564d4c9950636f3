/* SPDX-License-Identifier: ISC */
/* Whole reads and writes, small files, durable replacement. */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"

/* io_close: close(2) keeping errno; fd < 0 is nothing. Returns -1, so that fd = io_close(fd) forgets it. */
int io_close(int fd);
/* io_read: reads until size bytes or end; retries EINTR. Returns the bytes read, or -1 with errno. */
ssize_t io_read(int fd, void *buffer, size_t size);
/* io_write: writes all; retries EINTR and short writes. Returns 0, or -1 with errno. */
int io_write(int fd, const void *bytes, size_t length);
/* io_read_file: the whole of dirfd/path into buffer[size], NUL-terminated (so at most size-1 bytes).
 * Returns the length; -1: "cannot open|read PATH: …", or E2BIG when it is longer ("PATH: more than N bytes"). */
ssize_t io_read_file(int dirfd, const char *path, char *buffer, size_t size, struct err *e);
/* io_write_file: opens dirfd/path O_WRONLY (no create, no truncate: for /proc, /sys, cgroup files) and writes text in one write(2). 0 or -1: "cannot write PATH: …". */
int io_write_file(int dirfd, const char *path, const char *text, struct err *e);
/* io_replace_file: durable replacement: writes dirfd/path.new with mode, fsync, rename, fsync of the directory; a reader sees the old or the new
 * whole. 0 or -1 (path.new is removed). */
int io_replace_file(int dirfd, const char *path, const void *bytes, size_t length, mode_t mode, struct err *e);

#endif
