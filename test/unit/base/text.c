/* SPDX-License-Identifier: ISC */
/* base: err, arena, str, out, when. */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/out.h"
#include "base/str.h"
#include "base/when.h"
#include "tap.h"

static void test_err(void)
{
	struct err e;
	errno = ENOENT;
	is_int(err_sys(&e, "cannot open \"%s\"", "/x"), -1, "err_sys returns -1");
	is_str(e.text, "cannot open \"/x\": No such file or directory", "strerror comes last");
	is_int(e.number, ENOENT, "errno is kept");
	err_at(&e, "mounts[%d]", 3);
	is_str(e.text, "mounts[3]: cannot open \"/x\": No such file or directory", "the place outside comes first");
	err_set(&e, "%s", "plain");
	is_str(e.text, "plain", "content errors have no strerror");
	is_int(e.number, 0, "and no number");
	ERR_LIMIT(&e, "groups", LIMIT_GROUPS);
	is_str(e.text, "groups: more than 1024 (LIMIT_GROUPS in base/limits.h)", "a limit says its name and value");
	err_not_built(&e, "linux.intelRdt");
	is_str(e.text, "linux.intelRdt: not built yet", "not built yet");
	char text[2 * ERR_TEXT_MAX];
	memset(text, 'a', sizeof text);
	text[sizeof text - 1] = 0;
	err_set(&e, "%s", text);
	is_int((long long)strlen(e.text), ERR_TEXT_MAX - 1, "a text is cut at its size");
	err_at(&e, "outside");
	ok(strncmp(e.text, "outside: aaa", 12) == 0 && strlen(e.text) == ERR_TEXT_MAX - 1, "a prefix stays when the rest is cut");
	err_at(&e, "%s", text);
	is_int((long long)strlen(e.text), ERR_TEXT_MAX - 1, "a prefix that is too long is cut, too");
}

static void test_arena(void)
{
	static _Alignas(16) char region[256];
	struct arena a;
	struct err e;
	memset(region, 0xff, sizeof region);
	arena_init(&a, region, sizeof region, "LIMIT_ARENA_BYTES");
	ok(strcmp(arena_string(&a, "abc", 3, &e), "abc") == 0, "a string is copied and terminated");
	uint64_t *n = ARENA_NEW(&a, uint64_t, 2, &e);
	ok(n && (uintptr_t)n % _Alignof(uint64_t) == 0 && n[0] == 0 && n[1] == 0, "an array is aligned and zeroed");
	ok(!arena_array(&a, 1000, 1, 1, &e), "a full arena refuses");
	is_str(e.text, "decoded document, bytes: more than 256 (LIMIT_ARENA_BYTES in base/limits.h)", "and names the limit");
	ok(!arena_array(&a, SIZE_MAX / 2, 4, 1, &e), "an overflowing product is refused");
	ok(arena_array(&a, 256 - a.used, 1, 1, &e) != 0, "the last byte can be had");
	ok(!arena_array(&a, 1, 1, 1, &e), "but no more");
	arena_init(&a, region, sizeof region, "LIMIT_ARENA_BYTES");
	is_str(arena_printf(&a, &e, "%d-%s", 7, "x"), "7-x", "formatted after a new beginning");
}

static void test_str(void)
{
	char buffer[8];
	struct err e;
	uint64_t u;
	int64_t i;
	is_int(str_format(buffer, sizeof buffer, &e, "%s", "1234567"), 7, "what fits is formatted");
	is_int(str_format(buffer, sizeof buffer, &e, "%s", "12345678"), -1, "what does not is refused");
	ok(str_starts("abc", "ab") && !str_starts("a", "ab") && str_starts("a", ""), "str_starts");
	ok(str_ends("abc", "bc") && !str_ends("c", "bc") && str_ends("c", ""), "str_ends");
	ok(str_u64("18446744073709551615", &u) == 0 && u == UINT64_MAX, "the largest u64");
	ok(str_u64("18446744073709551616", &u) < 0 && str_u64("", &u) < 0 && str_u64("-1", &u) < 0 && str_u64("1x", &u) < 0 && str_u64(" 1", &u) < 0, "no more, no less");
	ok(str_i64("-9223372036854775808", &i) == 0 && i == INT64_MIN, "the smallest i64");
	ok(str_i64("9223372036854775807", &i) == 0 && i == INT64_MAX, "the largest i64");
	ok(str_i64("9223372036854775808", &i) < 0 && str_i64("-9223372036854775809", &i) < 0 && str_i64("-", &i) < 0 && str_i64("--1", &i) < 0, "no more, no less");
	static const char *const words[] = { "a", "b" };
	ok(str_word("b", words, 2) == 1 && str_word("c", words, 2) == -1, "str_word");
}

static void test_out(void)
{
	char buffer[8];
	struct out o;
	struct err e;
	out_init(&o, -1, buffer, sizeof buffer);
	is_str(buffer, "", "memory output starts empty");
	out_text(&o, "123");
	out_printf(&o, "%d", 4567);
	is_str(buffer, "1234567", "memory output is terminated");
	out_text(&o, "8");
	is_int(out_flush(&o, &e), -1, "too much is a sticky error");
	is_int(e.number, E2BIG, "E2BIG");
	out_init(&o, 99999, buffer, sizeof buffer);
	out_text(&o, "0123456789");
	is_int(out_flush(&o, &e), -1, "a bad fd is a sticky error");
	is_int(e.number, EBADF, "EBADF");
}

static void test_when(void)
{
	char buffer[WHEN_BYTES];
	is_str(when_format(buffer, 0, 0, 0), "1970-01-01T00:00:00Z", "the epoch");
	is_str(when_format(buffer, 951782400, 5000, 9), "2000-02-29T00:00:00.000005000Z", "a leap day of a 400th year");
	is_str(when_format(buffer, 1767323045, 123456789, 6), "2026-01-02T03:04:05.123456Z", "microseconds");
	is_str(when_format(buffer, 4107542399LL, 0, 0), "2100-02-28T23:59:59Z", "2100 is no leap year");
	is_str(when_format(buffer, 4107542400LL, 0, 0), "2100-03-01T00:00:00Z", "the day after");
	is_str(when_format(buffer, 253402300799LL, 999999999, 3), "9999-12-31T23:59:59.999Z", "the last that fits");
}

int main(void)
{
	test_err();
	test_arena();
	test_str();
	test_out();
	test_when();
	return done_testing();
}
