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
/* io_close_later: the same for a descriptor with close-on-exec that nobody waits for: kept for io_close_pending, which is called where io_later_most are kept already. A process that is
 * soon to execute something need not call that at all. Each close(2) is a system call; io_close_pending needs one for a whole row of descriptors (close_range(2)). */
extern unsigned io_later_most;   /* 0 at first: a process says how many it can spare, RUNTIME_LATER at most */
int io_close_later(int fd);
void io_close_pending(void);
/* io_forget_pending: for a child: what its parent kept so far stays open until it executes something; or for who has closed them all in another way. */
void io_forget_pending(void);
/* io_read_some: one read(2), again after EINTR. */
ssize_t io_read_some(int fd, void *buffer, size_t size);
/* io_read: reads until size bytes or end; retries EINTR. Returns the bytes read, or -1 with errno. */
ssize_t io_read(int fd, void *buffer, size_t size);
/* io_write: writes all; retries EINTR and short writes. Returns 0, or -1 with errno. */
int io_write(int fd, const void *bytes, size_t length);
/* io_put: text in one write(2), again after EINTR, as files of the kernel want it. 0, or -1 with errno. */
int io_put(int fd, const char *text);
/* io_read_file: the whole of dirfd/path into buffer[size], NUL-terminated (so at most size-1 bytes).
 * Returns the length; -1: "cannot open|read PATH: …", or E2BIG when it is longer ("PATH: more than N bytes"). */
ssize_t io_read_file(int dirfd, const char *path, char *buffer, size_t size, struct err *e);
/* io_read_kernel_file: the same of a file that the kernel gives whole to the first read(2) that has room for it, as those of cgroups: its end is not looked for. */
ssize_t io_read_kernel_file(const char *path, char *buffer, size_t size, struct err *e);
/* io_write_file: opens dirfd/path O_WRONLY (no create, no truncate: for /proc, /sys, cgroup files) and writes text in one write(2). 0 or -1: "cannot write PATH: …". */
int io_write_file(int dirfd, const char *path, const char *text, struct err *e);
/* io_replace_file: durable replacement: writes dirfd/path.new with mode, fsync, rename, fsync of the directory; a reader sees the old or the new
 * whole. 0 or -1 (path.new is removed). */
int io_replace_file(int dirfd, const char *path, const void *bytes, size_t length, mode_t mode, struct err *e);
/* io_make_file: the same of a file that nobody looks for until it is whole: written in its place. */
int io_make_file(int dirfd, const char *path, const void *bytes, size_t length, mode_t mode, struct err *e);
/* IO_NO_SYNC: of their mode: nothing is synced, since there is no disk (io_in_memory: whether fd is of a tmpfs or ramfs). */
#define IO_NO_SYNC 0x10000u
bool io_in_memory(int fd);

#endif
