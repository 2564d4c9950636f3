/* SPDX-License-Identifier: ISC */
/* The durable record: what is written is read back, whole, and a half of it is an error. The store: making, locking, removing. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "container/record.h"
#include "container/store.h"
#include "tap.h"

static char directory[] = "/tmp/runlet-unit-record.XXXXXX";

static const struct record sample = {
	.ociVersion = "1.3.0", .id = "web", .bundle = "/b \"quoted\" \\ \xc3\xa9\n", .rootfs = "/b/rootfs", .time = "2026-01-02T03:04:05.000000006Z",
	.config = "sha256:00", .owner = 4294967295u, .pid = 2147483647, .startTime = 18446744073709551615u, .cgroups = "1 2 3 /a\n4 5 6 /b\n", .resctrl = "/sys/fs/resctrl/x",
	.annotations = true, .poststart = false, .poststop = true, .notifies = true, .sharedPids = false, .hostMounts = true,
};

static void round_trip(int fd)
{
	struct err e;
	struct record out = sample, in;
	is_int(record_write(fd, &out, &e), 0, "a record is written");
	is_int(record_read(fd, &in, &e), 0, "and read");
	is_str(in.id, sample.id, "id");
	is_str(in.bundle, sample.bundle, "a path with all that needs escaping");
	is_str(in.rootfs, sample.rootfs, "rootfs");
	is_str(in.time, sample.time, "time");
	is_str(in.cgroups, sample.cgroups, "cgroups");
	is_str(in.resctrl, sample.resctrl, "resctrl");
	ok(in.owner == sample.owner && in.pid == sample.pid && in.startTime == sample.startTime, "the largest numbers");
	ok(in.annotations && !in.poststart && in.poststop && in.notifies && !in.sharedPids && in.hostMounts, "each flag for itself");
	struct stat st;
	ok(fstatat(fd, STORE_RECORD, &st, 0) == 0 && (st.st_mode & 07777) == 0600, "nobody else may read it");
	ok(faccessat(fd, STORE_RECORD ".new", F_OK, 0) < 0, "no temporary file is left");
}

static void zeros(int fd)
{
	struct err e;
	struct record out = { .ociVersion = "", .id = "", .bundle = "", .rootfs = "", .time = "", .config = "", .cgroups = "", .resctrl = "" }, in = sample;
	is_int(record_write(fd, &out, &e), 0, "a record of zeros and empty strings is written");
	struct record later = sample;
	ok(record_read(fd, &later, &e) == 0 && later.pid == sample.pid, "as the first one, beside one that knows the pid, and counts");
	unlinkat(fd, STORE_RECORD, 0);
	ok(record_read(fd, &in, &e) == 0 && in.pid == 0 && in.owner == 0 && !in.annotations && in.id && !*in.id, "and read as what it is");
}

static void broken(int fd)
{
	char text[RECORD_BYTES];
	struct err e;
	struct record out = sample, in;
	record_write(fd, &out, &e);
	ssize_t length = io_read_file(fd, STORE_RECORD, text, sizeof text, &e);
	ok(length > 100, "the record as bytes");
	int refused = 0, first = 0;
	for (ssize_t cut = 0; cut < length; cut++) {
		int file = openat(fd, STORE_RECORD, O_WRONLY | O_TRUNC | O_CLOEXEC);
		io_write(file, text, (size_t)cut);
		close(file);
		first += record_read(fd, &in, &e) == 0 && in.pid == 0;
		renameat(fd, STORE_CREATING, fd, "aside");
		refused += record_read(fd, &in, &e) == -1 && e.number != ENOENT;
		renameat(fd, "aside", fd, STORE_CREATING);
	}
	is_int(refused, length, "a record that is cut anywhere is an error, not a missing one");
	is_int(first, length, "and none as long as the first is there");
	unlinkat(fd, STORE_RECORD, 0);
	close(openat(fd, STORE_CREATING, O_WRONLY | O_TRUNC | O_CLOEXEC));
	ok(record_read(fd, &in, &e) == -1 && e.number == ENOENT, "one that was not begun is missing");
	unlinkat(fd, STORE_CREATING, 0);
	ok(record_read(fd, &in, &e) == -1 && e.number == ENOENT, "a missing one is missing");
}

static void too_long(int fd)
{
	static char path[RECORD_BYTES];
	struct err e;
	struct record out = sample;
	memset(path, 'x', sizeof path - 1);
	out.bundle = path;
	ok(record_write(fd, &out, &e) == -1 && strstr(e.text, "RECORD_BYTES"), "one that is too long names its limit");
}

static void store(int root)
{
	struct err e;
	int fd = store_make(root, "one", &e);
	ok(fd >= 0, "a container's directory is made");
	ok(store_make(root, "one", &e) == -1 && strcmp(e.text, "container \"one\" already exists") == 0, "a second one of the name is refused");
	int other = store_open(root, "one", &e);
	ok(store_try_lock(other, "one", &e) == -1 && e.number == EWOULDBLOCK, "it is locked by who made it");
	store_unlock(fd);
	is_int(store_try_lock(other, "one", &e), 0, "and free after store_unlock");
	close(openat(fd, "left", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	is_int(store_remove(root, fd, "one", &e), 0, "it is removed with what is in it");
	store_unlock(other);
	ok(store_lock(fd, "one", &e) == -1 && e.number == ENOENT, "who waited for the lock of a removed one gets to know");
	is_int(store_remove(root, -1, "one", &e), 0, "removing a missing one is success");
	ok(store_open(root, "one", &e) == -1 && e.number == ENOENT && strcmp(e.text, "container \"one\" does not exist") == 0, "it does not exist");
	close(fd);
	close(other);
}

static void roots(void)
{
	char path[200];
	struct err e;
	struct stat st;
	snprintf(path, sizeof path, "%s/a/b/c", directory);
	ok(store_open_root(path, false, &e) == -1 && e.number == ENOENT, "a root is not made where it is only looked for");
	int fd = store_open_root(path, true, &e);
	ok(fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 07777) == 0700, "a root is made private");
	close(fd);
	snprintf(path, sizeof path, "%s/a", directory);
	ok(stat(path, &st) == 0 && (st.st_mode & 0077) != 0, "what is above it is not");
	for (const char *const *below = (const char *const[]){ "/a/b/c", "/a/b", "/a", 0 }; *below; below++) {
		snprintf(path, sizeof path, "%s%s", directory, *below);
		rmdir(path);
	}
}

int main(void)
{
	if (!mkdtemp(directory))
		return 1;
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	umask(022);
	round_trip(fd);
	zeros(fd);
	broken(fd);
	too_long(fd);
	store(fd);
	roots();
	close(fd);
	ok(rmdir(directory) == 0, "nothing is left");
	return done_testing();
}
