/* SPDX-License-Identifier: ISC */
/* Checks of system call filters (runtime-spec, config-linux.md, "Seccomp"). The calls that they are about are getcwd and personality: on every CPU, and nothing needs them. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/io.h"
#include "conform/agent.h"
#include "conform/conform.h"
#include "conform/inside.h"

#define SECCOMP "config-linux.md, Seccomp"
#define NOTIFY "config-linux.md, The Container Process State"

/* --- inside ------------------------------------------------------------------------------------------------------------------------------- */
static int call_getcwd(void)
{
	char here[64];
	errno = 0;
	return syscall(SYS_getcwd, here, sizeof here) < 0 ? errno : 0;
}

static int call_personality(unsigned long value)
{
	errno = 0;
	return syscall(SYS_personality, value) < 0 ? errno : 0;
}

static void answers(struct inside *in, const char *call, int found, int wanted)
{
	expect(in, found == wanted, "%s is answered with errno %d (%s), not %d", call, found, strerror(found), wanted);
}

static void in_errno(struct inside *in) { answers(in, "getcwd", call_getcwd(), 99); }
static void in_personality_errno(struct inside *in) { answers(in, "personality", call_personality(0xffffffff), 99); }
static void in_default_errno(struct inside *in) { answers(in, "getcwd", call_getcwd(), EPERM); }
static void in_notified(struct inside *in) { answers(in, "getcwd", call_getcwd(), 88); }
static void in_refused_by_default(struct inside *in)
{
	answers(in, "personality", call_personality(0xffffffff), 77);
	answers(in, "getcwd", call_getcwd(), 0);
}

static void in_arguments_compared(struct inside *in)
{
	answers(in, "personality(5)", call_personality(5), 71);            /* EQ */
	answers(in, "personality(0xffffffff)", call_personality(0xffffffff), 0);
	answers(in, "personality(0x40001)", call_personality(0x40001), 72);   /* MASKED_EQ: 0x40000 of 0xf0000 */
	answers(in, "personality(0)", call_personality(0), 0);
}

static volatile sig_atomic_t caught;
static void on_signal(int signal) { caught = signal; }
static void in_trapped(struct inside *in)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigaction(SIGSYS, &action, 0);
	call_getcwd();
	expect(in, caught == SIGSYS, "getcwd brought no SIGSYS");
}

static void has_filter(struct inside *in)
{
	static char text[4096];
	struct err e;
	expect(in, io_read_file(AT_FDCWD, "/proc/self/status", text, sizeof text, &e) > 0 && strstr(text, "\nSeccomp:\t2\n"), "the program has no filter");
}
static void in_logged(struct inside *in)
{
	has_filter(in);
	answers(in, "getcwd", call_getcwd(), 0);
}
/* no tracer is there to be asked */
static void in_traced(struct inside *in) { answers(in, "getcwd", call_getcwd(), ENOSYS); }

static void in_killed(struct inside *in)
{
	call_getcwd();
	wrong(in, "getcwd did not kill the program");
}

/* --- outside ------------------------------------------------------------------------------------------------------------------------------ */
static void killed(struct test *t)
{
	static char text[1024];
	config_own(t);
	life_create(t);
	life_start(t);
	life_wait(t);
	read_text(t, "report", text, sizeof text);
	want(t, *text == 0, "inside: %s", text);
	want(t, !t->status_known || t->status == 128 + SIGSYS, "the program ended with %d, not with SIGSYS", t->status);
	life_delete(t);
}

static void notify(struct test *t)
{
	static char text[16384];
	unsigned fds;
	int socket = agent_listen(t, "agent");
	config_own(t);
	life_create(t);
	/* the listener comes during create or start, whichever of them loads the filter; the program may wait for an answer already when start returns */
	life_start(t);
	int listener = agent_accept(t, socket, text, sizeof text, &fds);
	must(t, listener >= 0, "no listener came over listenerPath");
	want(t, fds == 1, "%u descriptors came, not 1", fds);
	want(t, strstr(text, "seccompFd") != 0, "fds does not name seccompFd: %s", text);
	want(t, strstr(text, "opaque data") != 0, "the metadata is missing: %s", text);
	want(t, strstr(text, t->id) != 0 && strstr(text, "\"state\"") != 0, "the container's state is missing: %s", text);
	int number = agent_answer(t, listener, 88);
	want(t, number == SYS_getcwd, "the listener told of system call %d, not of getcwd", number);
	io_close(listener);
	life_wait(t);
	life_report(t);
	life_delete(t);
}

