/* SPDX-License-Identifier: ISC */
/* kernel/seccomp: profiles compiled in a child, installed in another. */
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include "kernel/probe.h"
#include "kernel/seccomp_parts.h"
#include "sandbox.h"

#define NAMES(...) (const char *const[]){ __VA_ARGS__ }, sizeof (const char *const[]){ __VA_ARGS__ } / sizeof(char *)
static struct seccomp_program program;

static int compile(const struct seccomp_profile *p)
{
	e.text[0] = 0;
	return seccomp_compile(p, &program, &e);
}

static int in_child(int (*run)(void))
{
	int status;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || seccomp_install(&program, &e) < 0) {
			printf("# %s\n", e.text);
			fflush(stdout);
			_exit(99);
		}
		_exit(run());
	}
	while (waitpid(pid, &status, 0) < 0)
		;
	return WIFSIGNALED(status) ? 100 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int call_getpgid(void) { return syscall(SYS_getpgid, 0) < 0 ? errno : 0; }
static int call_umask(void) { return syscall(SYS_umask, 022) < 0 ? errno : 0; }
static int call_umask_other(void) { return syscall(SYS_umask, 0123) < 0 ? errno : 0; }
static int call_none(void) { return syscall(SYS_pidfd_send_signal + 500) < 0 ? errno : 0; }
static int call_getsid(void) { return syscall(SYS_getsid, 0) < 0 ? errno : 0; }

static const uint32_t errno_7 = 7, errno_nosys = ENOSYS;

static void allowing(void)
{
	const struct seccomp_compare is_022 = { 0, 022, 0, "SCMP_CMP_EQ" };
	const struct seccomp_calls calls[] = {
		{ NAMES("getpgid", "no_such_call_at_all"), "SCMP_ACT_ERRNO", &errno_7, 0, 0 },
		{ NAMES("umask"), "SCMP_ACT_ERRNO", 0, &is_022, 1 },
		{ NAMES("getsid"), "SCMP_ACT_KILL", 0, 0, 0 },
	};
	const struct seccomp_profile p = { .default_action = "SCMP_ACT_ALLOW", .calls = calls, .call_count = 3, .flags = (const char *const[]){ "SECCOMP_FILTER_FLAG_LOG" }, .flag_count = 1 };
	is_int(seccomp_syscall_resolve_name("getsid"), SYS_getsid, "libseccomp's table has this CPU's numbers (SECCOMP_ARCHES)");
	if (!ok(compile(&p) == 0, "a profile that allows")) {
		printf("# %s\n", e.text);
		return;
	}
	ok(program.instructions > 4 && program.flags == 2 && !program.notifies, "%u instructions, flags", (unsigned)program.instructions);
	if (!probe_has(FACILITY_SECCOMP_FILTER)) {
		skip("filters can't be installed here");
		seccomp_free(&program);
		return;
	}
	is_int(in_child(call_getpgid), 7, "an errno of its own");
	is_int(in_child(call_umask), EPERM, "EPERM by default, where the argument fits");
	is_int(in_child(call_umask_other), 0, "and not where it does not");
	is_int(in_child(call_getsid), 100 + SIGSYS, "killed by SIGSYS");
	is_int(in_child(call_none), ENOSYS, "what does not exist is left to the kernel");
	seccomp_free(&program);
}

static void refusing(const uint32_t *errno_ret, int younger, const char *what)
{
	const struct seccomp_calls calls[] = {
		{ NAMES("exit_group", "exit", "umask", "write", "mmap", "munmap", "rt_sigprocmask", "getpid", "openat2"), "SCMP_ACT_ALLOW", 0, 0, 0 },
	};
	const struct seccomp_profile p = { .default_action = "SCMP_ACT_ERRNO", .default_errno_ret = errno_ret, .calls = calls, .call_count = 1 };
	ok(compile(&p) == 0, "a profile that refuses: %s", what);
	if (!probe_has(FACILITY_SECCOMP_FILTER)) {
		skip("filters can't be installed here");
	} else {
		is_int(in_child(call_umask), 0, "what is named is allowed");
		is_int(in_child(call_getpgid), errno_ret ? (int)*errno_ret : EPERM, "what is not is refused: %s", what);
		is_int(in_child(call_none), younger, "what is younger than all that is named: %s", what);
	}
	seccomp_free(&program);
}

static void archs(void)
{
	/* as Docker's profile on x86_64; elsewhere they are foreign. A filter is of one byte order */
	static const char *const little[] = { "SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32" }, *const big[] = { "SCMP_ARCH_MIPS", "SCMP_ARCH_MIPS64", "SCMP_ARCH_MIPS64N32" };
	const bool is_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
	const struct seccomp_calls calls[] = { { NAMES("exit_group", "umask", "write", "openat"), "SCMP_ACT_ALLOW", 0, 0, 0 } };
	const struct seccomp_profile p = { .default_action = "SCMP_ACT_ERRNO", .architectures = is_big ? big : little, .architecture_count = 3, .calls = calls, .call_count = 1 };
	ok(compile(&p) == 0, "three architectures %s", e.text);
	if (!probe_has(FACILITY_SECCOMP_FILTER)) {
		skip("filters can't be installed here");
	} else {
		is_int(in_child(call_umask), 0, "allowed");
		is_int(in_child(call_getpgid), EPERM, "refused");
		is_int(in_child(call_none), ENOSYS, "younger");
	}
	seccomp_free(&program);
	const struct seccomp_profile other = { .default_action = "SCMP_ACT_ERRNO", .architectures = is_big ? little : big, .architecture_count = 3, .calls = calls, .call_count = 1 };
	ok(compile(&other) < 0 && strncmp(e.text, "architectures[0]: SCMP_ARCH_", 28) == 0 && strstr(e.text, "byte order"), "architectures of the other byte order: %s", e.text);
	for (size_t i = 0; seccomp_arch_word(i); i++) {
		uint32_t arch;
		if (seccomp_arch(seccomp_arch_word(i), &arch) < 0 || !arch)
			ok(false, "%s has no number", seccomp_arch_word(i));
	}
}

