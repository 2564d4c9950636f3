/* SPDX-License-Identifier: ISC */
/* The program's process (runtime-spec, config.md "Process", config-linux.md's parts of it). */
#include "container/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "base/sys.h"
#include "container/exec.h"
#include "container/namespaces.h"
#include "container/listener.h"
#include "kernel/caps.h"
#include "kernel/ids.h"
#include "kernel/mempolicy.h"
#include "kernel/procattr.h"
#include "kernel/rlimit.h"
#include "kernel/sched.h"

#define DEFAULT_UMASK 0022   /* runc's; the specification leaves it open */

static bool has_oom_score(const struct container *c)
{
	return spec_has(&process_object, c->config.process, "oomScoreAdj");
}

bool process_wants_limits(const struct container *c)
{
	return c->config.process->rlimits.count || has_oom_score(c);
}

int process_limits(struct container *c, struct err *e)
{
	const struct process *p = c->config.process;
	/* by the runtime where init is in a user namespace: raising a limit or lowering the score asks for a capability at the host */
	if (has_oom_score(c) && procattr_oom_score(c->pid, p->oomScoreAdj, e) < 0)
		return err_at(e, "process.oomScoreAdj");
	for (uint32_t i = 0; i < p->rlimits.count; i++) {
		const struct rlimit_spec *r = &p->rlimits.items[i];
		if (rlimit_set(c->pid, rlimit_find(r->type), r->soft, r->hard, e) < 0)
			return err_at(e, "process.rlimits[%u]", (unsigned)i);
	}
	return 0;
}

bool process_wants_attributes(const struct container *c)
{
	const struct linux_config *l = c->config.linux_;
	return c->config.process->scheduler || c->config.process->ioPriority || (l && (l->personality || l->memoryPolicy));
}

static int set_scheduler(const struct scheduler_spec *s, struct err *e)
{
	struct sched_request r = {
		.policy = scheduler_policy_words.words[s->policy], .nice = s->nice, .priority = (uint32_t)s->priority,
		.runtime_ns = s->runtime, .deadline_ns = s->deadline, .period_ns = s->period, .flags = s->flags.items, .flag_count = s->flags.count,
		.has_runtime = spec_has(&scheduler_object, s, "runtime"),
	};
	return sched_set(&r, e);
}

int process_attributes(struct container *c, struct err *e)
{
	const struct process *p = c->config.process;
	const struct personality_spec *personality = c->config.linux_ ? c->config.linux_->personality : 0;
	if (p->scheduler && set_scheduler(p->scheduler, e) < 0) {
		if (e->number == EPERM && c->limits.cpus && *c->limits.cpus)
			err_at(e, "process scheduler can't be used together with AllowedCPUs (linux.resources.cpu.cpus)");
		return err_at(e, "process.scheduler");
	}
	if (p->ioPriority && sched_io_priority(io_class_words.words[p->ioPriority->class_], p->ioPriority->priority, e) < 0)
		return err_at(e, "process.ioPriority");
	if (personality && procattr_personality(personality->domain ? personality->domain : "", personality->flags.count, e) < 0)
		return err_at(e, "linux.personality");
	const struct memory_policy *policy = c->config.linux_ ? c->config.linux_->memoryPolicy : 0;
	if (policy && mempolicy_set(policy->mode, policy->nodes, policy->flags.items, policy->flags.count, e) < 0)
		return err_at(e, "linux.memoryPolicy");
	return 0;
}

int process_session(struct container *c, struct err *e)
{
	(void)c;
	/* EPERM: a leader already */
	return setsid() < 0 && errno != EPERM ? err_sys(e, "cannot make a session") : 0;
}

static bool told;   /* what is unknown: several steps look at the sets */

static uint64_t set_of(const struct strings *names, const char *place)
{
	uint64_t set = 0;
	for (uint32_t i = 0; i < names->count; i++) {
		int number = caps_find(names->items[i]);
		/* the specification, since 1.1: what can't be granted is a warning */
		if (number >= 0)
			set |= 1ull << number;
		else if (!told)
			log_warn("process.capabilities.%s: ignoring unknown or unavailable capabilities: [%s]", place, names->items[i]);
	}
	return set;
}

