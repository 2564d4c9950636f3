/* SPDX-License-Identifier: ISC */
/* A profile to a filter, by libseccomp in a child whose memory goes with it; and the filter's installation. seccomp_init(3), seccomp_rule_add_array(3),
 * seccomp_export_bpf_mem(3), seccomp(2); runtime-spec, config-linux.md, "Seccomp". */
#include "kernel/seccomp_parts.h"

#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/seccomp.h>

#include "base/heap.h"
#include "base/limits.h"
#include "base/sys.h"
#include "kernel/probe.h"

#define ARGUMENTS 6

struct shared {             /* written by the child */
	struct err e;
	bool done, notifies;
	uint32_t flags, instructions;
	struct sock_filter code[SECCOMP_INSTRUCTIONS];
};

static int failed(struct err *e, int error, const char *what)
{
	if (error == -ENOMEM && heap_exhausted())
		return heap_error(e, what);
	return err_num(e, -error, "%s", what);
}

static int take_flags(const struct seccomp_profile *p, struct shared *out)
{
	uint32_t flag;
	for (size_t i = 0; i < p->flag_count; i++) {
		if (seccomp_flag(p->flags[i], &flag) < 0)
			return err_set(&out->e, "flags[%zu]: unknown \"%s\"", i, p->flags[i]);
		out->flags |= flag;
	}
	return 0;
}

static int add_archs(scmp_filter_ctx filter, const struct seccomp_profile *p, struct err *e)
{
	uint32_t arch;
	if (p->architecture_count > SECCOMP_ARCHS)
		return err_set(e, "architectures: more than %d", SECCOMP_ARCHS);
	for (size_t i = 0; i < p->architecture_count; i++) {
		if (seccomp_arch(p->architectures[i], &arch) < 0)
			return err_set(e, "architectures[%zu]: unknown \"%s\"", i, p->architectures[i]);
		int error = seccomp_arch_add(filter, arch);
		if (error < 0 && error != -EEXIST) {
			if (error == -EDOM)
				err_set(e, "%s: of the other byte order", p->architectures[i]);
			else
				failed(e, error, p->architectures[i]);
			return err_at(e, "architectures[%zu]", i);
		}
	}
	return 0;
}

/* One rule for all conditions; conditions on one argument twice can't stand in one rule, and then each is a rule of its own (runc's reading). */
static int add_rule(scmp_filter_ctx filter, uint32_t action, int number, const struct seccomp_calls *c, const struct scmp_arg_cmp *compares)
{
	unsigned seen[ARGUMENTS] = { 0 };
	bool twice = false;
	for (size_t i = 0; i < c->arg_count; i++)
		twice |= seen[compares[i].arg]++ > 0;
	if (!twice)
		return seccomp_rule_add_array(filter, action, number, (unsigned)c->arg_count, compares);
	for (size_t i = 0; i < c->arg_count; i++) {
		int error = seccomp_rule_add_array(filter, action, number, 1, &compares[i]);
		if (error < 0)
			return error;
	}
	return 0;
}

#define COMPARES_MAX 64
static int take_compares(const struct seccomp_calls *c, struct scmp_arg_cmp compares[COMPARES_MAX], struct err *e)
{
	int op;
	if (c->arg_count > COMPARES_MAX)
		return err_set(e, "args: more than %d", COMPARES_MAX);
	for (size_t i = 0; i < c->arg_count; i++) {
		const struct seccomp_compare *a = &c->args[i];
		if (a->index >= ARGUMENTS)
			return err_set(e, "args[%zu].index: %lu is more than 5", i, (unsigned long)a->index);
		if (!a->op || seccomp_operator(a->op, &op) < 0)
			return err_set(e, "args[%zu].op: unknown \"%s\"", i, a->op ? a->op : "");
		/* with MASKED_EQ value is the mask and valueTwo what must come out */
		compares[i] = (struct scmp_arg_cmp){ .arg = a->index, .op = (enum scmp_compare)op, .datum_a = a->value, .datum_b = a->value_two };
	}
	return 0;
}

bool seccomp_knows(const char *name)
{
	return seccomp_syscall_resolve_name(name) != __NR_SCMP_ERROR;
}

