/* SPDX-License-Identifier: ISC */
/* SemVer 2.0.0 (semver.org): MAJOR.MINOR.PATCH[-pre.release][+build.data], numbers without leading zeros. */
#include "spec/version.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *read_number(const char *at, uint32_t *value)
{
	uint64_t number = 0;
	const char *start = at;

	for (; is_digit(*at); at++)
		if (number <= UINT32_MAX)
			number = number * 10 + (uint64_t)(*at - '0');
	*value = number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
	return at > start && (*start != '0' || at == start + 1) ? at : 0;
}

/* Dot-separated identifiers of [0-9A-Za-z-], none empty; numeric ones without leading zeros if strict. 0: wrong. */
static const char *read_identifiers(const char *at, bool strict)
{
	for (;;) {
		const char *start = at;
		bool numeric = true;

		for (; is_digit(*at) || *at == '-' || (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z'); at++)
			numeric &= is_digit(*at);
		if (at == start || (strict && numeric && *start == '0' && at > start + 1))
			return 0;
		if (*at != '.')
			return at;
		at++;
	}
}

bool version_parse(const char *text, uint32_t *major, uint32_t *minor)
{
	uint32_t patch;
	const char *at = read_number(text, major);

	if (at == 0 || *at != '.' || (at = read_number(at + 1, minor)) == 0 || *at != '.' || (at = read_number(at + 1, &patch)) == 0)
		return false;
	if (*at == '-' && (at = read_identifiers(at + 1, true)) == 0)
		return false;
	if (*at == '+' && (at = read_identifiers(at + 1, false)) == 0)
		return false;
	return *at == '\0';
}

int check_version(const void *member, struct place *p, struct report *r)
{
	const char *text = *(const char *const *)member;
	uint32_t major, minor;

	if (!version_parse(text, &major, &minor))
		return report_add(r, LEVEL_MUST, p, "config.md, Specification version", "\"%.200s\" is not a SemVer 2.0.0 version", text);
	if (major != SPEC_VERSION_MAJOR)
		return report_add(r, LEVEL_MUST, p, "config.md, Specification version", "version %.200s is not supported: only 1.x is", text);
	if (minor > SPEC_VERSION_MINOR)
		return report_add(r, LEVEL_MAY, p, "config.md, Specification version", "version %.200s is newer than " SPEC_VERSION, text);
	return 0;
}