static void notify_nobody(struct test *t)
{
	config_own(t);
	int status = call(t, "create", "--bundle", t->dir, t->id, (char *)0);
	if (status == 0)
		want(t, call(t, "start", t->id, (char *)0) != 0, "neither `create` nor `start` fails though nobody listens at listenerPath");
}

#define RULES(rules) "{'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[" rules "]}}}"
#define GETCWD(action, more) "{'names':['getcwd'],'action':'" action "'" more "}"
/* What programs and runtimes call on their way to the program: all that Docker's profile allows and is common to all CPUs, but for personality. */
#define CALLS "'accept4','arch_prctl','bind','brk','capget','capset','chdir','clock_gettime','clock_gettime64','clock_nanosleep','clock_nanosleep_time64','clone','clone3','close'," \
	"'close_range','connect','dup','dup2','dup3','epoll_create','epoll_create1','epoll_ctl','epoll_pwait','epoll_wait','eventfd2','execve','execveat','exit','exit_group','faccessat'," \
	"'faccessat2','fchdir','fchmod','fchown','fcntl','fcntl64','fstat','fstat64','fstatat64','fstatfs','fstatfs64','futex','futex_time64','getcwd','getdents','getdents64','getegid'," \
	"'geteuid','getgid','getgroups','getpgrp','getpid','getppid','getrandom','getrlimit','gettid','getuid','ioctl','kill','lseek','_llseek','lstat','lstat64','madvise','membarrier','mkdirat'," \
	"'mincore','mmap','mmap2','mprotect','munmap','nanosleep','newfstatat','open','openat','openat2','pidfd_open','pidfd_send_signal','pipe','pipe2','poll','ppoll','ppoll_time64','prctl','pread64','prlimit64'," \
	"'read','readlink','readlinkat','readv','recvfrom','recvmsg','restart_syscall','rseq','rt_sigaction','rt_sigprocmask','rt_sigreturn','sched_getaffinity','sched_setaffinity','sched_yield'," \
	"'seccomp','sendmsg','sendto','set_robust_list','set_tid_address','set_thread_area','setgid','setgroups','setgroups32','setresgid','setresuid','setsid','setuid','sigaltstack','sigreturn'," \
	"'sigaction','sigprocmask','socket','socketcall','stat','stat64','statfs','statfs64','statx','sysinfo','tgkill','timer_create','timer_delete','timer_settime','timerfd_create','ugetrlimit'," \
	"'umask','uname','unlinkat','wait4','waitid','write','writev','access','fchownat','landlock_restrict_self','keyctl','fsync','ftruncate','setfsuid','setfsgid'"
