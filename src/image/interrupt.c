/* SPDX-License-Identifier: ISC */
/* Signals while an image is unpacked. */
#include "image/interrupt.h"

#include <signal.h>

static volatile sig_atomic_t noted;

static void note(int signal)
{
	noted = signal;
}

void interrupt_catch(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction before;
	signal(SIGXFSZ, SIG_IGN);   /* a write beyond RLIMIT_FSIZE is an error like others */
	for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) {
		const struct sigaction action = { .sa_handler = note };
		if (sigaction(signals[i], 0, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, 0);
	}
}

bool interrupted(void)
{
	return noted != 0;
}
