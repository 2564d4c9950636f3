/* SPDX-License-Identifier: ISC */
#include "kernel/selfmap.h"

#include <errno.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel/fold.h"

#define VARIABLES_BYTES 65536   /* of the pages with variables that begin with a value: one, of whatever size */

extern const ElfW(Ehdr) __ehdr_start;   /* the linker's */

static uintptr_t page_down(uintptr_t address)
{
	return address & ~((uintptr_t)getpagesize() - 1);
}

static uintptr_t page_up(uintptr_t address)
{
	return page_down(address + (uintptr_t)getpagesize() - 1);
}

/* Between the copy and its way back no variable may be used: not errno either, which no call here sets unless it fails. */
static int variables_move(uintptr_t from, size_t bytes)
{
	char copy[VARIABLES_BYTES];
	if (bytes > sizeof copy)
		return errno = E2BIG, -1;
	memcpy(copy, (const void *)from, bytes);
	if (mmap((void *)from, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_POPULATE, -1, 0) == MAP_FAILED)
		return -1;
	memcpy((void *)from, copy, bytes);
	return 0;
}

static int segment_move(const ElfW(Phdr) *segment, uintptr_t base, int fd)
{
	uintptr_t from = page_down(base + segment->p_vaddr), end = page_up(base + segment->p_vaddr + segment->p_filesz);
	if (segment->p_type != PT_LOAD || from >= end)
		return 0;
	off_t offset = (off_t)page_down((uintptr_t)segment->p_offset);
	int protection = PROT_READ | (segment->p_flags & PF_X ? PROT_EXEC : 0);
	if (segment->p_flags & PF_W) {   /* variables first, then what is folded, which nobody has written to yet */
		uintptr_t packed = fold_packed ? page_up((uintptr_t)fold_packed) : end;
		packed = packed < end ? packed : end;
		if (variables_move(from, packed - from) < 0)
			return -1;
		offset += (off_t)(packed - from);
		from = packed;
		protection |= PROT_WRITE;
	}
	return from < end && mmap((void *)from, end - from, protection, MAP_PRIVATE | MAP_FIXED, fd, offset) == MAP_FAILED ? -1 : 0;
}

/* Of the addresses only those of the arguments and of the environment mean something to others (/proc/self/cmdline, environ): they stay what they were. */
static int exe_set(const ElfW(Phdr) *data, const ElfW(Phdr) *last_segment, uintptr_t base, int fd, char *const argv[])
{
	char *const *last = environ;
	while (*last && last[1])
		last++;
	const char *argument = argv[0], *variable = *environ ? *environ : argument, *end = *last ? *last + strlen(*last) + 1 : variable;
	uintptr_t data_start = base + data->p_vaddr, data_end = data_start + data->p_filesz;
	uintptr_t brk = page_up(base + last_segment->p_vaddr + last_segment->p_memsz);   /* which nobody has moved: there is no heap */
	struct prctl_mm_map map = {
		.start_code = (uintptr_t)&__ehdr_start, .end_code = data_start, .start_data = data_start, .end_data = data_end, .start_brk = brk, .brk = brk,
		.start_stack = (uintptr_t)argv, .arg_start = (uintptr_t)argument, .arg_end = (uintptr_t)variable, .env_start = (uintptr_t)variable, .env_end = (uintptr_t)end,
		.exe_fd = (uint32_t)fd,
	};
	return prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map, 0);
}

int selfmap_move(int fd, char *const argv[])
{
	const ElfW(Phdr) *segments = (const void *)((const char *)&__ehdr_start + __ehdr_start.e_phoff), *data = 0, *first = 0, *last = 0;
	for (unsigned i = 0; i < __ehdr_start.e_phnum; i++)
		if (segments[i].p_type == PT_LOAD) {
			first = first ? first : &segments[i];
			last = &segments[i];
			data = segments[i].p_flags & PF_W && !data ? &segments[i] : data;
		}
	if (!first || !data || !argv[0]) {
		errno = EINVAL;
		return -1;
	}
	uintptr_t base = (uintptr_t)&__ehdr_start - page_down(first->p_vaddr);
	for (unsigned i = 0; i < __ehdr_start.e_phnum; i++)
		if (segment_move(&segments[i], base, fd) < 0)
			return -1;
	return exe_set(data, last, base, fd, argv);
}
