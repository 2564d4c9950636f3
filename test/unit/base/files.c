/* SPDX-License-Identifier: ISC */
/* base: io, dir, path (openat2 and the walk behind it, which must agree), proc. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/path.h"
#include "base/path_walk.h"
#include "base/proc.h"
#include "base/sys.h"
#include "tap.h"

static int top;   /* a fresh directory */

static void test_io(void)
{
	char text[16];
	struct err e;
	is_int(io_replace_file(top, "f", "hello", 5, 0640, &e), 0, "a file is made");
	is_int(io_read_file(top, "f", text, sizeof text, &e), 5, "and read");
	is_str(text, "hello", "its content");
	is_int(io_replace_file(top, "f", "0123456789abcde", 15, 0640, &e), 0, "it is replaced");
	is_int(io_read_file(top, "f", text, sizeof text, &e), 15, "the largest that fits is read");
	is_int(io_replace_file(top, "f", "0123456789abcdef", 16, 0640, &e), 0, "one byte more");
	is_int(io_read_file(top, "f", text, sizeof text, &e), -1, "is refused");
	is_str(e.text, "f: more than 15 bytes: Argument list too long", "by its size");
	is_int(faccessat(top, "f.new", F_OK, 0), -1, "nothing is left beside it");
	is_int(io_replace_file(top, "none/f", "x", 1, 0600, &e), -1, "no directory, no file");
	is_str(e.text, "cannot write none/f: No such file or directory", "says which");
	mkfifoat(top, "fifo", 0600);
	ok(io_read_file(top, "fifo", text, sizeof text, &e) == 0, "a FIFO in a file's place does not hold us");
	is_int(io_write_file(top, "f", "new", &e), 0, "a write in place");
	io_read_file(top, "f", text, sizeof text, &e);
	is_int(io_write_file(top, "missing", "x", &e), -1, "does not create");
}

static void make(const char *dir)
{
	if (mkdirat(top, dir, 0755) < 0)
		perror(dir);
}

static void touch(const char *file)
{
	int fd = openat(top, file, O_CREAT | O_WRONLY, 0644);
	if (fd < 0)
		perror(file);
	close(fd);
}

static ino_t inode_of(int fd)
{
	struct stat st;
	return fd < 0 || fstat(fd, &st) < 0 ? 0 : st.st_ino;
}

struct lookup { const char *path; int flags; const char *is; int error; };   /* is: the same file by a plain path below top/root, or 0 */

static const struct lookup lookups[] = {
	{ "/", O_PATH, ".", 0 },
	{ "", O_PATH, ".", 0 },
	{ "..", O_PATH, ".", 0 },
	{ "../../a/f", O_PATH, "a/f", 0 },
	{ "/a/f", O_PATH, "a/f", 0 },
	{ "a//./f", O_RDONLY, "a/f", 0 },
	{ "a/../a/f", O_RDONLY, "a/f", 0 },
	{ "abs/f", O_RDONLY, "a/f", 0 },                     /* abs -> /a */
	{ "a/b/up", O_PATH | O_DIRECTORY, ".", 0 },           /* up -> ../../../.. */
	{ "last", O_PATH, "a/f", 0 },                         /* last -> /a/f */
	{ "last", O_PATH | O_NOFOLLOW, "last", 0 },
	{ "last", O_RDONLY | O_NOFOLLOW, 0, ELOOP },
	{ "loop", O_PATH, 0, ELOOP },
	{ "loop/x", O_PATH, 0, ELOOP },
	{ "none", O_PATH, 0, ENOENT },
	{ "a/f/x", O_PATH, 0, ENOTDIR },
	{ "a/f", O_PATH | O_DIRECTORY, 0, ENOTDIR },
	{ "dangling", O_PATH, 0, ENOENT },
	{ "dangling", O_PATH | O_NOFOLLOW, "dangling", 0 },
	{ "abs/", O_PATH | O_DIRECTORY, "a", 0 },
};

static void build_root(void)
{
	make("root"), make("root/a"), make("root/a/b");
	touch("root/a/f"), touch("outside");
	symlinkat("/a", top, "root/abs");
	symlinkat("../../../..", top, "root/a/b/up");
	symlinkat("/a/f", top, "root/last");
	symlinkat("loop", top, "root/loop");
	symlinkat("/gone/deep", top, "root/dangling");
	symlinkat("/outside", top, "root/escape");
}

static void test_lookups(void)
{
	int root = openat(top, "root", O_PATH | O_DIRECTORY);
	for (size_t i = 0; i < sizeof lookups / sizeof *lookups; i++) {
		const struct lookup *l = &lookups[i];
		int plain = l->is ? openat(root, l->is, O_PATH | O_NOFOLLOW) : -1;
		int fd = path_open(root, l->path, l->flags, 0), number = fd < 0 ? errno : 0;
		ok(number == l->error && (!l->is || inode_of(fd) == inode_of(plain)), "path_open \"%s\" %#x (errno %d)", l->path, l->flags, number);
		io_close(fd);
		fd = path_walk(root, l->path, l->flags, 0, PATH_WALK_OPEN), number = fd < 0 ? errno : 0;
		ok(number == l->error && (!l->is || inode_of(fd) == inode_of(plain)), "path_walk \"%s\" %#x (errno %d)", l->path, l->flags, number);
		io_close(fd);
		io_close(plain);
	}
	close(root);
}