static const struct check checks[] = {
	{ .name = "linux.seccomp.errno", .since = SPEC_1_1, .section = SECCOMP, .needs = { FACILITY_SECCOMP_FILTER }, .inside = in_errno, .config = RULES(GETCWD("SCMP_ACT_ERRNO", ",'errnoRet':99")) },
	{ .name = "linux.seccomp.eperm", .section = SECCOMP, .needs = { FACILITY_SECCOMP_FILTER }, .inside = in_default_errno, .config = RULES(GETCWD("SCMP_ACT_ERRNO", "")) },
	{ .name = "linux.seccomp.without-noNewPrivileges", .since = SPEC_1_1, .section = SECCOMP, .needs = { FACILITY_SECCOMP_FILTER }, .inside = in_personality_errno,
	  .config = "{'process':{'noNewPrivileges':false},'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[" "{'names':['personality'],'action':'SCMP_ACT_ERRNO','errnoRet':99}" "]}}}" },
	{ .name = "linux.seccomp.defaultErrnoRet", .since = SPEC_1_1, .section = SECCOMP, .needs = { FACILITY_SECCOMP_FILTER }, .inside = in_refused_by_default,
	  .config = "{'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':77,'syscalls':[{'names':[" CALLS "],'action':'SCMP_ACT_ALLOW'}]}}}" },
	{ .name = "linux.seccomp.args", .since = SPEC_1_1, .section = SECCOMP, .needs = { FACILITY_SECCOMP_FILTER }, .inside = in_arguments_compared,
	  .config = RULES("{'names':['personality'],'action':'SCMP_ACT_ERRNO','errnoRet':71,'args':[{'index':0,'value':5,'op':'SCMP_CMP_EQ'}]},"
	                  "{'names':['personality'],'action':'SCMP_ACT_ERRNO','errnoRet':72,'args':[{'index':0,'value':983040,'valueTwo':262144,'op':'SCMP_CMP_MASKED_EQ'}]}") },
	{ .name = "linux.seccomp.kill", .section = SECCOMP, .needs = { FACILITY_SECCOMP_FILTER }, .inside = in_killed, .outside = killed, .config = RULES(GETCWD("SCMP_ACT_KILL", "")) },
	{ .name = "linux.seccomp.kill-process", .since = SPEC_1_1, .section = SECCOMP, .needs = { FACILITY_SECCOMP_FILTER }, .inside = in_killed, .outside = killed,
	  .config = RULES(GETCWD("SCMP_ACT_KILL_PROCESS", "")) },
	{ .name = "linux.seccomp.trap", .section = SECCOMP, .needs = { FACILITY_SECCOMP_FILTER }, .inside = in_trapped, .config = RULES(GETCWD("SCMP_ACT_TRAP", "")) },
	{ .name = "linux.seccomp.log", .since = SPEC_1_1, .section = SECCOMP, .needs = { FACILITY_SECCOMP_FILTER }, .inside = in_logged, .config = RULES(GETCWD("SCMP_ACT_LOG", "")) },
	{ .name = "linux.seccomp.trace", .section = SECCOMP, .needs = { FACILITY_SECCOMP_FILTER }, .inside = in_traced, .config = RULES(GETCWD("SCMP_ACT_TRACE", "")) },
	{ .name = "linux.seccomp.architectures.unknown", .section = SECCOMP, .needs = { FACILITY_SECCOMP_FILTER }, .outside = life_refused, .edit = { "SCMP_ARCH_X86", "SCMP_ARCH_NOTHING" },
	  .config = "{'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','architectures':['SCMP_ARCH_X86'],'syscalls':[" GETCWD("SCMP_ACT_ERRNO", "") "]}}}" },
	{ .name = "linux.seccomp.flags", .since = SPEC_1_1, .section = SECCOMP, .needs = { FACILITY_SECCOMP_FILTER }, .inside = in_errno,
	  .config = "{'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','flags':['SECCOMP_FILTER_FLAG_LOG','SECCOMP_FILTER_FLAG_SPEC_ALLOW'],'syscalls':["
	            GETCWD("SCMP_ACT_ERRNO", ",'errnoRet':99") "]}}}" },
	{ .name = "linux.seccomp.errno-of-allow", .since = SPEC_1_1, .section = SECCOMP, .needs = { FACILITY_SECCOMP_FILTER }, .outside = life_refused, .config = RULES(GETCWD("SCMP_ACT_ALLOW", ",'errnoRet':5")) },
	{ .name = "linux.seccomp.unknown-action", .section = SECCOMP, .needs = { FACILITY_SECCOMP_FILTER }, .outside = life_refused, .edit = { "SCMP_ACT_LOG", "SCMP_ACT_NOTHING" },
	  .config = RULES(GETCWD("SCMP_ACT_LOG", "")) },
	{ .name = "linux.seccomp.notify", .since = SPEC_1_1, .section = NOTIFY, .needs = { FACILITY_SECCOMP_FILTER }, .inside = in_notified, .outside = notify,
	  .config = "{'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','listenerPath':'@DIR@/agent','listenerMetadata':'opaque data','syscalls':[" GETCWD("SCMP_ACT_NOTIFY", "") "]}}}" },
	{ .name = "linux.seccomp.notify-nobody", .since = SPEC_1_1, .section = SECCOMP, .needs = { FACILITY_SECCOMP_FILTER }, .outside = notify_nobody,
	  .config = "{'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','listenerPath':'@DIR@/nobody','syscalls':[" GETCWD("SCMP_ACT_NOTIFY", "") "]}}}" },
};
const struct chapter chapter_seccomp = { checks, sizeof checks / sizeof *checks };
