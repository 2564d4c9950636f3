/* SPDX-License-Identifier: ISC */
/* Runs PROGRAM one instruction at a time, and the processes that it makes until they execute another program; prints each address below 16 MB that was executed,
 * once, in hexadecimal. x86_64. usage: touched PROGRAM [ARGUMENT]… */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define ADDRESSES 0x1000000
static unsigned char touched[ADDRESSES];

static void step(pid_t pid, int status)
{
	struct user_regs_struct regs;
	int signal = WSTOPSIG(status);
	if (ptrace(PTRACE_GETREGS, pid, 0, &regs) == 0 && regs.rip < ADDRESSES)
		touched[regs.rip] = 1;
	ptrace(PTRACE_SINGLESTEP, pid, 0, signal == SIGTRAP || signal == SIGSTOP ? 0 : signal);
}

int main(int argc, char **argv)
{
	int status;
	pid_t pid = argc < 2 ? -1 : fork();
	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		execv(argv[1], argv + 1);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return 1;
	ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
	ptrace(PTRACE_SINGLESTEP, pid, 0, 0);
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status))
			continue;
		if (status >> 16 == PTRACE_EVENT_EXEC)
			ptrace(PTRACE_DETACH, pid, 0, 0);
		else
			step(pid, status);
	}
	for (unsigned i = 0; i < ADDRESSES; i++)
		if (touched[i])
			printf("%x\n", i);
	return 0;
}