static void test_make(void)
{
	int root = openat(top, "root", O_PATH | O_DIRECTORY);
	const char *name;
	int fd = path_make_dirs(root, "new/x/../y/z", 0755);
	ok(fd >= 0 && faccessat(root, "new/y/z", F_OK, 0) == 0, "missing directories are made");
	close(fd);
	fd = path_make_dirs(root, "dangling/x", 0755);
	ok(fd >= 0 && faccessat(root, "gone/deep/x", F_OK, 0) == 0, "a dangling link's target is made inside the root");
	close(fd);
	ok(path_make_dirs(root, "a/f/x", 0755) < 0 && errno == ENOTDIR, "a file on the way is ENOTDIR");
	fd = path_make_dirs(root, "escape", 0755);
	ok(fd >= 0 && faccessat(root, "outside", F_OK, 0) == 0, "an absolute link stays inside");
	close(fd);
	fd = path_open_parent(root, "p/q/file", 0755, &name);
	ok(fd >= 0 && strcmp(name, "file") == 0 && faccessat(root, "p/q", F_OK, 0) == 0, "a parent is made, the name is given");
	close(fd);
	fd = path_open_parent(root, "/", 0, &name);
	ok(fd >= 0 && strcmp(name, ".") == 0, "the root's name is a dot");
	close(fd);
	ok(path_open_parent(root, "a/..", 0, &name) < 0 && errno == EINVAL, "dot dot has no name");
	fd = path_open(root, "a/created", O_WRONLY | O_CREAT | O_EXCL, 0600);
	ok(fd >= 0, "a file is created inside");
	close(fd);
	fd = path_walk(root, "a/created2", O_WRONLY | O_CREAT | O_EXCL, 0600, PATH_WALK_OPEN);
	ok(fd >= 0, "by the walk, too");
	close(fd);
	close(root);
}

static void test_clean(void)
{
	static const char *const cases[][2] = {
		{ "/a/../b//./c/", "/b/c" }, { "/..", "/" }, { "a/..", "." }, { "", "." }, { "../x", "x" }, { "/", "/" }, { "a/b", "a/b" },
	};
	char buffer[32];
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		path_clean(cases[i][0], buffer, sizeof buffer);
		is_str(buffer, cases[i][1], "path_clean \"%s\"", cases[i][0]);
	}
	is_int(path_clean("/0123456789/0123456789/0123456789", buffer, sizeof buffer), -1, "too long");
}

static void test_dir(void)
{
	struct err e;
	make("t"), make("t/1"), make("t/1/2"), make("t/3"), touch("t/1/2/f"), touch("t/g"), make("empty");
	symlinkat("../root", top, "t/1/link");
	int fd = openat(top, "empty", O_RDONLY | O_DIRECTORY);
	is_int(dir_is_empty(fd), 1, "an empty directory");
	close(fd);
	fd = openat(top, "t", O_RDONLY | O_DIRECTORY);
	is_int(dir_is_empty(fd), 0, "one that is not");
	struct dir d;
	struct dir_entry entry;
	int count = 0;
	for (dir_start(&d, fd); dir_next(&d, &entry) > 0; count++)
		;
	is_int(count, 3, "entries without the dots");
	close(fd);
	is_int(dir_remove_tree(top, "t", &e), 0, "a tree is removed");
	ok(faccessat(top, "t", F_OK, 0) < 0 && faccessat(top, "root/a/f", F_OK, 0) == 0, "and nothing behind its links");
	is_int(dir_remove_tree(top, "t", &e), 0, "a missing one is success");
	char name[8192] = "deep";
	make(name);
	for (int i = 0; i < 300; i++) {
		strcat(name, "/d");
		make(name);
	}
	is_int(dir_remove_tree(top, "deep", &e), 0, "a deep one needs no more fds");
}

static void test_proc(void)
{
	uint64_t ticks = 0;
	char state = 0;
	/* the parent's: qemu-user makes up /proc/self/stat */
	ok(proc_start_time(getppid(), &ticks, &state) == 0 && ticks > 0 && strchr("RSD", state), "a process's start time");
	is_int(proc_alive(getppid(), ticks), 1, "it is alive");
	is_int(proc_alive(getppid(), ticks + 1), 0, "with another start time it would be another");
	pid_t pid = proc_clone(0, -1);
	if (pid == 0)
		_exit(7);
	is_int(proc_wait(pid), 7, "a clone's status");
	is_int(proc_alive(pid, ticks), 0, "it is gone");
	/* what there is without clone3(2): its arguments stand in another order on some CPUs */
	pid = (pid_t)sys_clone(SIGCHLD);
	if (pid == 0)
		_exit(8);
	is_int(proc_wait(pid), 8, "an old clone's status");
}

int main(void)
{
	char name[] = "/tmp/runlet-files-XXXXXX";
	struct err e;
	if (!mkdtemp(name))
		return 1;
	top = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	test_io();
	build_root();
	test_lookups();
	test_make();
	test_clean();
	test_dir();
	test_proc();
	ok(dir_remove_tree(AT_FDCWD, name, &e) == 0, "all is removed");
	return done_testing();
}
