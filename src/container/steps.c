/* SPDX-License-Identifier: ISC */
/* The steps that make a container, in order: runtime-spec, runtime.md, "Lifecycle", 1 to 6. container/plan.h walks this table. */
#include <errno.h>
#include <unistd.h>

#include "base/log.h"
#include "container/begin.h"
#include "container/console.h"
#include "container/enter.h"
#include "container/exec.h"
#include "container/filter.h"
#include "container/foreground.h"
#include "container/hooks.h"
#include "container/intel_rdt.h"
#include "container/labels.h"
#include "container/launch.h"
#include "container/listener.h"
#include "container/live.h"
#include "container/namespaces.h"
#include "container/pidfd.h"
#include "container/net_devices.h"
#include "container/notify.h"
#include "container/rootfs_overlay.h"
#include "container/process.h"
#include "container/resources.h"
#include "container/rootfs.h"
#include "container/wire.h"
#include "kernel/keyring.h"
#include "kernel/net.h"
#include "kernel/sched.h"
#include "kernel/sysctl.h"
#include "kernel/uts.h"

/* wanted: of the config and the options alone, so that both sides and a later undo agree */
static bool new_user(const struct container *c) { return namespace_new(c, NS_USER); }
static bool in_user(const struct container *c) { return namespace_own(c, NS_USER); }
static bool not_in_user(const struct container *c) { return !namespace_own(c, NS_USER); }
static bool joined_here(const struct container *c)
{
	if (namespaces_need_joiner(c))
		return false;
	for (int i = 0; i < NS_TYPES; i++)
		if (namespace_joined(c, (enum namespace_type)i))
			return true;
	return false;
}
static bool new_cgroup(const struct container *c) { return namespace_new(c, NS_CGROUP); }
static bool cloned_network(const struct container *c) { return namespace_new(c, NS_NETWORK) && !namespace_network_beside(c); }
static bool in_cgroups(const struct container *c) { return c->cgroup.count; }
/* by the runtime where init may not, or where /sys/fs/cgroup is somebody else's by then */
static bool entered_outside(const struct container *c) { return c->cgroup.count && (in_user(c) || namespace_joined(c, NS_MOUNT)); }
static bool entered_here(const struct container *c) { return c->cgroup.count && !entered_outside(c); }
static bool limits_outside(const struct container *c) { return in_user(c) && process_wants_limits(c); }
static bool limits_here(const struct container *c) { return not_in_user(c) && process_wants_limits(c); }
static bool keyring(const struct container *c) { return !c->options.no_new_keyring; }
static bool created_only(const struct container *c) { return !c->options.run; }
static bool pid_file(const struct container *c) { return c->options.pid_file; }
static bool device_rules(const struct container *c) { return c->limits.device_count && resources_devices_beside(c); }
static bool foreground(const struct container *c) { return c->options.run && !c->options.detach; }
static bool gets_orphans(const struct container *c) { return foreground(c) && foreground_gets_orphans(c); }
static bool terminal(const struct container *c) { return c->config.process->terminal; }
static bool no_terminal(const struct container *c) { return !terminal(c); }
static bool console_socket(const struct container *c) { return c->options.console_socket; }
static bool sysctls(const struct container *c) { return c->config.linux_ && c->config.linux_->sysctl.count; }
static bool names(const struct container *c) { return c->config.hostname || c->config.domainname; }
static bool mounts(const struct container *c) { return c->config.mounts.count; }
static bool masks(const struct container *c) { return c->config.linux_ && (c->config.linux_->maskedPaths.count || c->config.linux_->readonlyPaths.count); }
static bool dev_settled(const struct container *c) { return rootfs_settled(c, "/dev"); }
static bool dev_unsettled(const struct container *c) { return !rootfs_settled(c, "/dev"); }
static bool proc_settled(const struct container *c) { return masks(c) && rootfs_settled(c, "/proc"); }
static bool proc_unsettled(const struct container *c) { return masks(c) && !rootfs_settled(c, "/proc"); }
static bool own_mounts(const struct container *c) { return namespace_new(c, NS_MOUNT); }
static bool own_root(const struct container *c) { return own_mounts(c) || c->config.root->readonly; }
static bool away_from_root(const struct container *c) { return c->config.process->cwd[1]; }
static bool pidfd_asked(const struct container *c) { return c->options.pidfd_socket; }
static bool affinity(const struct container *c) { return c->config.process->execCPUAffinity; }
static bool no_affinity(const struct container *c) { return !affinity(c); }
static bool filter(const struct container *c) { return c->config.linux_ && c->config.linux_->seccomp; }
static bool agent(const struct container *c) { return c->options.run && listener_wanted(c); }
#define WANTS_HOOKS(name, kind) static bool name(const struct container *c) { return hooks_any(c, kind); }
WANTS_HOOKS(prestart, HOOK_PRESTART)
WANTS_HOOKS(create_runtime, HOOK_CREATE_RUNTIME)
WANTS_HOOKS(create_container, HOOK_CREATE_CONTAINER)
WANTS_HOOKS(start_container, HOOK_START_CONTAINER)
static bool no_hook_before(const struct container *c) { return !create_container(c); }

