/* SPDX-License-Identifier: ISC */
/* How init comes into being (clone3(2), a joiner where namespaces ask for one), and how it is made to go. */
#include "container/launch.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/proc.h"
#include "base/sys.h"
#include "container/labels.h"
#include "container/namespaces.h"
#include "container/wire.h"
#include "kernel/procfs.h"
#include "kernel/rlimit.h"
#include "kernel/selfexe.h"

#define KILL_PATIENCE_US 40000
#define JOINER_MUTE 2         /* exit status from which on the joiner has said nothing: 0 after init's pid, 1 after an error */
#define KILL_WAIT_MS 10000   /* for a killed process to be gone: one that writes to a dead disk may take long */

static _Noreturn void die(struct container *c, const struct err *e)
{
	wire_send_error(c->wire, e);
	syscall(SYS_exit_group, 1);
	__builtin_trap();   /* the container's filter forbids even that, and _exit would try for ever */
}

static unsigned spare_of(uint64_t files)
{
	return files < 8 * LIMIT_LATER ? 0 : LIMIT_LATER;
}

/* How many files init may leave open until it executes the program: none where it has few to open. It needs some 16 at once, and has those of the caller and --preserve-fds beside. */
static unsigned spare_files(const struct container *c)
{
	const struct process *p = c->config.process;
	struct rlimit limit;
	for (uint32_t i = 0; i < p->rlimits.count; i++)
		if (rlimit_find(p->rlimits.items[i].type) == RLIMIT_NOFILE)
			return spare_of(p->rlimits.items[i].soft);
	return getrlimit(RLIMIT_NOFILE, &limit) < 0 ? 0 : spare_of(limit.rlim_cur);
}

/* spare: of spare_files. */
static _Noreturn void init_main(struct container *c, unsigned spare)
{
	struct err e;
	c->in_init = true;
	io_later_most = LIMIT_LATER;
	selfexe_release();
	c->cgroup_fd = io_close_later(c->cgroup_fd);
	io_close_pending();   /* the runtime's end of the wire, above all */
	io_later_most = spare;
	c->plan.at++;
	log_debug("nsexec container setup: child process in init()");   /* runc's words, as in exec_program and sched_affinity: programs look for them */
	if (plan_walk(c, SIDE_INIT, &e) == 0)
		err_set(&e, "init has no program to execute");
	die(c, &e);
}

/* Where clone can't put init into the cgroup, launch_enter does it. */
static pid_t clone_init(struct container *c, uint64_t more_flags, bool into_cgroup)
{
	uint64_t later = CLONE_NEWCGROUP | SYS_CLONE_NEWTIME | (namespace_network_beside(c) ? CLONE_NEWNET : 0);
	uint64_t flags = (c->new_namespaces & ~later) | more_flags;
	struct err unused;
	c->cgroup_fd = into_cgroup ? cgroup_clone_fd(&c->cgroup, &unused) : -1;
	c->in_cgroup = c->cgroup_fd >= 0;
	pid_t pid = proc_clone(flags, c->cgroup_fd);
	if (pid < 0 && c->in_cgroup) {
		c->in_cgroup = false;
		pid = proc_clone(flags, -1);
	}
	return pid;
}

static int clone_failed(struct container *c, struct err *e)
{
	err_sys(e, "cannot make init");
	return namespaces_explain(c, e);
}

static _Noreturn void joiner_main(struct container *c)
{
	struct err e;
	selfexe_release();
	io_close_pending();
	/* others may see init from the moment it is in their pid namespace. An ordinary user's process could then not write its own files in /proc */
	if (geteuid() == 0)
		selfexe_hide();
	if (namespaces_join(c, &e) < 0 || (namespace_new(c, NS_TIME) && namespaces_new_time(c, &e) < 0))
		die(c, &e);
	/* the runtime does not share what a joiner learns, so that it must not matter whether clone could enter the cgroup */
	pid_t pid = clone_init(c, CLONE_PARENT, false);
	if (pid == 0)
		init_main(c, spare_files(c));
	if (pid < 0) {
		clone_failed(c, &e);
		die(c, &e);
	}
	_exit(wire_send(c->wire, MESSAGE_PID, pid, -1) < 0 ? JOINER_MUTE : 0);
}

