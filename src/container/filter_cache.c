/* SPDX-License-Identifier: ISC */
/* Compiled filters by the digest of what they are made from (BPF as seccomp(2) takes it, this machine's byte order). */
#include "container/filter_cache.h"

#include <bearssl_hash.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/sha256.h"
#include "base/str.h"

#define DIRECTORY ".filters"
#define MAGIC 0x32464c52u   /* "RLF2"; in the other byte order it is another CPU's */

struct header { uint32_t magic, arch, flags, notifies, instructions; };
struct whole { struct header header; struct sock_filter code[BPF_MAXINSNS]; };

static LARGE struct whole whole;

static void add(br_sha256_context *sha, const void *bytes, size_t length)
{
	uint32_t size = (uint32_t)length;
	sha256_add(sha, &size, sizeof size);
	sha256_add(sha, bytes, length);
}

static void add_text(br_sha256_context *sha, const char *text)
{
	add(sha, text ? text : "", text ? strlen(text) : 0);
}

static void add_number(br_sha256_context *sha, uint64_t number)
{
	sha256_add(sha, &number, sizeof number);
}

static void add_list(br_sha256_context *sha, const char *const *items, size_t count)
{
	add_number(sha, count);
	for (size_t i = 0; i < count; i++)
		add_text(sha, items[i]);
}

static void add_errno(br_sha256_context *sha, const uint32_t *number)
{
	add_number(sha, number ? *number : UINT64_MAX);
}

static void add_calls(br_sha256_context *sha, const struct seccomp_calls *c)
{
	add_list(sha, c->names, c->name_count);
	add_text(sha, c->action);
	add_errno(sha, c->errno_ret);
	add_number(sha, c->arg_count);
	for (size_t i = 0; i < c->arg_count; i++) {
		add_number(sha, c->args[i].index);
		add_number(sha, c->args[i].value);
		add_number(sha, c->args[i].value_two);
		add_text(sha, c->args[i].op);
	}
}

void filter_cache_key(const struct seccomp_profile *p, char key[FILTER_KEY_BYTES])
{
	unsigned char sum[br_sha256_SIZE];
	br_sha256_context sha;
	br_sha256_init(&sha);
	add_text(&sha, RUNLET_COMMIT);
	add_text(&sha, seccomp_library());
	add_number(&sha, p->level ? p->level : seccomp_level());
	add_text(&sha, p->default_action);
	add_errno(&sha, p->default_errno_ret);
	add_list(&sha, p->architectures, p->architecture_count);
	add_list(&sha, p->flags, p->flag_count);
	add_number(&sha, p->unknown_calls_fail);
	add_number(&sha, p->call_count);
	for (size_t i = 0; i < p->call_count; i++)
		add_calls(&sha, &p->calls[i]);
	br_sha256_out(&sha, sum);
	str_hex(sum, sizeof sum, key);
}

static size_t bytes_of(const struct header *h)
{
	return sizeof *h + h->instructions * sizeof(struct sock_filter);
}

/* ready: somebody else's place, whose files root made, and nobody else can change. */
static bool is_safe(int fd, bool ready, off_t *bytes)
{
	struct stat st;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	*bytes = st.st_size;
	if (ready)
		return (st.st_uid == 0 || st.st_uid == geteuid()) && (st.st_mode & 0022) == 0;
	return st.st_uid == geteuid() && (st.st_mode & 07777) == 0600 && st.st_nlink == 1;
}

/* 0, or -1 with errno: EACCES, EINVAL, or ENOEXEC: for another CPU. */
static int read_header(int fd, bool ready, struct header *h)
{
	off_t bytes;
	if (!is_safe(fd, ready, &bytes))
		return errno = EACCES, -1;
	errno = EINVAL;
	if (pread(fd, h, sizeof *h, 0) != (ssize_t)sizeof *h)
		return -1;
	if (h->magic == __builtin_bswap32(MAGIC) || (h->magic == MAGIC && h->arch != seccomp_native()))
		return errno = ENOEXEC, -1;
	if (h->magic != MAGIC || !h->instructions || h->instructions > BPF_MAXINSNS)
		return -1;
	return bytes == (off_t)bytes_of(h) ? 0 : -1;
}

