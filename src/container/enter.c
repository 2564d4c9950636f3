/* SPDX-License-Identifier: ISC */
/* `exec` (runc(8), exec): another process in the namespaces and cgroups of a running container. */
#include "container/enter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/proc.h"
#include "container/begin.h"
#include "container/bundle.h"
#include "container/console.h"
#include "container/enter_process.h"
#include "container/exec.h"
#include "container/foreground.h"
#include "container/intel_rdt.h"
#include "container/labels.h"
#include "container/launch.h"
#include "container/namespaces.h"
#include "container/pidfd.h"
#include "container/state.h"
#include "container/store.h"
#include "kernel/ns.h"
#include "kernel/sched.h"

int enter_affinity_initial(struct container *c, struct err *e)
{
	const char *list = c->config.process->execCPUAffinity->initial;
	return list && *list && sched_affinity(c->pid, list, e) < 0 ? err_at(e, "process.execCPUAffinity.initial") : 0;
}

int enter_affinity_final(struct container *c, struct err *e)
{
	const char *list = c->config.process->execCPUAffinity->final;
	return list && *list && sched_affinity(c->pid, list, e) < 0 ? err_at(e, "process.execCPUAffinity.final") : 0;
}

int enter_cgroup(struct container *c, struct err *e)
{
	if (launch_enter(c, e) == 0)
		return 0;
	struct err beside;
	/* init has made cgroups below, or has left */
	bool full = e->number == EBUSY, gone = c->cgroup.count == 1 && (e->number == ENOENT || e->number == ENODEV);
	if (c->may_stray && (full || gone) && cgroup_enter_beside((pid_t)c->record.pid, c->pid, &beside) == 0)
		return 0;
	return err_at(e, "error adding pid %d to cgroups", (int)c->pid);
}

int enter_pidfd(struct container *c, struct err *e)
{
	return pidfd_send(c->options.pidfd_socket, c->pid, "setns", e) < 0 ? err_at(e, "--pidfd-socket") : 0;
}

static struct stat rootfs;   /* as the runtime sees it; st_ino 0: not at all */

/* setns(2) into a mount namespace changes the root too. Where there is none of the container's own, its root is a directory of the host, and where the container was made in a chroot
 * (kernel/root.c) the namespace's is what lies around that. */
static bool is_in_root(const struct container *c)
{
	struct stat now;
	return namespace_joined(c, NS_MOUNT) && (!rootfs.st_ino || (stat("/", &now) == 0 && now.st_ino == rootfs.st_ino && now.st_dev == rootfs.st_dev));
}

int enter_root(struct container *c, struct err *e)
{
	if (!is_in_root(c) && (fchdir(c->rootfs_fd) < 0 || chroot(".") < 0))
		return err_sys(e, "cannot enter the container's root");
	io_close(c->rootfs_fd);
	if (chdir("/") < 0)
		return err_sys(e, "cannot enter the container's root");
	c->rootfs_fd = openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return c->rootfs_fd < 0 ? err_sys(e, "cannot open the container's root") : 0;
}

int enter_terminal(struct container *c, struct err *e)
{
	return console_make(c, false, e);
}

static bool is_own(int fd, int type)
{
	char path[48];
	struct stat own, its;
	snprintf(path, sizeof path, "/proc/self/ns/%s", ns_types[type].proc_name);
	return stat(path, &own) == 0 && fstat(fd, &its) == 0 && own.st_ino == its.st_ino && own.st_dev == its.st_dev;
}

static int open_namespaces(struct container *c, pid_t pid, struct linux_config *l, struct err *e)
{
	l->namespaces.items = ARENA_NEW(&c->document->arena, struct namespace_spec, NS_TYPES, e);
	l->namespaces.count = 0;
	if (!l->namespaces.items)
		return -1;
	for (int type = 0; type < NS_TYPES; type++) {
		int fd = ns_open_pid(pid, type, e);
		if (fd < 0 && e->number == ENOENT)
			continue;   /* a kind that this kernel has not */
		if (fd < 0)
			return -1;
		if (is_own(fd, type)) {
			io_close(fd);
			continue;
		}
		struct namespace_spec *n = &l->namespaces.items[l->namespaces.count++];
		n->type = type;
		n->path = arena_printf(&c->document->arena, e, "/proc/%d/ns/%s", (int)pid, ns_types[type].proc_name);
		c->joined[type] = fd;
		if (!n->path)
			return -1;
	}
	return 0;
}

/* From here on the config says what exec is to do: all namespaces that differ from ours are joined, none is new. What was opened was init's if init lives still. */
int enter_all(struct container *c, struct err *e)
{
	char path[32];
	pid_t pid = (pid_t)c->record.pid;
	struct linux_config *l = ARENA_NEW(&c->document->arena, struct linux_config, 1, e);
	if (!l)
		return -1;
	if (c->config.linux_)
		*l = *c->config.linux_;
	c->config.linux_ = l;
	c->new_namespaces = 0;
	if (open_namespaces(c, pid, l, e) < 0)
		return -1;
	if (stat(c->record.rootfs, &rootfs) < 0)
		rootfs.st_ino = 0;
	snprintf(path, sizeof path, "/proc/%d/root", (int)pid);
	c->rootfs_fd = openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->rootfs_fd < 0)
		return err_sys(e, "cannot open %s", path);
	int alive = proc_alive(pid, c->record.startTime);
	if (alive < 0)
		return err_sys(e, "cannot look at process %d", (int)pid);
	return alive ? 0 : err_set(e, "cannot exec in a stopped container");
}

static int check_status(const struct container *c, const struct exec_options *x, struct err *e)
{
	int status = state_status(c, e);
	if (status < 0)
		return -1;
	if (status == STATUS_PAUSED && !x->ignore_paused)
		return err_set(e, "cannot exec in a paused container (use --ignore-paused to override)");
	if (status == STATUS_STOPPED || status == STATUS_CREATING)
		return err_set(e, "cannot exec in a stopped container");
	return 0;
}

static int prepare(struct container *c, const struct exec_options *x, struct err *e)
{
	c->options.run = true;
	c->listen_fds = 0;
	c->may_stray = !x->cgroups.count;
	if (exec_check_fds(c, e) < 0 || state_load(c, true, e) < 0 || check_status(c, x, e) < 0 || bundle_reread(c, e) < 0)
		return -1;
	for (uint32_t i = 0; i < x->cgroups.count; i++)
		if (cgroup_descend(&c->cgroup, x->cgroups.items[i], e) < 0)
			return err_at(e, "--cgroup");
	if (enter_process_make(c, x, e) < 0 || console_check(c, e) < 0)
		return -1;
	if (labels_check(c, e) < 0 || intel_rdt_find(c, e) < 0 || enter_all(c, e) < 0)
		return -1;
	plan_make(c, exec_steps, exec_step_count);
	return 0;
}

static int abandon(struct container *c)
{
	struct err unused;
	if (c->pid > 0) {
		kill(c->pid, SIGKILL);
		proc_wait(c->pid);
		c->pid = 0;
	}
	begin_unlink_pid_file(c, &unused);
	return -1;
}

int container_exec(struct container *c, const struct exec_options *x, int *status, struct err *e)
{
	bool announced;
	*status = 0;
	if (!c->options.detach)
		foreground_begin(c);
	if (prepare(c, x, e) < 0)
		return -1;
	if (plan_walk(c, SIDE_RUNTIME, e) < 0 || exec_result(c, &announced, e) < 0)
		return abandon(c);
	store_unlock(c->state_fd);
	if (c->options.detach)
		return 0;
	*status = foreground_wait(c, e);
	return *status < 0 ? -1 : 0;
}
