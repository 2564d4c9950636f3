/* SPDX-License-Identifier: ISC */
/* inject LOG SECONDS WHO CALL N WHAT COMMAND…: runs COMMAND, and lets the N-th system call number CALL of the process WHO fail with errno WHAT, or kills the process at it (WHAT "kill").
 * WHO is "0" for the command itself, "0.2" for its second child, "0.2.1" for that one's first; x86_64. strace(1) can do it too, but counts calls the same way in each process.
 * A process is followed until it executes a file whose name does not end in "runlet" (the command itself: always). Nothing is followed once the command has ended.
 * LOG: "WHO CALL" for each call with WHAT "none"; "injected" where it came to that; "exit STATUS", "signal NUMBER" or "hangs" (all that was followed is killed then). */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES 256
#define OPTIONS (PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC)

static struct process { pid_t pid; char name[64]; int children, inside, counts, stopped, fail; } all[PROCESSES];
static int count;
static FILE *to;
static const char *who, *what;
static long call;
static int left;
static volatile sig_atomic_t late;

static void on_alarm(int signal) { (void)signal; late = 1; }

static struct process *find(pid_t pid)
{
	for (int i = 0; i < count; i++)
		if (all[i].pid == pid)
			return &all[i];
	if (count == PROCESSES)
		exit(99);
	all[count] = (struct process){ .pid = pid };
	return &all[count++];
}

static void go(struct process *p, int signal) { ptrace(PTRACE_SYSCALL, p->pid, 0, signal); }

static void entered(struct process *p)
{
	errno = 0;
	long number = ptrace(PTRACE_PEEKUSER, p->pid, offsetof(struct user_regs_struct, orig_rax), 0);
	if (!p->counts || (errno && number == -1))
		return;
	if (*what == 'n')
		fprintf(to, "%s %ld\n", p->name, number);
	else if (number == call && strcmp(p->name, who) == 0 && --left == 0) {
		fprintf(to, "injected\n");
		if (*what == 'k')
			kill(p->pid, SIGKILL);
		else
			ptrace(PTRACE_POKEUSER, p->pid, offsetof(struct user_regs_struct, orig_rax), -1L), p->fail = atoi(what);
	}
}

static void syscall_stop(struct process *p)
{
	p->inside = !p->inside;
	if (p->inside)
		entered(p);
	else if (p->fail)
		ptrace(PTRACE_POKEUSER, p->pid, offsetof(struct user_regs_struct, rax), -(long)p->fail), p->fail = 0;
	go(p, 0);
}

static void born(struct process *parent)
{
	unsigned long pid = 0;
	ptrace(PTRACE_GETEVENTMSG, parent->pid, 0, &pid);
	struct process *child = find((pid_t)pid);
	snprintf(child->name, sizeof child->name, "%.50s.%d", parent->name, ++parent->children);
	child->counts = 1;
	if (child->stopped)
		go(child, 0);
}

static void executed(struct process *p)
{
	char link[32], path[4096];
	snprintf(link, sizeof link, "/proc/%d/exe", (int)p->pid);
	ssize_t n = readlink(link, path, sizeof path - 1);
	path[n < 0 ? 0 : n] = 0;
	char *deleted = strstr(path, " (deleted)");
	if (deleted)
		*deleted = 0;
	size_t length = strlen(path);
	p->counts = length >= 6 && strcmp(path + length - 6, "runlet") == 0;
	if (p->counts || p == all)
		go(p, 0);
	else
		ptrace(PTRACE_DETACH, p->pid, 0, 0);
}

static void stopped(struct process *p, int status)
{
	int signal = WSTOPSIG(status), event = status >> 16;
	if (signal == (SIGTRAP | 0x80))
		syscall_stop(p);
	else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE)
		born(p), go(p, 0);
	else if (event == PTRACE_EVENT_EXEC)
		executed(p);
	else if (event == PTRACE_EVENT_STOP && !*p->name)
		p->stopped = 1;   /* seen before its parent's word of it */
	else if (event == PTRACE_EVENT_STOP && signal != SIGTRAP)
		ptrace(PTRACE_LISTEN, p->pid, 0, 0);
	else
		go(p, event ? 0 : signal);
}

int main(int argc, char **argv)
{
	if (argc < 8)
		return 99;
	to = fopen(argv[1], "we");
	who = argv[3], call = atol(argv[4]), left = atoi(argv[5]), what = argv[6];
	pid_t command = fork();
	if (command == 0) {
		raise(SIGSTOP);
		execvp(argv[7], argv + 7);
		_exit(127);
	}
	int status;
	struct process *p = find(command);
	strcpy(p->name, "0");
	waitpid(command, &status, WUNTRACED);
	if (!to || ptrace(PTRACE_SEIZE, command, 0, OPTIONS) < 0) {
		kill(command, SIGKILL);
		return 99;
	}
	kill(command, SIGCONT);
	sigaction(SIGALRM, &(struct sigaction){ .sa_handler = on_alarm }, 0);
	alarm((unsigned)atoi(argv[2]));
	for (int killed = 0;;) {
		pid_t pid = waitpid(-1, &status, __WALL);
		if (late && !killed++) {
			fprintf(to, "hangs\n");
			for (int i = 0; i < count; i++)
				if (all[i].pid)
					kill(all[i].pid, SIGKILL);
		}
		if (pid < 0 && errno != EINTR)
			return 99;
		if (pid <= 0)
			continue;
		p = find(pid);
		if (WIFSTOPPED(status)) {
			stopped(p, status);
			continue;
		}
		if (pid == command)
			break;
		p->pid = 0;
	}
	fprintf(to, WIFSIGNALED(status) ? "signal %d\n" : "exit %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return fclose(to) ? 99 : 0;
}
