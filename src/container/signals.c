/* SPDX-License-Identifier: ISC */
/* Signals by name and number, as kill(1) and engines write them. */
#include "container/signals.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

#define REAL_TIME_FIRST 34   /* what both C libraries' programs see as the first usable: the kernel's 32 and 33 are glibc's own */
#define REAL_TIME_LAST (_NSIG - 1)

static const struct { const char *name; int number; } signals[] = {
	{ "HUP", SIGHUP }, { "INT", SIGINT }, { "QUIT", SIGQUIT }, { "ILL", SIGILL }, { "TRAP", SIGTRAP }, { "ABRT", SIGABRT }, { "IOT", SIGABRT },
	{ "BUS", SIGBUS }, { "FPE", SIGFPE }, { "KILL", SIGKILL }, { "USR1", SIGUSR1 }, { "SEGV", SIGSEGV }, { "USR2", SIGUSR2 }, { "PIPE", SIGPIPE },
	{ "ALRM", SIGALRM }, { "TERM", SIGTERM }, { "CHLD", SIGCHLD }, { "CLD", SIGCHLD }, { "CONT", SIGCONT }, { "STOP", SIGSTOP },
	{ "TSTP", SIGTSTP }, { "TTIN", SIGTTIN }, { "TTOU", SIGTTOU }, { "URG", SIGURG }, { "XCPU", SIGXCPU }, { "XFSZ", SIGXFSZ },
	{ "VTALRM", SIGVTALRM }, { "PROF", SIGPROF }, { "WINCH", SIGWINCH }, { "IO", SIGIO }, { "POLL", SIGPOLL }, { "PWR", SIGPWR }, { "SYS", SIGSYS },
#ifdef SIGSTKFLT   /* a feature of the headers, not of a CPU: MIPS has no such signal */
	{ "STKFLT", SIGSTKFLT },
#endif
};

/* "+3" behind RTMIN, "-1" behind RTMAX, or nothing */
static int real_time(const char *offset, int from, char sign)
{
	uint64_t by = 0;
	if (*offset && (*offset != sign || str_u64(offset + 1, &by) < 0 || by > REAL_TIME_LAST - REAL_TIME_FIRST))
		return -1;
	return sign == '+' ? from + (int)by : from - (int)by;
}

int signal_parse(const char *text, struct err *e)
{
	uint64_t number;
	const char *name = strncasecmp(text, "SIG", 3) == 0 ? text + 3 : text;
	int found = -1;
	if (str_u64(text, &number) == 0)
		found = number <= REAL_TIME_LAST ? (int)number : -1;
	else if (strncasecmp(name, "RTMIN", 5) == 0)
		found = real_time(name + 5, REAL_TIME_FIRST, '+');
	else if (strncasecmp(name, "RTMAX", 5) == 0)
		found = real_time(name + 5, REAL_TIME_LAST, '-');
	for (size_t i = 0; found < 0 && i < sizeof signals / sizeof *signals; i++)
		if (strcasecmp(name, signals[i].name) == 0)
			found = signals[i].number;
	return found < 0 ? err_set(e, "unknown signal \"%s\"", text) : found;
}
