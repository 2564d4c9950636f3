/* SPDX-License-Identifier: ISC */
/* Durations as Go's time.ParseDuration reads them, which engines and people give to runc: 500ms, 5s, 1m30s, 1.5h. */
#ifndef BASE_DURATION_H
#define BASE_DURATION_H

#include <stdint.h>

/* duration_parse: numbers, each with a unit (ns us µs ms s m h) and maybe a fraction, or 0 alone; a sign before it all. Nanoseconds in *value: 0; -1: not one, or more than 292 years. */
int duration_parse(const char *text, int64_t *value);

#endif
