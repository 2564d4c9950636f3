/* SPDX-License-Identifier: ISC */
/* A test program of C: prints TAP (testanything.org) for prove. */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

/* Shared with forked children, whose tests count as well. */
struct tap { int count, failures; };
static struct tap *tap;
#define tap_failures (tap->failures)

__attribute__((constructor, unused))
static void tap_begin(void)
{
	tap = mmap(0, sizeof *tap, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

__attribute__((format(printf, 4, 5), unused))
static bool tap_ok(bool passed, const char *file, int line, const char *format, ...)
{
	va_list args;
	printf("%sok %d - ", passed ? "" : "not ", ++tap->count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	if (!passed) {
		tap->failures++;
		printf("# %s:%d\n", file, line);
	}
	fflush(stdout);   /* what follows may fork */
	return passed;
}

__attribute__((unused))
static void tap_int(long long got, long long want)
{
	printf("#   got %lld\n#  want %lld\n", got, want);
	fflush(stdout);
}

__attribute__((unused))
static void tap_text(const char *got, const char *want)
{
	printf("#   got %s\n#  want %s\n", got ? got : "(null)", want ? want : "(null)");
	fflush(stdout);
}

#define ok(condition, ...) tap_ok((condition), __FILE__, __LINE__, __VA_ARGS__)
#define is_int(got, want, ...) do { \
	long long tap_got = (long long)(got), tap_want = (long long)(want); \
	if (!ok(tap_got == tap_want, __VA_ARGS__)) tap_int(tap_got, tap_want); } while (0)
#define is_str(got, want, ...) do { \
	const char *tap_got = (got), *tap_want = (want); \
	if (!ok(tap_got && tap_want && strcmp(tap_got, tap_want) == 0, __VA_ARGS__)) tap_text(tap_got, tap_want); } while (0)
/* skip: counts one test that can't be run here, with the reason. */
#define skip(reason, ...) do { printf("ok %d # SKIP ", ++tap->count); printf(reason, ##__VA_ARGS__); putchar('\n'); fflush(stdout); } while (0)

__attribute__((unused))
static int done_testing(void)
{
	printf("1..%d\n", tap->count);
	return tap->failures ? 1 : 0;
}

#endif
