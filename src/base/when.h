/* SPDX-License-Identifier: ISC */
/* The time of day as RFC 3339 in UTC, without libc's time zones. */
#ifndef BASE_WHEN_H
#define BASE_WHEN_H

#define WHEN_BYTES 40

/* when_now: writes the present time with that many digits of a second (0 … 9), "2026-01-02T03:04:05.000000Z". Returns buffer. */
const char *when_now(char buffer[WHEN_BYTES], int digits);
/* when_format: the same for seconds since 1970 (≥ 0) and nanoseconds. */
const char *when_format(char buffer[WHEN_BYTES], long long seconds, long nanoseconds, int digits);

#endif
