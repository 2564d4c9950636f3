/* SPDX-License-Identifier: ISC */
/* hold PID: that process does not go, killed or not, as long as this one lives: it stops at the end of its life (ptrace(2), PTRACE_O_TRACEEXIT). Says "held" once that is so. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/ptrace.h>

int main(int argc, char **argv)
{
	if (argc != 2 || ptrace(PTRACE_SEIZE, atoi(argv[1]), 0, PTRACE_O_TRACEEXIT) < 0) {
		perror("hold");
		return 1;
	}
	puts("held");
	fflush(stdout);
	for (;;)
		pause();
}