static void sets_of(const struct container *c, struct caps_sets *sets)
{
	const struct capabilities *from = c->config.process->capabilities;
	*sets = (struct caps_sets){ 0 };
	if (!from)
		return;
	sets->bounding = set_of(&from->bounding, "bounding");
	sets->permitted = set_of(&from->permitted, "permitted");
	sets->effective = set_of(&from->effective, "effective");
	sets->inheritable = set_of(&from->inheritable, "inheritable");
	sets->ambient = set_of(&from->ambient, "ambient");
	told = true;
}

static int apply_capabilities(const struct caps_sets *sets, struct err *e)
{
	uint64_t refused;
	if (caps_apply(sets, &refused, e) < 0)
		return err_at(e, "process.capabilities");
	for (unsigned i = 0; refused >> i; i++)
		if (refused >> i & 1)
			log_warn("process.capabilities: %s%s%s", sets->ambient >> i & 1 ? "can't raise ambient capability " : "", i < CAPS_COUNT ? caps_name(i) : "one",
				 sets->ambient >> i & 1 ? ": it must be permitted and inheritable, left out" : " can't be granted here, left out");
	return 0;
}

/* A filter without no_new_privs needs CAP_SYS_ADMIN: then capabilities stay as they are until it is loaded. */
static bool filter_before_capabilities(const struct container *c)
{
	return c->config.linux_ && c->config.linux_->seccomp && !c->config.process->noNewPrivileges;
}

/* An ordinary user's own user namespace has setgroups(2) denied for good, user_namespaces(7): the groups stay as they are then, unmapped. */
static int set_ids(const struct user_spec *user, bool in_user_namespace, bool keep_groups, struct err *e)
{
	gid_t groups[LIMIT_GROUPS];
	size_t count = user ? user->additionalGids.count : 0;
	for (size_t i = 0; i < count; i++)
		groups[i] = (gid_t)user->additionalGids.items[i];
	uid_t uid = user ? user->uid : 0;
	gid_t gid = user ? user->gid : 0;
	if (ids_set(uid, gid, groups, count, keep_groups, !in_user_namespace, e) == 0)
		return 0;
	return in_user_namespace && !count && e->number == EPERM ? ids_set(uid, gid, 0, 0, true, false, e) : -1;
}

int process_bounding(struct container *c, struct err *e)
{
	struct caps_sets sets;
	sets_of(c, &sets);
	return caps_bounding(&sets, e) < 0 ? err_at(e, "process.capabilities.bounding") : 0;
}

/* A pipe, socket or terminal that the caller gave as a standard stream is the program's to open again (/dev/stdout): it gets the program's owner, as runc does.
 * Files and devices of the host are left alone: /dev/null is everybody's. */
static void own_streams(uid_t uid)
{
	struct stat st;
	for (int fd = 0; fd < 3; fd++)
		if (fstat(fd, &st) == 0 && st.st_uid != uid && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || (S_ISCHR(st.st_mode) && isatty(fd))))
			(void)!fchown(fd, uid, (gid_t)-1);
}

/* CVE-2024-21626: a working directory outside of the root has no path from it. */
static int enter_cwd(const char *cwd, struct err *e)
{
	char here[LIMIT_PATH_BYTES];
	if (chdir(cwd) < 0)
		return err_sys(e, "process.cwd: cannot enter \"%s\"", cwd);
	if (!getcwd(here, sizeof here) || *here != '/')
		return err_num(e, EPERM, "process.cwd: \"%s\" leads out of the container's root", cwd);
	return 0;
}

