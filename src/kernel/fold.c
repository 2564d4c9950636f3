/* SPDX-License-Identifier: ISC */
#include "kernel/fold.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <zlib.h>

#include "base/limits.h"
#include "base/sys.h"

/* aligned to the largest page there is */
extern char fold_start[] __attribute__((weak)), fold_end[] __attribute__((weak)), fold_large[] __attribute__((weak)), fold_large_end[] __attribute__((weak));

static voidpf take(voidpf opaque, uInt count, uInt size)
{
	static LARGE _Alignas(16) uint8_t state[LIMIT_UNFOLD_BYTES];
	size_t *used = opaque, at = *used, bytes = ((size_t)count * size + 15) & ~(size_t)15;
	if (bytes > sizeof state - at)
		return Z_NULL;
	*used += bytes;
	return state + at;
}

static void leave(voidpf opaque, voidpf address)
{
	(void)opaque;
	(void)address;
}

static int inflate_all(size_t bytes)
{
	size_t used = 0;
	z_stream stream = {
		.zalloc = take, .zfree = leave, .opaque = &used, .next_in = (z_const Bytef *)(uintptr_t)fold_packed, .avail_in = (uInt)(fold_packed_end - fold_packed),
		.next_out = (Bytef *)fold_start, .avail_out = (uInt)bytes,
	};
	return inflateInit2(&stream, -15) == Z_OK && inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.total_out == bytes ? 0 : -1;
}

/* Between two of the program's own segments, where the kernel puts nothing and emulators what they keep free for the program. */
static int map(char *start, size_t bytes, int flags, struct err *e)
{
	if (mmap(start, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | flags, -1, 0) == MAP_FAILED)
		return err_sys(e, "memory of the folded part, %zu bytes", bytes);
	return 0;
}

int fold_open(struct err *e)
{
	static bool opened;
	if (opened || !fold_packed || !*fold_packed)   /* a deflate stream begins with a bit that is set */
		return 0;
	size_t bytes = (size_t)(fold_end - fold_start);
	if (map(fold_start, bytes, 0, e) < 0 || map(fold_large, (size_t)(fold_large_end - fold_large), MAP_NORESERVE, e) < 0)
		return -1;
	sys_plain_pages(fold_large, fold_large_end);
	if (inflate_all(bytes) < 0)
		return err_set(e, "the folded part does not unfold");
	__builtin___clear_cache(fold_start, fold_end);
	if (mprotect(fold_start, bytes, PROT_READ | PROT_EXEC) < 0)
		return err_sys(e, "the folded part may not be executed (a runlet built with FOLD= has none)");
	opened = true;
	return 0;
}
