/* SPDX-License-Identifier: ISC */
/* RFC 3339 from seconds since 1970: days to a civil date by 400-year eras, years counted from March so that a leap day comes last. */
#include "base/when.h"

#include <stdio.h>
#include <time.h>

#include "base/sys.h"

const char *when_format(char buffer[WHEN_BYTES], long long seconds, long nanoseconds, int digits)
{
	long long days = seconds / 86400 + 719468;   /* since 0000-03-01 */
	unsigned rest = (unsigned)(seconds % 86400);
	unsigned era = (unsigned)(days / 146097), of_era = (unsigned)(days % 146097);
	unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
	unsigned month = (5 * of_year + 2) / 153, day = of_year - (153 * month + 2) / 5 + 1;
	month = month < 10 ? month + 3 : month - 9;
	year += era * 400 + (month <= 2);
	int n = snprintf(buffer, WHEN_BYTES, "%04u-%02u-%02uT%02u:%02u:%02u", year % 10000, month, day, rest / 3600, rest / 60 % 60, rest % 60);
	if (digits > 0) {
		long unit = nanoseconds;
		for (int i = digits; i < 9; i++)
			unit /= 10;
		n += snprintf(buffer + n, WHEN_BYTES - (size_t)n, ".%0*ld", digits, unit);
	}
	snprintf(buffer + n, WHEN_BYTES - (size_t)n, "Z");
	return buffer;
}

const char *when_now(char buffer[WHEN_BYTES], int digits)
{
	struct timespec now;
	sys_now(&now);
	return when_format(buffer, now.tv_sec, now.tv_nsec, digits);
}