static int add_calls(scmp_filter_ctx filter, const struct seccomp_profile *p, const struct seccomp_calls *c, uint32_t default_action, struct shared *out)
{
	struct scmp_arg_cmp compares[COMPARES_MAX];
	uint32_t action;
	if (!c->action || seccomp_action(c->action, c->errno_ret, &action, &out->e) < 0)
		return c->action ? err_at(&out->e, "action") : err_set(&out->e, "action: missing");
	if (take_compares(c, compares, &out->e) < 0)
		return -1;
	for (size_t i = 0; i < c->name_count; i++) {
		int number = seccomp_syscall_resolve_name(c->names[i]);
		if (number == __NR_SCMP_ERROR && p->unknown_calls_fail)
			return err_set(&out->e, "names[%zu]: unknown system call \"%s\"", i, c->names[i]);
		if (action == SCMP_ACT_NOTIFY && (strcmp(c->names[i], "write") == 0 || strcmp(c->names[i], "sendmsg") == 0))
			return err_set(&out->e, "names[%zu]: SCMP_ACT_NOTIFY cannot be used for the %s syscall, by which runtimes hand over the listener itself", i, c->names[i]);
		if (number == __NR_SCMP_ERROR || action == default_action)
			continue;
		int error = add_rule(filter, action, number, c, compares);
		if (error < 0) {
			failed(&out->e, error, "cannot add the rule");
			return err_at(&out->e, "names[%zu] \"%s\"", i, c->names[i]);
		}
		out->notifies |= action == SCMP_ACT_NOTIFY;
	}
	return 0;
}

static void find_highest(const struct seccomp_profile *p, struct seccomp_highest *a)
{
	a->number = -1;
	for (size_t i = 0; i < p->call_count; i++)
		for (size_t n = 0; n < p->calls[i].name_count; n++) {
			int number = seccomp_syscall_resolve_name_arch(a->arch, p->calls[i].names[n]);
			if (number > a->number)
				a->number = number;
		}
}

/* Programs fall back from a new system call to an old one when they see ENOSYS, and give up at EPERM. */
static size_t make_stub(const struct seccomp_profile *p, uint32_t default_action, struct sock_filter *code)
{
	struct seccomp_highest archs[SECCOMP_ARCHS + 1];
	size_t count = 1;
	uint32_t kind = default_action & SECCOMP_RET_ACTION_FULL;
	if (kind == SCMP_ACT_ALLOW || kind == SCMP_ACT_LOG || kind == SCMP_ACT_TRACE(0) || default_action == SCMP_ACT_ERRNO(ENOSYS))
		return 0;
	archs[0].arch = seccomp_arch_native();
	for (size_t i = 0; i < p->architecture_count; i++) {
		seccomp_arch(p->architectures[i], &archs[count].arch);
		count += archs[count].arch != archs[0].arch;
	}
	for (size_t i = 0; i < count; i++)
		find_highest(p, &archs[i]);
	return seccomp_stub(archs, count, code);
}

static int export(scmp_filter_ctx filter, const struct seccomp_profile *p, uint32_t default_action, struct shared *out)
{
	size_t stub = make_stub(p, default_action, out->code), size = (SECCOMP_INSTRUCTIONS - stub) * sizeof(struct sock_filter);
	int error = seccomp_export_bpf_mem(filter, out->code + stub, &size);
	if (error == -ERANGE || (error == 0 && size > (SECCOMP_INSTRUCTIONS - stub) * sizeof(struct sock_filter)))
		return err_set(&out->e, "the filter has more than %d instructions, the kernel's limit", SECCOMP_INSTRUCTIONS);
	if (error < 0)
		return failed(&out->e, error, "cannot make the filter");
	out->instructions = (uint32_t)seccomp_shrink(out->code, stub + size / sizeof(struct sock_filter));
	return 0;
}