int process_user(struct container *c, struct err *e)
{
	const struct user_spec *user = c->config.process->user;
	struct caps_sets sets;
	bool late = filter_before_capabilities(c);
	/* either root, as here, or the program's user may be who can enter it */
	c->cwd_entered = c->config.process->cwd[1] && enter_cwd(c->config.process->cwd, e) == 0;
	if (user && user->uid) {
		own_streams(user->uid);
		if (caps_keep(e) < 0)
			return err_at(e, "process.user");
	}
	const char *keep = spec_value(&c->config.annotations, "run.oci.keep_original_groups");   /* crun's */
	if (set_ids(user, namespace_own(c, NS_USER), keep && strcmp(keep, "0") != 0, e) < 0)
		return err_at(e, "process.user");
	umask(user && spec_has(&user_spec_object, user, "umask") ? user->umask & 0777 : DEFAULT_UMASK);
	if (!late) {
		sets_of(c, &sets);
		return apply_capabilities(&sets, e);
	}
	/* the change of user emptied the effective set: all that is permitted is raised again until the filter is loaded */
	uint64_t unused;
	sets = (struct caps_sets){ .effective = ~0ull >> (64 - CAPS_COUNT), .permitted = ~0ull >> (64 - CAPS_COUNT) };
	return user && user->uid ? caps_apply(&sets, &unused, e) : 0;
}

int process_seal(struct container *c, struct err *e)
{
	bool late = filter_before_capabilities(c);
	if (c->config.process->noNewPrivileges && procattr_no_new_privs(e) < 0)
		return err_at(e, "process.noNewPrivileges");
	int listener = c->filter.instructions ? seccomp_install(&c->filter, e) : 0;
	if (listener < 0 || (c->filter.notifies && listener_announce(c, listener, e) < 0))
		return err_at(e, "linux.seccomp");
	if (!late)
		return 0;
	struct caps_sets sets;
	sets_of(c, &sets);
	return apply_capabilities(&sets, e);
}

int process_seal_hook(const struct container *c, struct err *e)
{
	struct caps_sets sets;
	if (c->config.process->noNewPrivileges && procattr_no_new_privs(e) < 0)
		return -1;
	/* one that an agent answers is the program's alone: nobody would hear of a second listener */
	if (c->filter.instructions && !c->filter.notifies && seccomp_install(&c->filter, e) < 0)
		return -1;
	sets_of(c, &sets);
	return apply_capabilities(&sets, e);
}

/* 0: can be executed; else the errno of why not. execve itself has the last word, and where it comes at once, need not be asked for. */
static int executable_error(const char *path, bool at_once)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	return !at_once && sys_executable(path) < 0 ? errno : 0;
}

static const char *environment_path(const struct process *p)
{
	for (uint32_t i = p->env.count; i-- > 0; )
		if (str_starts(p->env.items[i], "PATH="))
			return p->env.items[i] + 5;
	return "";
}

static int find_executable(struct container *c, const char *name, struct err *e)
{
	int worst = ENOENT;
	size_t bytes;
	char *room = texts_room(c, &bytes);
	if (strchr(name, '/')) {
		int number = strlen(name) >= LIMIT_PATH_BYTES ? ENAMETOOLONG : executable_error(name, c->options.run);
		c->executable = name;
		return number ? exec_refused(name, number, e), -1 : 0;
	}
	for (const char *at = environment_path(c->config.process); *at; ) {
		size_t length = strcspn(at, ":");
		/* an empty entry would be the working directory: nobody means that in a container */
		int made = snprintf(room, LIMIT_PATH_BYTES, "%.*s/%s", (int)length, at, name);
		if (length && made > 0 && made < LIMIT_PATH_BYTES) {
			int number = executable_error(room, false);
			if (!number) {
				c->executable = texts_keep(c);
				return 0;
			}
			if (number == EACCES)
				worst = EACCES;
		}
		at += length + (at[length] == ':');
	}
	/* engines look for either phrase */
	return err_num(e, worst, "executable file not found in $PATH: executable file \"%s\" not found in $PATH", name);
}

int process_executable(struct container *c, struct err *e)
{
	const struct process *p = c->config.process;
	if (p->cwd[1] && !c->cwd_entered && enter_cwd(p->cwd, e) < 0)
		return -1;
	return find_executable(c, p->args.items[0], e) < 0 ? err_at(e, "process.args[0]") : 0;
}