static void mistakes(void)
{
	const struct seccomp_calls action[] = { { NAMES("read"), "SCMP_ACT_ALLOW", 0, 0, 0 }, { NAMES("read"), "SCMP_ACT_X", 0, 0, 0 } };
	const struct seccomp_calls index[] = { { NAMES("read"), "SCMP_ACT_ALLOW", 0, &(const struct seccomp_compare){ 6, 0, 0, "SCMP_CMP_EQ" }, 1 } };
	const struct seccomp_calls op[] = { { NAMES("read"), "SCMP_ACT_ALLOW", 0, &(const struct seccomp_compare){ 1, 0, 0, "==" }, 1 } };
	const struct seccomp_calls takes[] = { { NAMES("read"), "SCMP_ACT_ALLOW", &errno_7, 0, 0 } };
	const struct seccomp_calls unknown[] = { { NAMES("read", "nonesuch"), "SCMP_ACT_ALLOW", 0, 0, 0 } };
	const struct seccomp_calls notify[] = { { NAMES("write"), "SCMP_ACT_NOTIFY", 0, 0, 0 } };
	const struct { struct seccomp_profile p; const char *text; } cases[] = {
		{ { .default_action = "SCMP_ACT_NO" }, "defaultAction: unknown \"SCMP_ACT_NO\"" },
		{ { .default_action = 0 }, "defaultAction: missing" },
		{ { .default_action = "SCMP_ACT_NOTIFY" }, "defaultAction: SCMP_ACT_NOTIFY cannot be used as default action" },
		{ { .default_action = "SCMP_ACT_ERRNO", .calls = action, .call_count = 2 }, "syscalls[1]: action: unknown \"SCMP_ACT_X\"" },
		{ { .default_action = "SCMP_ACT_ERRNO", .calls = index, .call_count = 1 }, "syscalls[0]: args[0].index: 6 is more than 5" },
		{ { .default_action = "SCMP_ACT_ERRNO", .calls = op, .call_count = 1 }, "syscalls[0]: args[0].op: unknown \"==\"" },
		{ { .default_action = "SCMP_ACT_ERRNO", .calls = takes, .call_count = 1 }, "syscalls[0]: action: SCMP_ACT_ALLOW takes no errnoRet" },
		{ { .default_action = "SCMP_ACT_ERRNO", .calls = unknown, .call_count = 1, .unknown_calls_fail = true }, "syscalls[0]: names[1]: unknown system call \"nonesuch\"" },
		{ { .default_action = "SCMP_ACT_ALLOW", .calls = notify, .call_count = 1 }, "syscalls[0]: names[0]: SCMP_ACT_NOTIFY cannot be used for the write syscall, by which runtimes hand over the listener itself" },
		{ { .default_action = "SCMP_ACT_ALLOW", .flags = (const char *const[]){ "X" }, .flag_count = 1 }, "flags[0]: unknown \"X\"" },
		{ { .default_action = "SCMP_ACT_ALLOW", .architectures = (const char *const[]){ "SCMP_ARCH_Z80" }, .architecture_count = 1 }, "architectures[0]: unknown \"SCMP_ARCH_Z80\"" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		is_int(compile(&cases[i].p), -1, "a mistake is found");
		is_str(e.text, cases[i].text, "and its place named");
	}
}

/* A profile that no kernel takes, and that the fixed heap may not hold either. */
static void too_large(void)
{
	static struct seccomp_compare compares[20000];
	static struct seccomp_calls calls[20000];
	static const char *const name[] = { "ioctl" };
	for (uint32_t i = 0; i < 20000; i++) {
		compares[i] = (struct seccomp_compare){ 1, 1000 + i * 7ull, 0, "SCMP_CMP_EQ" };
		calls[i] = (struct seccomp_calls){ name, 1, "SCMP_ACT_ALLOW", 0, &compares[i], 1 };
	}
	const struct seccomp_profile p = { .default_action = "SCMP_ACT_ERRNO", .calls = calls, .call_count = 20000 };
	is_int(compile(&p), -1, "too large a profile");
	ok(strstr(e.text, "LIMIT_HEAP_BYTES") || strstr(e.text, "4096 instructions"), "is said to be: %s", e.text);
}

int main(void)
{
	allowing();
	refusing(0, ENOSYS, "EPERM");
	refusing(&errno_nosys, ENOSYS, "ENOSYS");
	refusing(&errno_7, ENOSYS, "7");
	archs();
	mistakes();
	too_large();
	return done_testing();
}