static int compile(const struct seccomp_profile *p, struct shared *out)
{
	uint32_t default_action;
	if (!p->default_action || seccomp_action(p->default_action, p->default_errno_ret, &default_action, &out->e) < 0)
		return p->default_action ? err_at(&out->e, "defaultAction") : err_set(&out->e, "defaultAction: missing");
	if (default_action == SCMP_ACT_NOTIFY)
		return err_set(&out->e, "defaultAction: SCMP_ACT_NOTIFY cannot be used as default action");
	if (p->level)
		seccomp_api_set(p->level);
	scmp_filter_ctx filter = seccomp_init(default_action);
	if (!filter)
		return heap_exhausted() ? heap_error(&out->e, "libseccomp") : err_set(&out->e, "defaultAction: %s is not possible with this kernel", p->default_action);
	if (take_flags(p, out) < 0 || add_archs(filter, p, &out->e) < 0)
		return -1;
	for (size_t i = 0; i < p->call_count; i++)
		if (add_calls(filter, p, &p->calls[i], default_action, out) < 0)
			return err_at(&out->e, "syscalls[%zu]", i);
	return export(filter, p, default_action, out);
}

static int wait_for(pid_t pid, const struct shared *out, struct err *e)
{
	int status;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, "cannot wait for the filter's compiler");
	if (out->done)
		return 0;
	if (WIFSIGNALED(status))
		return err_set(e, "the filter's compiler was killed by signal %d", WTERMSIG(status));
	*e = out->e;
	return -1;
}

int seccomp_compile(const struct seccomp_profile *profile, struct seccomp_program *program, struct err *e)
{
	struct shared *out = mmap(0, sizeof *out, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (out == MAP_FAILED)
		return err_sys(e, "cannot map memory for the filter");
	pid_t pid = fork();
	if (pid == 0) {
		out->done = compile(profile, out) == 0;
		_exit(0);
	}
	if (pid < 0 ? err_sys(e, "cannot fork to compile the filter") < 0 : wait_for(pid, out, e) < 0) {
		munmap(out, sizeof *out);
		return -1;
	}
	*program = (struct seccomp_program){
		.map = out, .map_bytes = sizeof *out, .filter = out->code, .instructions = out->instructions, .flags = out->flags, .notifies = out->notifies,
	};
	return 0;
}

#ifndef SECCOMP_FILTER_FLAG_NEW_LISTENER
#define SECCOMP_FILTER_FLAG_NEW_LISTENER 8u
#endif
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV 32u
#endif

/* libseccomp asks the kernel for ten things in turn. Kernels have got them in that order, so that who has the last one that this version knows has all. */
unsigned seccomp_level(void)
{
#if SCMP_VER_MAJOR == 2 && SCMP_VER_MINOR == 6
	if (sys_seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, 0) < 0 && errno == EFAULT)
		return 7;
#endif
	return seccomp_api_get();
}

uint32_t seccomp_native(void)
{
	return seccomp_arch_native();
}

void seccomp_free(struct seccomp_program *program)
{
	if (program->map)
		munmap(program->map, program->map_bytes);
	program->map = 0;
}

uint32_t seccomp_install_flags(const struct seccomp_program *program)
{
	/* without a listener the kernel refuses the flag that concerns its receiver */
	uint32_t flags = program->flags | (program->no_flags ? SECCOMP_FILTER_FLAG_SPEC_ALLOW : 0);
	return program->notifies ? flags | SECCOMP_FILTER_FLAG_NEW_LISTENER : flags & ~SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
}

int seccomp_install(const struct seccomp_program *program, struct err *e)
{
	struct sock_fprog code = { .len = (unsigned short)program->instructions, .filter = (struct sock_filter *)(uintptr_t)program->filter };
	uint32_t flags = seccomp_install_flags(program);
	int fd = sys_seccomp(SECCOMP_SET_MODE_FILTER, flags, &code);
	if (fd < 0 && errno == EINVAL && program->no_flags)   /* before Linux 4.17 */
		fd = sys_seccomp(SECCOMP_SET_MODE_FILTER, flags & ~SECCOMP_FILTER_FLAG_SPEC_ALLOW, &code);
	if (fd >= 0)
		return fd;
	if (errno == EINVAL && !probe_has(FACILITY_SECCOMP_FILTER))
		return probe_need(FACILITY_SECCOMP_FILTER, e);
	return err_sys(e, "cannot install the seccomp filter%s", errno == EACCES ? " (it needs no_new_privs or CAP_SYS_ADMIN)" : "");
}
