/* SPDX-License-Identifier: ISC */
/* Blobs of a layout that is written. */
#include "image/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/str.h"
#include "image/interrupt.h"

static int put_file(int dirfd, const char *name, const char *text, struct err *e)
{
	if (faccessat(dirfd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	return io_replace_file(dirfd, name, text, strlen(text), 0644, e);
}

int layout_make(int dirfd, struct err *e)
{
	if (flock(dirfd, LOCK_EX) < 0)
		return err_sys(e, "cannot lock it");
	int result = mkdirat(dirfd, "blobs", 0755) < 0 && errno != EEXIST ? err_sys(e, "cannot make blobs") :
	             put_file(dirfd, "index.json", "{\"schemaVersion\":2,\"manifests\":[]}\n", e) < 0 ||
	             put_file(dirfd, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}\n", e) < 0 ? -1 : 0;
	flock(dirfd, LOCK_UN);
	return result;
}

int layout_check_target(int dirfd, struct err *e)
{
	if (faccessat(dirfd, "oci-layout", F_OK, 0) < 0 && dir_is_empty(dirfd) != 1)
		return err_set(e, "is not an image layout");
	return layout_make(dirfd, e);
}

int blob_make_place(int dirfd, const char *digest, int64_t size, char path[320], struct err *e)
{
	struct stat st;
	if (digest_check(digest, e) < 0)
		return -1;
	if (!digest_blob_path(digest, path, 320))
		return err_set(e, "digest too long");
	if (fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) && st.st_size == size)
		return 1;
	char *slash = strrchr(path, '/');
	*slash = 0;
	int result = mkdirat(dirfd, path, 0755);
	*slash = '/';
	return result < 0 && errno != EEXIST ? err_sys(e, "cannot make a directory for %s", path) : 0;
}

int blob_copy_bytes(const struct source_blob *blob, int to, struct err *e)
{
	static LARGE struct source source;
	static LARGE uint8_t bytes[LIMIT_DECODE_BYTES];
	int64_t n = source_start(&source, blob, e);
	uint64_t written = 0;
	while (n >= 0 && (n = source_fill(&source, bytes, sizeof bytes, e)) > 0) {
		if (interrupted())
			return err_set(e, "interrupted");
		if (io_write(to, bytes, (size_t)n) < 0)
			return err_sys(e, "cannot write");
		/* the page cache is let go piece by piece: a small machine has no room for it */
		if (written / LIMIT_CACHE_BYTES != (written + (uint64_t)n) / LIMIT_CACHE_BYTES && fdatasync(to) == 0)
			posix_fadvise(to, 0, 0, POSIX_FADV_DONTNEED);
		written += (uint64_t)n;
	}
	return n < 0 ? -1 : 0;
}

/* The file that is written, locked: what a dead process left of it is written over; with a living one we wait. -1 with errno. */
static int open_new(int dirfd, const char *new_path)
{
	struct stat here, there;
	for (;;) {
		int fd = openat(dirfd, new_path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
		if (fd < 0)
			return -1;
		if (flock(fd, LOCK_EX) < 0 || fstat(fd, &here) < 0)
			return io_close(fd);
		if (fstatat(dirfd, new_path, &there, AT_SYMLINK_NOFOLLOW) == 0 && here.st_ino == there.st_ino && here.st_dev == there.st_dev)
			return fd;
		io_close(fd);   /* it became the blob */
	}
}

int blob_sync_place(int dirfd, char *path, struct err *e)
{
	*strrchr(path, '/') = 0;
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = fd < 0 || fsync(fd) < 0 ? err_sys(e, "cannot sync %s", path) : 0;
	io_close(fd);
	return result;
}

static int write_blob(const struct source_blob *blob, int dirfd, const char *path, struct err *e)
{
	char new_path[328];
	struct stat st;
	snprintf(new_path, sizeof new_path, "%s.new", path);
	int fd = open_new(dirfd, new_path);
	if (fd < 0)
		return err_sys(e, "cannot write %s", new_path);
	if (fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_size == (off_t)blob->size) {
		unlinkat(dirfd, new_path, 0);
		io_close(fd);
		return 0;
	}
	int result = ftruncate(fd, 0) < 0 ? err_sys(e, "cannot write %s", new_path) : blob_copy_bytes(blob, fd, e);
	if (result == 0 && fsync(fd) < 0)
		result = err_sys(e, "cannot write %s", new_path);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (result == 0 && renameat(dirfd, new_path, dirfd, path) < 0)
		result = err_sys(e, "cannot write %s", new_path);
	if (result < 0)
		unlinkat(dirfd, new_path, 0);
	io_close(fd);
	return result < 0 ? -1 : blob_sync_place(dirfd, new_path, e);
}

int blob_copy(const struct layout *from, const struct descriptor *d, int dirfd, struct err *e)
{
	char path[320];
	struct source_blob blob;
	int there = blob_make_place(dirfd, d->digest, d->size, path, e);
	if (there)
		return there < 0 ? -1 : 0;
	if (layout_open_blob(from, d, &blob, e) < 0)
		return -1;
	int result = write_blob(&blob, dirfd, path, e);
	io_close(blob.fd);
	return result;
}