/* small applies that need no file of their own */
static int run_prestart(struct container *c, struct err *e) { return hooks_run(c, HOOK_PRESTART, STATUS_CREATING, c->pid, e); }
static int run_create_runtime(struct container *c, struct err *e) { return hooks_run(c, HOOK_CREATE_RUNTIME, STATUS_CREATING, c->pid, e); }
static int run_create_container(struct container *c, struct err *e) { return hooks_run(c, HOOK_CREATE_CONTAINER, STATUS_CREATING, getpid(), e); }
static int run_start_container(struct container *c, struct err *e) { return hooks_run(c, HOOK_START_CONTAINER, STATUS_CREATED, getpid(), e); }

static int join_keyring(struct container *c, struct err *e)
{
	struct err unlabelled;
	if (labels_key(c, true, e) < 0)
		return -1;
	int result = keyring_join(c->id, e);
	if (result == 1)
		log_warn("%s", e->text);
	labels_key(c, false, &unlabelled);
	return result < 0 ? -1 : 0;
}

static int loopback_up(struct container *c, struct err *e)
{
	(void)c;
	return net_loopback_up(e);
}

static int write_sysctls(struct container *c, struct err *e)
{
	const struct string_map *map = &c->config.linux_->sysctl;
	for (uint32_t i = 0; i < map->count; i++)
		if (sysctl_write(map->items[i].key, map->items[i].value, e) < 0)
			return err_at(e, "linux.sysctl[\"%s\"]", map->items[i].key);
	return 0;
}

/* What the caller was bound to is not the container's; its cpuset is. */
static int all_cpus(struct container *c, struct err *e)
{
	(void)c;
	(void)e;
	sched_all_cpus();
	return 0;
}

static int set_names(struct container *c, struct err *e)
{
	return uts_set(c->config.hostname, c->config.domainname, e);
}

/* Announced before the filter that might forbid to say it: what comes after is capset, execve, and the message of a failure. */
static int seal(struct container *c, struct err *e)
{
	if (wire_send(c->wire, MESSAGE_EXEC, c->filter.notifies, -1) < 0)
		return err_sys(e, "cannot talk to the runtime");
	return process_seal(c, e);
}

static const enum facility needs_filter[] = { FACILITY_SECCOMP_FILTER, FACILITY_END };
static const enum facility needs_network[] = { FACILITY_NS_NETWORK, FACILITY_END };
static const enum facility needs_pidfd[] = { FACILITY_PIDFD, FACILITY_END };
static const enum facility needs_overlay[] = { FACILITY_OVERLAY, FACILITY_END };
static const enum facility needs_keys[] = { FACILITY_KEYS, FACILITY_END };
static const enum facility needs_cgroup_namespace[] = { FACILITY_NS_CGROUP, FACILITY_END };