/* The child keeps no copy of the runtime's end: the runtime's death must be EOF to it; and the other way round. */
static void keep_end(struct container *c, const int ends[2], int mine)
{
	c->wire = ends[mine];
	io_close_later(ends[1 - mine]);
}

static int launch_joiner(struct container *c, const int ends[2], struct err *e)
{
	pid_t joiner = proc_clone(0, -1);
	if (joiner < 0)
		return err_sys(e, "cannot make a process");
	keep_end(c, ends, joiner > 0);
	if (joiner == 0)
		joiner_main(c);
	struct message m;
	/* dead first: init has the wire open too, so that one that was killed before it named it would be waited for without an end */
	int got = proc_wait(joiner) < JOINER_MUTE ? plan_receive(c, &m, e) : 0;
	if (got < 0)
		return -1;
	if (got == 0 || m.type != MESSAGE_PID)
		return err_set(e, "the process that joins namespaces died");
	c->pid = m.value;
	return 0;
}

int launch_init(struct container *c, struct err *e)
{
	int ends[2];
	if (wire_pair(ends, e) < 0)
		return -1;
	/* what init writes in a mount namespace that is not ours, or behind the pivot, goes through the procfs of here */
	if ((namespace_joined(c, NS_MOUNT) || labels_wanted(c)) && procfs_fd(e) < 0)
		return -1;
	if (namespaces_need_joiner(c))
		return launch_joiner(c, ends, e);   /* the turn stays the runtime's: what init says before the joiner has named it would be taken for the joiner's */
	c->turn = plan_next_side(c);
	pid_t pid = clone_init(c, 0, true);
	if (pid < 0) {
		clone_failed(c, e);
		io_close(ends[0]);
		io_close(ends[1]);
		return -1;
	}
	unsigned spare = pid == 0 ? spare_files(c) : 0;
	if (spare)
		io_forget_pending();
	keep_end(c, ends, pid > 0);   /* init closes what comes behind its own */
	if (pid == 0)
		init_main(c, spare);
	c->pid = pid;
	return 0;
}

int launch_enter(struct container *c, struct err *e)
{
	/* c->pid is 0 in init: itself */
	return cgroup_enter(&c->cgroup, c->pid, !c->in_cgroup, e);
}

static int kill_recorded(const struct record *r, struct err *e)
{
	if (proc_signal((pid_t)r->pid, r->startTime, SIGKILL) == 0 || errno == ESRCH)
		return 0;
	return err_sys(e, "cannot kill process %d", (int)r->pid);
}

/* What somebody put into a frozen cgroup of v1 does not die there; in the container's own ones it does. */
static void bring_home(const struct container *c)
{
	struct err unused;
	cgroup_gather(&c->cgroup);
	cgroup_enter(&c->cgroup, (pid_t)c->record.pid, false, &unused);
}

static int wait_recorded(const struct container *c, struct err *e)
{
	const struct record *r = &c->record;
	long pause_us = 50, waited_us = 0;
	int alive;
	while ((alive = proc_alive((pid_t)r->pid, r->startTime)) != 0) {
		if (alive < 0)
			return err_sys(e, "cannot look at process %d", (int)r->pid);
		if (waited_us > KILL_PATIENCE_US && waited_us - pause_us <= KILL_PATIENCE_US)
			bring_home(c);
		if (waited_us > KILL_WAIT_MS * 1000L)
			return err_set(e, "container init still running: process %d is killed but does not go", (int)r->pid);
		nanosleep(&(struct timespec){ 0, pause_us * 1000 }, 0);
		waited_us += pause_us;
		if (pause_us < 20000)
			pause_us *= 2;
	}
	return 0;
}

int launch_kill(struct container *c, struct err *e)
{
	const struct record *r = &c->record;
	bool alive = !c->ended && r->pid && proc_alive((pid_t)r->pid, r->startTime);
	if (c->pid > 0) {
		kill(c->pid, SIGKILL);
		proc_wait(c->pid);
		c->pid = 0;
	} else if (alive && kill_recorded(r, e) < 0) {
		return UNDO_HELD;
	}
	/* a half made container, one that is frozen, and one without a pid namespace of its own may have more processes */
	int result = alive || !r->pid || r->sharedPids ? cgroup_signal(&c->cgroup, SIGKILL, e) : 0;
	return alive && wait_recorded(c, e) < 0 ? UNDO_HELD : result;
}
