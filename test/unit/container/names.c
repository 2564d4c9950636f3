/* SPDX-License-Identifier: ISC */
/* Container IDs and signal names. */
#include <signal.h>
#include <string.h>

#include "container/id.h"
#include "container/signals.h"
#include "tap.h"

static void ids(void)
{
	struct err e;
	char text[2000];
	static const char *const good[] = { "a", "0", "web-1", "A.b_c+d-e", "-", "--", "_.", "x.." };
	static const char *const bad[] = { "", ".", "..", ".x", "a/b", "/", "a b", "a\n", "\xc3\xa9", "a:b", "a\"b", "a\\b" };
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		is_int(id_check(good[i], &e), 0, "ID \"%s\" is allowed", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ok(id_check(bad[i], &e) == -1 && strncmp(e.text, "container ID", 12) == 0, "ID %zu of the bad ones is refused", i);
	memset(text, 'a', sizeof text);
	text[255] = 0;
	is_int(id_check(text, &e), 0, "255 bytes are allowed");
	text[255] = 'a', text[256] = 0;
	is_int(id_check(text, &e), -1, "256 are not");
	ok(strstr(e.text, "255"), "and the message says how many are");
	text[256] = 'a', text[1025] = 0;
	is_int(id_check(text, &e), -1, "1,025 are not");
	ok(strstr(e.text, "LIMIT_ID_BYTES"), "and the limit is named");
}

static void signals(void)
{
	static const struct { const char *text; int number; } good[] = {
		{ "TERM", SIGTERM }, { "SIGTERM", SIGTERM }, { "term", SIGTERM }, { "SigKill", SIGKILL }, { "9", 9 }, { "0", 0 }, { "USR1", SIGUSR1 },
		{ "CHLD", SIGCHLD }, { "CLD", SIGCHLD }, { "IOT", SIGABRT }, { "POLL", SIGIO }, { "SYS", SIGSYS }, { "WINCH", SIGWINCH }, { "PWR", SIGPWR },
		{ "RTMIN", 34 }, { "SIGRTMIN+3", 37 }, { "rtmin+1", 35 }, { "RTMAX", _NSIG - 1 }, { "RTMAX-2", _NSIG - 3 }, { "64", 64 },
	};
	static const char *const bad[] = { "", "SIG", "NONSENSE", "-1", "+9", "9x", "128", "1000000000000000000000", "RTMIN-1", "RTMAX+1", "RTMIN+", "RTMIN+200",
					   "RTMIN+x", "TERM ", "SIGSIGTERM" };
	struct err e;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		is_int(signal_parse(good[i].text, &e), good[i].number, "signal %s", good[i].text);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ok(signal_parse(bad[i], &e) == -1 && strncmp(e.text, "unknown signal \"", 16) == 0, "\"%s\" is no signal", bad[i]);
}

int main(void)
{
	ids();
	signals();
	return done_testing();
}
