/* SPDX-License-Identifier: ISC */
/* base/duration: what Go's time.ParseDuration takes and what it refuses. */
#include "base/duration.h"
#include "tap.h"

int main(void)
{
	static const struct { const char *text; long long ns; } good[] = {
		{ "0", 0 }, { "5s", 5000000000 }, { "500ms", 500000000 }, { "1m30s", 90000000000 }, { "1h2m3s4ms5us6ns", 3723004005006 }, { "1.5s", 1500000000 }, { ".5s", 500000000 },
		{ "1.s", 1000000000 }, { "-5s", -5000000000 }, { "+5s", 5000000000 }, { "3\xc2\xb5s", 3000 }, { "3\xce\xbcs", 3000 }, { "0s", 0 }, { "1.00000000001h", 3600000000000 },
		{ "2562047h", 9223369200000000000 }, { "1m1m", 120000000000 }, { "0.25h", 900000000000 },
	};
	static const char *const bad[] = { "", "5", "s", ".s", "5x", "5 s", " 5s", "5s ", "-", "+-5s", "1e3s", "5S", "2562048h", "99999999999999999999s", "5sm", "5ss", "1.5.5s" };
	int64_t value;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		value = -1;
		is_int(duration_parse(good[i].text, &value), 0, "\"%s\" is a duration", good[i].text);
		is_int(value, good[i].ns, "of so many nanoseconds");
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		is_int(duration_parse(bad[i], &value), -1, "\"%s\" is none", bad[i]);
	return done_testing();
}
