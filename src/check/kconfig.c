/* SPDX-License-Identifier: ISC */
#include "check/kconfig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(FACILITY_COUNT <= 64, "a bit each in struct kconfig");

/* Whether the option's text in the probe table names it: "CONFIG_A, or CONFIG_B on v2". */
static bool names(const char *text, const char *option, size_t length)
{
	for (const char *at = text; (at = strstr(at, "CONFIG_")); at += 7)
		if (strncmp(at, option, length) == 0 && strchr(", ", at[length]))
			return true;
	return false;
}

static unsigned version_of(const char *text)
{
	char *end;
	unsigned long major = strtoul(text, &end, 10);
	return *end == '.' ? (unsigned)(major << 16 | strtoul(end + 1, 0, 10)) : 0;
}

/* "# Linux/x86 6.12.57 Kernel Configuration" */
static void comment(struct kconfig *k)
{
	const char *at = strncmp(k->line, "# Linux/", 8) == 0 ? strchr(k->line + 8, ' ') : 0;
	if (!at || k->version || !strstr(at, " Kernel Configuration"))
		return;
	k->version = version_of(at + 1);
	snprintf(k->release, sizeof k->release, "%.*s", (int)strcspn(at + 1, " "), at + 1);
}

static void end_line(struct kconfig *k)
{
	k->line[k->used] = 0;
	k->used = 0;
	if (*k->line == '#')
		comment(k);
	size_t length = strcspn(k->line, "=");
	if (strncmp(k->line, "CONFIG_", 7) != 0 || !k->line[length])
		return;
	k->options++;
	if (k->line[length + 1] == 'n')   /* of a fragment; a whole .config has "# CONFIG_X is not set" */
		return;
	for (int f = FACILITY_END + 1; f < FACILITY_COUNT; f++)
		if (names(probe_option((enum facility)f), k->line, length))
			*(k->line[length + 1] == 'm' ? &k->module : &k->built) |= 1ull << f;
}

void kconfig_feed(struct kconfig *k, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i] == '\n')
			end_line(k);
		else if (k->used < sizeof k->line - 1)
			k->line[k->used++] = bytes[i];
}

enum kernel_answer kconfig_answer(const struct kconfig *k, enum facility f)
{
	const char *option = probe_option(f), *since = strstr(option, "Linux ");
	if (since && k->version < version_of(since + 6))
		return ANSWER_MISSING;
	if (!strstr(option, "CONFIG_") || k->built >> f & 1)
		return ANSWER_PRESENT;
	return k->module >> f & 1 ? ANSWER_MODULE : ANSWER_MISSING;
}
