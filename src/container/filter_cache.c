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

/* What is hashed comes in hundreds of small pieces. */
struct sum { br_sha256_context sha; size_t used; char bytes[1024]; };

static void flush(struct sum *s)
{
	sha256_add(&s->sha, s->bytes, s->used);
	s->used = 0;
}

static void add_bytes(struct sum *s, const void *bytes, size_t length)
{
	if (length > sizeof s->bytes - s->used)
		flush(s);
	if (length > sizeof s->bytes) {
		sha256_add(&s->sha, bytes, length);
		return;
	}
	memcpy(s->bytes + s->used, bytes, length);
	s->used += length;
}

static void add(struct sum *s, const void *bytes, size_t length)
{
	uint32_t size = (uint32_t)length;
	add_bytes(s, &size, sizeof size);
	add_bytes(s, bytes, length);
}

static void add_text(struct sum *sum, const char *text)
{
	add(sum, text ? text : "", text ? strlen(text) : 0);
}

static void add_number(struct sum *sum, uint64_t number)
{
	add_bytes(sum, &number, sizeof number);
}

static void add_list(struct sum *sum, const char *const *items, size_t count)
{
	add_number(sum, count);
	for (size_t i = 0; i < count; i++)
		add_text(sum, items[i]);
}

static void add_errno(struct sum *sum, const uint32_t *number)
{
	add_number(sum, number ? *number : UINT64_MAX);
}

static void add_calls(struct sum *sum, const struct seccomp_calls *c)
{
	add_list(sum, c->names, c->name_count);
	add_text(sum, c->action);
	add_errno(sum, c->errno_ret);
	add_number(sum, c->arg_count);
	for (size_t i = 0; i < c->arg_count; i++) {
		add_number(sum, c->args[i].index);
		add_number(sum, c->args[i].value);
		add_number(sum, c->args[i].value_two);
		add_text(sum, c->args[i].op);
	}
}

void filter_cache_key(const struct seccomp_profile *p, char key[FILTER_KEY_BYTES])
{
	unsigned char digest[br_sha256_SIZE];
	struct sum sum;
	sum.used = 0;
	br_sha256_init(&sum.sha);
	add_text(&sum, RUNLET_COMMIT);
	add_text(&sum, seccomp_library());
	add_number(&sum, p->level ? p->level : seccomp_level());
	add_text(&sum, p->default_action);
	add_errno(&sum, p->default_errno_ret);
	add_list(&sum, p->architectures, p->architecture_count);
	add_list(&sum, p->flags, p->flag_count);
	add_number(&sum, p->unknown_calls_fail);
	add_number(&sum, p->call_count);
	for (size_t i = 0; i < p->call_count; i++)
		add_calls(&sum, &p->calls[i]);
	flush(&sum);
	br_sha256_out(&sum.sha, digest);
	str_hex(digest, sizeof digest, key);
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
		log_warn("the ready filter %s/%s is not taken: %s", directory, key, errno == EACCES ? "neither root's nor the caller's own file, or others may write it" : errno == EINVAL ? "it is damaged" : "it cannot be opened");
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
