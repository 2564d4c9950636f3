/* SPDX-License-Identifier: ISC */
/* base/format: our snprintf against what C says (wanted texts written by hand, and libc's fprintf as a second witness). */
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "tap.h"

static char got[256];
const char *six = "abcdef";   /* not static: the compiler must not know that it is too long */

#define same(want, ...) do { int tap_n = snprintf(got, sizeof got, __VA_ARGS__); \
	is_str(got, want, "%s", #__VA_ARGS__); is_int(tap_n, (long long)strlen(want), "its length"); } while (0)

/* libc's fprintf is another implementation; its sprintf may call the vsnprintf under test */
static int libc_format(char *buffer, size_t size, const char *format, long long value)
{
	FILE *memory = fmemopen(buffer, size, "w");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	int length = fprintf(memory, format, value);
#pragma GCC diagnostic pop
	fclose(memory);
	return length;
}

static void test_random(void)
{
	static const char *const formats[] = { "%lld", "%llu", "%llx", "%llX", "%llo", "%#llx", "%#llo", "%+lld", "% lld", "%20lld", "%-20llu|", "%020lld", "%.12llx", "%20.12lld", "%-+20.5lld|", "%.0lld" };
	char want[256];
	uint64_t random = 88172645463325252u;
	bool all = true;
	for (int turn = 0; turn < 20000; turn++) {
		random ^= random << 13, random ^= random >> 7, random ^= random << 17;
		long long value = (long long)(random >> (random & 63));
		const char *format = formats[(unsigned)turn % (sizeof formats / sizeof *formats)];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		want[0] = 0;   /* an empty text is not written at all */
		int a = snprintf(got, sizeof got, format, value), b = libc_format(want, sizeof want, format, value);
#pragma GCC diagnostic pop
		if (a != b || strcmp(got, want)) {
			all = false;
			printf("# %s of %lld: got \"%s\", want \"%s\"\n", format, value, got, want);
		}
	}
	ok(all, "20,000 numbers in %zu forms are as libc's fprintf has them", sizeof formats / sizeof *formats);
}

int main(void)
{
	same("a-b", "%s-%s", "a", "b");
	same("%", "%%");
	same("  x|x  |x", "%3c|%-3c|%c", 'x', 'x', 'x');
	same("ab", "%.2s", "abcdef");
	same("ab", "%.*s", 2, "abcdef");
	same("   ab|ab   |", "%5.2s|%-*.*s|", "abc", 5, 2, "abc");
	same("-2147483648 4294967295", "%d %u", INT_MIN, UINT_MAX);
	same("-9223372036854775808 18446744073709551615", "%lld %llu", LLONG_MIN, ULLONG_MAX);
	same("-1 255 -1 65535", "%hhd %hhu %hd %hu", -1, 255, -1, 65535);
	same("0x1f 1F 017 0", "%#x %X %#o %#x", 31, 31, 15, 0);
	same("00042|   42|42   |+42", "%05d|%5d|%-5d|%+d", 42, 42, 42, 42);
	same("-0042", "%05d", -42);
	same("  0042", "%6.4d", 42);
	same("", "%.0d", 0);
	same("4294967295 7 -7", "%zu %ju %td", (size_t)4294967295u, (uintmax_t)7, (ptrdiff_t)-7);
	is_int(snprintf(got, 4, "%s", six), 6, "what did not fit is counted");
	is_str(got, "abc", "and cut");
	is_int(snprintf(0, 0, "%d", 12345), 5, "no buffer, only the length");
	test_random();
	return done_testing();
}
