/* SPDX-License-Identifier: ISC */
/* Durations as Go's time.ParseDuration reads them: 500ms, 5s, 1m30s, 1.5h. */
#include "base/duration.h"

#include <stdbool.h>
#include <string.h>

static const struct { const char *name; uint64_t ns; } units[] = {   /* "ms" before "m", which it begins with */
	{ "ns", 1 }, { "us", 1000 }, { "\xc2\xb5s", 1000 }, { "\xce\xbcs", 1000 }, { "ms", 1000000 }, { "s", 1000000000 }, { "m", 60000000000u }, { "h", 3600000000000u },
};

static uint64_t take_unit(const char **at)
{
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		size_t length = strlen(units[i].name);
		if (strncmp(*at, units[i].name, length) == 0) {
			*at += length;
			return units[i].ns;
		}
	}
	return 0;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* One number with its unit, added to *sum. */
static int take_part(const char **at, uint64_t *sum)
{
	uint64_t whole = 0, fraction = 0, scale = 1, part;
	bool digits = false;
	for (; is_digit(**at); ++*at, digits = true)
		if (__builtin_mul_overflow(whole, 10, &whole) || __builtin_add_overflow(whole, (uint64_t)(**at - '0'), &whole))
			return -1;
	if (**at == '.')
		for (++*at; is_digit(**at); ++*at, digits = true)
			if (scale < 100000) {   /* further digits are less than a nanosecond of most units */
				fraction = fraction * 10 + (uint64_t)(**at - '0');
				scale *= 10;
			}
	uint64_t unit = digits ? take_unit(at) : 0;
	if (!unit || __builtin_mul_overflow(whole, unit, &part))
		return -1;
	return __builtin_add_overflow(part, fraction * unit / scale, &part) || __builtin_add_overflow(*sum, part, sum) ? -1 : 0;
}

int duration_parse(const char *text, int64_t *value)
{
	bool negative = *text == '-';
	uint64_t sum = 0;
	if (*text == '-' || *text == '+')
		text++;
	if (strcmp(text, "0") == 0) {
		*value = 0;
		return 0;
	}
	do {
		if (take_part(&text, &sum) < 0)
			return -1;
	} while (*text);
	if (sum > INT64_MAX)
		return -1;
	*value = negative ? -(int64_t)sum : (int64_t)sum;
	return 0;
}