/* Between the two groups of mounts stands what can be done while the runtime still makes the network namespace. */
const struct step create_steps[] = {
	/* name              where    wanted            needs                   apply                    undo                   what --dry-run says */
	{ "poststop hooks",  RUNTIME, 0,                0,                      0,                       begin_poststop,        0 },
	{ "record",          RUNTIME, 0,                0,                      begin_record,            begin_forget,          "write down in the state directory what there will be" },
	{ "orphans",         RUNTIME, gets_orphans,     0,                      foreground_adopt,        0,                     "become the parent of processes that lose theirs" },
	{ "namespaces",      RUNTIME, 0,                0,                      namespaces_open,         0,                     "open the namespaces that are joined" },
	{ "console socket",  RUNTIME, console_socket,   0,                      console_connect,         0,                     "connect to the socket that gets the terminal" },
	{ "start socket",    RUNTIME, created_only,     0,                      exec_listen,             0,                     "listen for start" },
	{ "notify",          RUNTIME, notify_wanted,    0,                      notify_make,             0,                     "make the socket that hears of readiness" },
	{ "cgroup",          RUNTIME, in_cgroups,       0,                      resources_make,          resources_remove,      "make the cgroups and write the limits" },
	{ "resctrl",         RUNTIME, intel_rdt_wanted, 0,                      intel_rdt_make,          intel_rdt_remove,      "make the group of the resctrl filesystem" },
	{ "host mounts",     RUNTIME, 0,                0,                      0,                       rootfs_unmount,        0 },
	{ "init",            RUNTIME, 0,                0,                      launch_init,             launch_kill,           "make the first process, in its new namespaces" },
	{ "maps",            RUNTIME, new_user,         0,                      namespaces_map,          0,                     "write the ID maps of the user namespace" },
	{ "limits",          RUNTIME, limits_outside,   0,                      process_limits,          0,                     "set rlimits and oom_score_adj of init" },
	{ "enter cgroup",    RUNTIME, entered_outside,  0,                      launch_enter,            0,                     "put init into its cgroups" },
	{ "network devices", RUNTIME, net_devices_wanted, 0,                    net_devices_move,        0,                     "move network devices into the network namespace" },
	{ "network",         BESIDE,  namespace_network_beside, needs_network,  namespaces_make_network, 0,                     "make the network namespace, with lo up" },
	{ "config",          BESIDE,  0,                0,                      begin_config,            0,                     "keep config.json as it is now" },
	{ "pid",             BESIDE,  0,                0,                      begin_pid,               0,                     "write down init's process ID" },
	{ "enter resctrl",   BESIDE,  intel_rdt_wanted, 0,                      intel_rdt_enter,         0,                     "put init into the resctrl group" },
	{ "pid file",        BESIDE,  pid_file,         0,                      begin_pid_file,          begin_unlink_pid_file, "write the pid file" },
	{ "pidfd",           BESIDE,  pidfd_wanted,     needs_pidfd,            pidfd_hand_out,          0,                     "send a pidfd of init" },
	{ "filter",          BESIDE,  filter,           needs_filter,           filter_find,             0,                     "compile the system call filter" },
	{ "device rules",    BESIDE,  device_rules,     0,                      resources_devices,       0,                     "load the rules for devices" },
	{ "agent",           BESIDE,  agent,            0,                      listener_connect,        0,                     "connect to the seccomp agent" },
	{ "release",         BESIDE,  0,                0,                      begin_release,           0,                     "tell init that its rules hold" },
	{ "signals",         INIT,    foreground,       0,                      foreground_unblock,      0,                     "unblock signals" },
	{ "fds",             INIT,    0,                0,                      exec_close_fds,          0,                     "let inherited files close when the program starts" },
	{ "join",            INIT,    joined_here,      0,                      namespaces_join,         0,                     "join the namespaces that have a path" },
	{ "enter cgroup",    INIT,    entered_here,     0,                      launch_enter,            0,                     "enter the cgroups" },
	{ "cpus",            INIT,    0,                0,                      all_cpus,                0,                     "let it run on all CPUs of its cgroup" },
	{ "root user",       INIT,    in_user,          0,                      namespaces_become_root,  0,                     "become root of the user namespace" },
	{ "limits",          INIT,    limits_here,      0,                      process_limits,          0,                     "set rlimits and oom_score_adj" },
	{ "keyring",         INIT,    keyring,          needs_keys,             join_keyring,            0,                     "begin a session keyring" },
	{ "cgroup namespace",INIT,    new_cgroup,       needs_cgroup_namespace, namespaces_new_cgroup,   0,                     "make the cgroup namespace" },
	{ "loopback",        INIT,    cloned_network,    0,                      loopback_up,             0,                     "bring lo up" },
	{ "names",           INIT,    names,            0,                      set_names,               0,                     "set host and domain name" },
	{ "rootfs",          INIT,    0,                0,                      rootfs_prepare,          0,                     "make the root file system a mount of its own" },
	{ "overlay",         INIT,    rootfs_overlay_wanted,   needs_overlay,          rootfs_overlay_mount,           0,                     "mount the layers of an image store over the root file system" },
	{ "mounts",          INIT,    mounts,           0,                      rootfs_mounts,           0,                     "mount what mounts says" },
	{ "devices",         INIT,    dev_settled,      0,                      rootfs_devices,          0,                     "make device nodes and links in /dev" },
	{ "proc masks",      INIT,    proc_settled,     0,                      rootfs_proc_masks,       0,                     "hide and protect paths in /proc" },
	{ "bounding set",    INIT,    no_hook_before,   0,                      process_bounding,        0,                     "drop capabilities from the bounding set" },
	{ "take network",    INIT,    namespace_network_beside, 0,              namespaces_take_network, 0,                     "join the network namespace" },
	{ "later mounts",    INIT,    rootfs_has_later_mounts, 0,               rootfs_later_mounts,     0,                     "mount the rest, of the new network namespace" },
	{ "notify",          INIT,    notify_wanted,    0,                      notify_mount,            0,                     "mount the directory of its socket on /run/notify" },
	{ "devices",         INIT,    dev_unsettled,    0,                      rootfs_devices,          0,                     "make device nodes and links in /dev" },
	{ "cwd",             INIT,    away_from_root,   0,                      rootfs_cwd,              0,                     "make the working directory where it is missing" },
	{ "terminal",        INIT,    terminal,         0,                      console_open,            0,                     "open a terminal of the container's own" },
	{ "proc masks",      INIT,    proc_unsettled,   0,                      rootfs_proc_masks,       0,                     "hide and protect paths in /proc" },
	{ "masks",           INIT,    masks,            0,                      rootfs_other_masks,      0,                     "hide and protect other paths" },
	{ "sysctl",          INIT,    sysctls,          0,                      write_sysctls,           0,                     "write kernel parameters" },
	{ "prestart",        RUNTIME, prestart,         0,                      run_prestart,            0,                     "run prestart hooks" },
	{ "createRuntime",   RUNTIME, create_runtime,   0,                      run_create_runtime,      0,                     "run createRuntime hooks" },
	{ "createContainer", INIT,    create_container, 0,                      run_create_container,    0,                     "run createContainer hooks" },
	{ "pivot",           INIT,    0,                0,                      rootfs_pivot,            0,                     "make the root file system \"/\"" },
	{ "root",            INSIDE,  own_root,         0,                      rootfs_finish,           0,                     "set the root's propagation, and read-only if it is" },
	{ "attributes",      INSIDE,  process_wants_attributes, 0,              process_attributes,      0,                     "set scheduler, I/O priority, personality" },
	{ "session",         INSIDE,  no_terminal,      0,                      process_session,         0,                     "begin a session" },
	{ "bounding set",    INSIDE,  create_container, 0,                      process_bounding,        0,                     "drop capabilities from the bounding set" },
	{ "user",            INSIDE,  0,                0,                      process_user,            0,                     "become the program's user" },
	{ "executable",      INSIDE,  0,                0,                      process_executable,      0,                     "find the program" },
	{ "environment",     INSIDE,  0,                0,                      exec_environment,        0,                     "make the program's environment" },
	{ "session",         INSIDE,  terminal,         0,                      console_control,         0,                     "begin a session with the terminal" },
	{ "settle",          INSIDE,  created_only,     0,                      exec_settle,             0,                     "close what is not the program's, and end at signals" },
	{ "release",         INSIDE,  0,                0,                      plan_await_release,      0,                     "wait until its rules hold" },
	{ "created",         RUNTIME, created_only,     0,                      begin_created,           0,                     "mark the container as created" },
	{ "wait",            INSIDE,  created_only,     0,                      exec_wait,               0,                     "wait for start" },
	{ "startContainer",  INSIDE,  start_container,  0,                      run_start_container,     0,                     "run startContainer hooks" },
	{ "labels",          INSIDE,  labels_wanted,    0,                      labels_apply,            0,                     "set the labels of AppArmor and SELinux" },
	{ "seal",            INSIDE,  0,                needs_filter,           seal,                    0,                     "no_new_privs, system call filter, capabilities" },
	{ "exec",            INSIDE,  0,                0,                      exec_program,            0,                     "execute the program" },
};
const size_t create_step_count = sizeof create_steps / sizeof *create_steps;
_Static_assert(sizeof create_steps / sizeof *create_steps <= PLAN_STEPS, "PLAN_STEPS in container/plan.h");

