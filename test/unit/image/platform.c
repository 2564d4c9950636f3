/* SPDX-License-Identifier: ISC */
/* image/platform.h: which platform is best; image/select.h: what may be asked for. */
#include "tap.h"

#include "image/platform.h"
#include "image/select.h"

#define V2 "cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3"
#define V3 V2 " avx avx2 bmi1 bmi2 f16c fma abm movbe xsave"

static void machines(void)
{
	static const struct { const char *machine, *cpuinfo, *os, *architecture, *variant; int rank; } cases[] = {
		{ "x86_64", "", "linux", "amd64", 0, 0 }, { "x86_64", "", "linux", "amd64", "v1", 1 }, { "x86_64", "", "linux", "amd64", "v2", -1 },
		{ "x86_64", "x\nflags\t\t: fpu " V2 "\nflags: " V3 "\n", "linux", "amd64", "v2", 0 }, { "x86_64", "x\nflags\t\t: fpu " V2 "\n", "linux", "amd64", "v3", -1 },
		{ "x86_64", "x\nflags\t\t: " V3 "\n", "linux", "amd64", "v3", 0 }, { "x86_64", "x\nflags\t\t: " V3 "\n", "linux", "amd64", "v2", 2 },
		{ "x86_64", "x\nflags\t\t: " V3 "\n", "linux", "amd64", 0, 4 }, { "x86_64", "x\nflags\t\t: " V3 "\n", "linux", "386", 0, 6 },
		{ "x86_64", "x\nflags\t\t: xssse3 cx16 lahf_lm popcnt pni sse4_1 sse4_2\n", "linux", "amd64", "v2", -1 },
		{ "x86_64", "", "windows", "amd64", 0, -1 }, { "x86_64", "", "linux", "arm64", 0, -1 },
		{ "aarch64", "", "linux", "arm64", 0, 1 }, { "aarch64", "", "linux", "arm64", "v8", 0 }, { "aarch64", "", "linux", "arm", "v7", 6 }, { "aarch64", "", "linux", "arm", "v6", 8 },
		{ "armv7l", "", "linux", "arm", "v7", 0 }, { "armv7l", "", "linux", "arm", 0, 1 }, { "armv7l", "", "linux", "arm", "v6", 2 }, { "armv7l", "", "linux", "arm", "v8", -1 },
		{ "armv5tejl", "", "linux", "arm", "v5", 0 }, { "armv5tejl", "", "linux", "arm", 0, -1 }, { "armv6l", "", "linux", "arm", "v7", -1 },
		{ "i686", "", "linux", "386", 0, 0 }, { "riscv64", "", "linux", "riscv64", 0, 0 }, { "s390x", "", "linux", "s390x", 0, 0 }, { "loongarch64", "", "linux", "loong64", 0, 0 },
	};
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct platforms p;
		platforms_from(&p, cases[i].machine, cases[i].cpuinfo);
		is_int(platforms_rank(&p, cases[i].os, cases[i].architecture, cases[i].variant), cases[i].rank, "%u: on %s: %s %s", i, cases[i].machine, cases[i].architecture,
		       cases[i].variant ? cases[i].variant : "-");
	}
}

static void byte_order(void)
{
	const union { unsigned word; char first; } order = { 1 };
	struct platforms p;
	platforms_from(&p, "mips", "");
	is_int(platforms_rank(&p, "linux", order.first ? "mipsle" : "mips", 0), 0, "mips by this machine's byte order");
	is_int(platforms_rank(&p, "linux", order.first ? "mips" : "mipsle", 0), -1, "and not by the other");
	platforms_from(&p, "mips64", "");
	is_int(platforms_rank(&p, "linux", order.first ? "mips64le" : "mips64", 0), 0, "mips64 too");
}

static void asked(void)
{
	static const char *const bad[] = { "", "linux", "linux:", ":amd64", "linux:amd64:v1:x", "linux:aaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };
	struct platforms p;
	struct err e;
	ok(platforms_parse(&p, "linux:arm:v6", &e) == 0, "OS:ARCH:VARIANT");
	is_int(platforms_rank(&p, "linux", "arm", "v6"), 0, "is that one");
	is_int(platforms_rank(&p, "linux", "arm", "v5"), -1, "and no other");
	is_str(p.asked, "linux/arm/v6", "told with slashes");
	ok(platforms_parse(&p, "linux/s390x", &e) == 0, "OS/ARCH");
	is_int(platforms_rank(&p, "linux", "s390x", 0), 0, "is that one");
	ok(platforms_parse(&p, "linux/arm64", &e) == 0 && platforms_rank(&p, "linux", "arm64", 0) != platforms_rank(&p, "linux", "arm64", "v8") && platforms_rank(&p, "linux", "arm64", "v8") >= 0,
	   "of arm64 and arm64/v8 one is the better");
	ok(platforms_parse(&p, "linux/arm64/v8", &e) == 0 && platforms_rank(&p, "linux", "arm64", "v8") < platforms_rank(&p, "linux", "arm64", 0), "the one that was asked for");
	ok(platforms_parse(&p, "linux:riscv64:", &e) == 0, "an empty variant");
	ok(platforms_parse(&p, "windows:amd64", &e) == 0, "another OS");
	ok(platforms_rank(&p, "windows", "amd64", 0) >= 0, "is found");
	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++)
		ok(platforms_parse(&p, bad[i], &e) < 0, "\"%s\" is none", bad[i]);
}

static void selections(void)
{
	static const char *const words[] = { "name=v1", "digest=sha256:0", "platform.os=linux", "platform.architecture=arm" };
	static const char *const same[] = { "v1", "name=v1" }, *const two[] = { "v1", "v2" }, *const unknown[] = { "x=y" }, *const empty[] = { "name=" };
	struct selection s;
	struct err e;
	ok(selection_parse(&s, words, 4, 0, &e) == 0, "four words");
	is_str(s.name, "v1", "a name");
	is_str(s.digest, "sha256:0", "a digest");
	is_str(s.platforms.os, "linux", "a platform");
	ok(selection_parse(&s, same, 2, 0, &e) == 0, "the same twice");
	ok(selection_parse(&s, two, 2, 0, &e) < 0, "two names cannot both hold");
	ok(selection_parse(&s, unknown, 1, 0, &e) < 0, "an unknown key");
	ok(selection_parse(&s, empty, 1, 0, &e) < 0, "an empty value");
}

int main(void)
{
	machines();
	byte_order();
	asked();
	selections();
	return done_testing();
}
