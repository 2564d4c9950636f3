/* SPDX-License-Identifier: ISC */
/* Exact integers from JSON numbers (RFC 8259, section 6) without floating point: the value is its significant digits times a power of ten. */
#include "json/json.h"

#define EXPONENT_MAX 1000000000   /* beyond any document's number of digits */

struct digits { bool negative; const char *first, *last; int64_t power; };   /* from the first digit that is not 0 to the last; first 0: the value is 0 */

static int64_t read_exponent(const char *at, const char *end)
{
	bool negative = at < end && *at == '-';
	int64_t value = 0;

	if (at < end && (*at == '-' || *at == '+'))
		at++;
	for (; at < end; at++)
		if (value < EXPONENT_MAX)
			value = value * 10 + (*at - '0');
	return negative ? -value : value;
}

static struct digits read_digits(const struct json *j, uint32_t token)
{
	const char *at = j->text + j->tokens[token].start, *end = j->text + j->tokens[token].end;
	struct digits d = { .negative = *at == '-' };
	int64_t behind = 0;     /* digits behind the last significant one, before the point counts them out */
	int64_t fraction = 0;   /* digits behind the point */
	bool point = false;

	for (at += d.negative; at < end && *at != 'e' && *at != 'E'; at++) {
		if (*at == '.') {
			point = true;
			continue;
		}
		fraction += point;
		behind++;
		if (*at != '0') {
			if (d.first == 0)
				d.first = at;
			d.last = at;
			behind = 0;
		}
	}
	d.power = behind - fraction + (at < end ? read_exponent(at + 1, end) : 0);
	return d;
}

/* The absolute value: 0, -1 not whole, -2 above 2^64-1. */
static int magnitude(const struct digits *d, uint64_t *value)
{
	uint64_t m = 0;

	*value = 0;
	if (d->first == 0)
		return 0;
	if (d->power < 0)
		return -1;
	for (const char *at = d->first; at <= d->last; at++) {
		uint64_t digit;

		if (*at == '.')
			continue;
		digit = (uint64_t)(*at - '0');
		if (m > (UINT64_MAX - digit) / 10)
			return -2;
		m = m * 10 + digit;
	}
	for (int64_t i = 0; i < d->power; i++) {
		if (m > UINT64_MAX / 10)
			return -2;
		m *= 10;
	}
	*value = m;
	return 0;
}

int json_u64(const struct json *j, uint32_t token, uint64_t *value)
{
	struct digits d = read_digits(j, token);
	int result = magnitude(&d, value);

	return result == 0 && d.negative && *value != 0 ? -2 : result;
}

int json_i64(const struct json *j, uint32_t token, int64_t *value)
{
	struct digits d = read_digits(j, token);
	uint64_t m;
	int result = magnitude(&d, &m);

	if (result < 0)
		return result;
	if (m > (uint64_t)INT64_MAX + d.negative)
		return -2;
	*value = d.negative ? (m == 0 ? 0 : -1 - (int64_t)(m - 1)) : (int64_t)m;
	return 0;
}