/* The process is the runtime's child, cloned inside the namespaces; the root is entered where setns(2) did not do it. */
const struct step exec_steps[] = {
	{ "orphans",         RUNTIME, gets_orphans,     0,                      foreground_adopt,        0,                     0 },
	{ "filter",          RUNTIME, filter,           needs_filter,           filter_compile,          0,                     "compile the system call filter" },
	{ "console socket",  RUNTIME, console_socket,   0,                      console_connect,         0,                     "connect to the socket that gets the terminal" },
	{ "process",         RUNTIME, 0,                0,                      launch_init,             0,                     "make a process in the container's namespaces" },
	{ "limits",          RUNTIME, limits_outside,   0,                      process_limits,          0,                     "set rlimits and oom_score_adj" },
	{ "affinity",        RUNTIME, affinity,         0,                      enter_affinity_initial,  0,                     "set the CPUs it may run on" },
	{ "enter cgroup",    RUNTIME, in_cgroups,       0,                      enter_cgroup,            0,                     "put it into the container's cgroups" },
	{ "enter resctrl",   RUNTIME, intel_rdt_wanted, 0,                      intel_rdt_enter,         0,                     "put it into the resctrl group" },
	{ "affinity",        RUNTIME, affinity,         0,                      enter_affinity_final,    0,                     "set the CPUs it may run on" },
	{ "pid file",        RUNTIME, pid_file,         0,                      begin_pid_file,          0,                     "write the pid file" },
	{ "pidfd",           RUNTIME, pidfd_asked,      needs_pidfd,            enter_pidfd,             0,                     "send a pidfd of it" },
	{ "agent",           RUNTIME, agent,            0,                      listener_connect,        0,                     "connect to the seccomp agent" },
	{ "signals",         INIT,    foreground,       0,                      foreground_unblock,      0,                     "unblock signals" },
	{ "fds",             INIT,    0,                0,                      exec_close_fds,          0,                     "let inherited files close when the program starts" },
	{ "join",            INIT,    joined_here,      0,                      namespaces_join,         0,                     "join the namespaces" },
	{ "cpus",            INIT,    no_affinity,      0,                      all_cpus,                0,                     "let it run on all CPUs of its cgroup" },
	{ "root user",       INIT,    in_user,          0,                      namespaces_become_root,  0,                     "become root of the user namespace" },
	{ "limits",          INIT,    limits_here,      0,                      process_limits,          0,                     "set rlimits and oom_score_adj" },
	{ "keyring",         INIT,    keyring,          0,                      join_keyring,            0,                     "join the session keyring" },
	{ "root",            INSIDE,  0,                0,                      enter_root,              0,                     "enter the container's root" },
	{ "terminal",        INSIDE,  terminal,         0,                      enter_terminal,          0,                     "open a terminal" },
	{ "attributes",      INSIDE,  process_wants_attributes, 0,              process_attributes,      0,                     "set scheduler, I/O priority" },
	{ "session",         INSIDE,  no_terminal,      0,                      process_session,         0,                     "begin a session" },
	{ "bounding set",    INSIDE,  0,                0,                      process_bounding,        0,                     "drop capabilities from the bounding set" },
	{ "user",            INSIDE,  0,                0,                      process_user,            0,                     "become the program's user" },
	{ "executable",      INSIDE,  0,                0,                      process_executable,      0,                     "find the program" },
	{ "environment",     INSIDE,  0,                0,                      exec_environment,        0,                     "make the program's environment" },
	{ "session",         INSIDE,  terminal,         0,                      console_control,         0,                     "begin a session" },
	{ "labels",          INSIDE,  labels_wanted,    0,                      labels_apply,            0,                     "set the labels of AppArmor and SELinux" },
	{ "seal",            INSIDE,  0,                needs_filter,           seal,                    0,                     "no_new_privs, system call filter, capabilities" },
	{ "exec",            INSIDE,  0,                0,                      exec_program,            0,                     "execute the program" },
};
const size_t exec_step_count = sizeof exec_steps / sizeof *exec_steps;

const struct step live_steps[] = {
	{ "process",         RUNTIME, 0,                0,                      launch_init,             0,                     0 },
	{ "join",            INIT,    joined_here,      0,                      namespaces_join,         0,                     0 },
	{ "root user",       INIT,    in_user,          0,                      namespaces_become_root,  0,                     0 },
	{ "root",            INSIDE,  0,                0,                      enter_root,              0,                     0 },
	{ "mounts",          INSIDE,  0,                0,                      live_apply,              0,                     0 },
};
const size_t live_step_count = sizeof live_steps / sizeof *live_steps;