static void describe(const struct header *h, struct seccomp_program *program)
{
	*program = (struct seccomp_program){ .instructions = h->instructions, .flags = h->flags, .notifies = h->notifies };
}

static int find(int at, const char *name, const char *key, bool ready, struct seccomp_program *program)
{
	struct header h;
	int directory = openat(at, name, O_PATH | O_DIRECTORY | O_CLOEXEC | (ready ? 0 : O_NOFOLLOW));
	int fd = directory < 0 ? -1 : openat(directory, key, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	io_close_later(directory);
	if (fd < 0 || read_header(fd, ready, &h) < 0)
		return io_close(fd);
	describe(&h, program);
	return fd;
}

int filter_cache_open(int root_fd, const char *key, struct seccomp_program *program)
{
	return find(root_fd, DIRECTORY, key, false, program);
}

int filter_ready_open(const char *directory, const char *key, struct seccomp_program *program)
{
	int fd = find(AT_FDCWD, directory, key, true, program);
	if (fd >= 0)
		log_debug("ready filter %s/%s", directory, key);
	else if (errno == ENOEXEC)
		log_warn("the ready filter %s/%s was compiled for another CPU; compiled anew", directory, key);
	else if (errno != ENOENT && errno != ENOTDIR)
		log_warn("the ready filter %s/%s is not taken: %s", directory, key, errno == EACCES ? "neither root's nor the caller's own file, or others may write it" : "it is damaged");
	return fd;
}

int filter_cache_take(int fd, struct seccomp_program *program, struct err *e)
{
	ssize_t n = pread(fd, &whole, sizeof whole, 0);
	if (n < (ssize_t)sizeof whole.header || (size_t)n != bytes_of(&whole.header))
		return err_set(e, "the compiled filter is damaged");
	describe(&whole.header, program);
	program->filter = whole.code;
	return 0;
}

static void make_room(int directory)
{
	struct dir d;
	struct dir_entry entry;
	unsigned count = 0;
	dir_start(&d, directory);
	while (dir_next(&d, &entry) > 0)
		count++;
	if (count < FILTER_CACHE_ENTRIES)
		return;
	dir_start(&d, directory);
	while (dir_next(&d, &entry) > 0)
		unlinkat(directory, entry.name, 0);
}

static size_t fill_whole(const struct seccomp_program *program)
{
	whole.header = (struct header){ MAGIC, seccomp_native(), program->flags, program->notifies, program->instructions };
	memcpy(whole.code, program->filter, program->instructions * sizeof *whole.code);
	return bytes_of(&whole.header);
}

int filter_cache_write(int directory, const char *key, const struct seccomp_program *program, unsigned mode, struct err *e)
{
	return io_replace_file(directory, key, &whole, fill_whole(program), mode, e);
}

int filter_cache_memory(const struct seccomp_program *program, struct err *e)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);
	if (fd >= 0 && io_write(fd, &whole, fill_whole(program)) == 0)
		return fd;
	err_sys(e, "cannot keep the compiled filter in memory (CONFIG_MEMFD_CREATE)");
	return io_close(fd);
}

int filter_cache_put(int root_fd, const char *key, const struct seccomp_program *program, struct err *e)
{
	if (mkdirat(root_fd, DIRECTORY, 0700) < 0 && errno != EEXIST)
		return err_sys(e, "cannot make %s", DIRECTORY);
	int directory = openat(root_fd, DIRECTORY, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (directory < 0)
		return err_sys(e, "cannot open %s", DIRECTORY);
	make_room(directory);
	int result = filter_cache_write(directory, key, program, 0600, e);
	io_close(directory);
	return result;
}
