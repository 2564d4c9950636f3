/* SPDX-License-Identifier: ISC */
/* Platforms in order of preference. */
#include "image/platform.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/str.h"

/* uname's machine → what it runs in Go's names, best first. The variant that goes without saying stands last of its architecture, left out. */
static const struct { const char *prefix, *runs; } machines[] = {
	{ "x86_64", "amd64/v4 amd64/v3 amd64/v2 amd64 386" },
	{ "aarch64", "arm64/v8 arm64 arm/v8 arm/v7 arm/v6 arm/v5" },
	{ "armv8", "arm/v8 arm/v7 arm/v6 arm/v5" },
	{ "armv7", "arm/v7 arm/v6 arm/v5" },
	{ "armv6", "arm/v6 arm/v5" },
	{ "armv5", "arm/v5" },
	{ "i", "386" },
	{ "loongarch64", "loong64" },
};

/* What each level of x86-64 needs of the flags line, in the kernel's words (x86-64 psABI, "Micro-Architecture Levels"). */
static const struct { const char *variant, *flags; } levels[] = {
	{ "v2", "cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3" },
	{ "v3", "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave" },
	{ "v4", "avx512f avx512bw avx512cd avx512dq avx512vl" },
};

static bool has_word(const char *line, size_t length, const char *word, size_t word_length)
{
	for (const char *at = line; at + word_length <= line + length; at++)
		if (memcmp(at, word, word_length) == 0 && (at == line || at[-1] == ' ') && (at + word_length == line + length || at[word_length] == ' '))
			return true;
	return false;
}

/* 1 … 4 */
static int x86_level(const char *cpuinfo)
{
	const char *line = strstr(cpuinfo, "\nflags");
	int level = 1;
	if (!line)
		return level;
	line += strcspn(line, ":") + 1;
	size_t length = strcspn(line, "\n");
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++, level++)
		for (const char *flag = levels[i].flags; *flag; flag += strspn(flag, " ")) {
			size_t n = strcspn(flag, " ");
			if (!has_word(line, length, flag, n))
				return level;
			flag += n;
		}
	return level;
}

static void add(struct platforms *p, const char *architecture, const char *variant)
{
	struct platform_choice *c = &p->choice[p->count++];
	snprintf(c->architecture, sizeof c->architecture, "%s", architecture);
	snprintf(c->variant, sizeof c->variant, "%s", variant);
}

/* Words "ARCH[/VARIANT]"; variants above level are left out. */
static void add_words(struct platforms *p, const char *words, int level)
{
	while (p->count < PLATFORM_CHOICES && *words) {
		struct platform_choice *c = &p->choice[p->count];
		size_t length = strcspn(words, " "), slash = strcspn(words, "/ ");
		snprintf(c->architecture, sizeof c->architecture, "%.*s", (int)slash, words);
		snprintf(c->variant, sizeof c->variant, "%.*s", (int)(length - slash) - (slash < length), words + slash + (slash < length));
		p->count += !c->variant[0] || c->variant[1] - '0' <= level;
		words += length + (words[length] == ' ');
	}
}

static void add_mips(struct platforms *p, const char *machine)
{
	const union { unsigned word; char first; } order = { 1 };   /* uname says "mips" of both byte orders */
	char name[16];
	snprintf(name, sizeof name, "mips%s%s", str_starts(machine, "mips64") ? "64" : "", order.first ? "le" : "");
	add(p, name, "");
}

void platforms_from(struct platforms *p, const char *machine, const char *cpuinfo)
{
	*p = (struct platforms){ .os = "linux" };
	if (str_starts(machine, "mips"))
		add_mips(p, machine);
	for (size_t i = 0; i < sizeof machines / sizeof *machines && !p->count; i++)
		if (str_starts(machine, machines[i].prefix))
			add_words(p, machines[i].runs, i ? 9 : x86_level(cpuinfo));
	if (!p->count)
		add(p, machine, "");
	snprintf(p->asked, sizeof p->asked, "linux/%s", p->choice[0].architecture);
}

void platforms_host(struct platforms *p)
{
	static LARGE char cpuinfo[4096];   /* the first CPU's flags are in it */
	struct utsname names;
	if (uname(&names) < 0)
		names.machine[0] = 0;
	int fd = open("/proc/cpuinfo", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : io_read(fd, cpuinfo, sizeof cpuinfo - 1);
	io_close(fd);
	cpuinfo[n < 0 ? 0 : n] = 0;
	platforms_from(p, names.machine, cpuinfo);
}

/* Without a variant every one of that architecture will do: what this machine prefers, then the one that goes without saying, then the rest. */
static void add_all(struct platforms *p, const char *architecture)
{
	struct platforms host;
	platforms_host(&host);
	for (int i = 0; i < host.count; i++)
		if (strcmp(host.choice[i].architecture, architecture) == 0)
			add(p, architecture, host.choice[i].variant);
	if (p->count)
		return;
	if (strcmp(architecture, "arm") == 0)
		add_words(p, "arm/v7 arm/v6 arm/v5 arm/v8", 9);
	else
		add(p, architecture, "");
}

int platforms_parse(struct platforms *p, const char *text, struct err *e)
{
	char part[3][16] = { "", "", "" };
	const char *at = text;
	for (int i = 0; i < 3; i++) {
		size_t length = strcspn(at, ":/");
		if (length >= sizeof part[i] || (!length && i < 2))
			break;
		memcpy(part[i], at, length);
		at += length;
		at += i < 2 && *at;
	}
	if (*at || !part[0][0] || !part[1][0])
		return err_set(e, "platform \"%.60s\": expected OS:ARCH or OS:ARCH:VARIANT", text);
	*p = (struct platforms){ .count = 0 };
	snprintf(p->os, sizeof p->os, "%s", part[0]);
	snprintf(p->asked, sizeof p->asked, "%s/%s%s%s", part[0], part[1], part[2][0] ? "/" : "", part[2]);
	if (part[2][0])
		add(p, part[1], part[2]);
	else
		add_all(p, part[1]);
	return 0;
}

/* The variant that goes without saying. */
static const char *plain_variant(const char *architecture)
{
	return strcmp(architecture, "arm") == 0 ? "v7" : strcmp(architecture, "arm64") == 0 ? "v8" : strcmp(architecture, "amd64") == 0 ? "v1" : "";
}

int platforms_rank(const struct platforms *p, const char *os, const char *architecture, const char *variant)
{
	if (strcmp(p->os, os) != 0)
		return -1;
	variant = variant ? variant : "";
	for (int i = 0; i < p->count; i++) {
		const struct platform_choice *c = &p->choice[i];
		const char *plain = plain_variant(architecture);
		bool exact = strcmp(c->variant, variant) == 0, same = exact || (!*c->variant && strcmp(plain, variant) == 0) || (!*variant && strcmp(plain, c->variant) == 0);
		if (strcmp(c->architecture, architecture) == 0 && same)
			return 2 * i + !exact;
	}
	return -1;
}
