/* SPDX-License-Identifier: ISC */
/* One container in the hands of one command: what was asked, what the config says, what is open. The caller owns it (static: it is large), and zeroes
 * nothing: container_open does what is needed. The functions here are all that cmd calls; each fills e and returns -1 where it fails. */
#ifndef CONTAINER_CONTAINER_H
#define CONTAINER_CONTAINER_H

#include <stdbool.h>
#include <signal.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"
#include "base/limits.h"
#include "base/when.h"
#include "container/plan.h"
#include "container/record.h"
#include "container/texts.h"
#include "kernel/cgroup.h"
#include "kernel/seccomp.h"
#include "spec/config.h"
#include "spec/document.h"

#define CONTAINER_DEVICE_RULES 256   /* linux.resources.devices with the defaults behind them */
#define CONTAINER_ITEMS 256          /* entries of linux.resources' other lists and maps; 48 bytes each, if used */

struct container_options {
	const char *root;             /* --root; required */
	const char *bundle;           /* directory; 0: the working directory */
	const char *config;           /* --config: a file instead of the bundle's config.json; 0: none */
	const char *console_socket, *pid_file, *pidfd_socket;
	const char *filters;          /* --filters: a directory of ready system call filters; 0 or "": none */
	const char *notify_socket;    /* NOTIFY_SOCKET of the caller; 0 or "": none */
	int rootless;                 /* --rootless: 1 true, -1 false, 0 auto: whoever is not root */
	int64_t preserve_fds;         /* further fds, from 3 on, that the program keeps */
	bool no_pivot, no_new_keyring, no_cgroups;
	bool run, detach, keep, no_subreaper;   /* run's; create is neither run nor detach */
};

/* What `exec` is asked for; the lists' items are the caller's. */
struct exec_options {
	const char *process;          /* --process: a file with the process, which the others down to caps do not change then; 0: none */
	const char *cwd, *user;       /* "UID[:GID]"; 0: the config's */
	const char *apparmor, *label;
	struct strings args, env, gids, caps;
	bool terminal, no_new_privs, ignore_paused;
	struct strings cgroups;       /* each "[CONTROLLER[,…]:]PATH", below the container's; none: its own */
};

struct container {
	const char *id;
	struct container_options options;

	/* files */
	int root_fd, state_fd, bundle_fd;
	int rootfs_fd;                /* in init, of the mount that becomes "/" */
	const char *bundle, *rootfs, *file;   /* absolute; the config's name in messages; all in texts */

	/* config.json: decoded in document, unchanged in raw */
	struct document *document;
	struct config config;
	const char *raw;
	size_t raw_length;

	/* what is recorded */
	struct record record;
	char time[WHEN_BYTES], checksum[RECORD_CHECKSUM_BYTES];
	const char *cgroups;          /* cgroup_format's, in texts */

	/* the plan, and the conversation with the other side */
	struct plan plan;
	enum side turn;               /* whose steps are next */
	int wire;                     /* this side's end of the socket pair; in init after start: start's connection */
	int start_socket, console, master, slave;   /* listening; connected to --console-socket; the pty: foreground run's end, init's end */
	int notify, notify_tree;      /* the socket that hears of readiness; to init: its directory as a mount; -1 */
	sigset_t signals;             /* run in the foreground: blocked ones as its caller had them */
	pid_t pid;                    /* init's, while it is this process's child; 0 in init */
	int agent;                    /* the seccomp agent, connected; -1 */
	bool listener_due;            /* init announced a listener that has not come yet */
	enum live { LIVE_NO, LIVE_ADD, LIVE_REMOVE } live;   /* mounts of one that lives are changed */
	bool released;                /* in init: the runtime is done with its steps beside it */
	bool pid_file_written, ended;   /* by, and for, this process */
	bool cwd_entered;             /* in init: by root, before it became the program's user */
	bool may_stray;               /* exec: init's own cgroup will do */
	bool in_init;                 /* this process is init, or becomes it */
	int cgroup_fd;                /* of the v2 directory, until init is released; -1 */
	bool in_cgroup;               /* clone put init into its v2 cgroup */

	/* prepared for init before it exists */
	uint64_t new_namespaces;      /* CLONE_NEW* */
	int joined[NS_TYPES];         /* fds of namespaces with a path; -1 */
	int source;                   /* in init: of a mount, once the runtime has sent it; -1 */
	int network;                  /* in init: the new network namespace, once the runtime has sent it; -1 */
	struct cgroup_limits limits;
	struct seccomp_program filter;
	int filter_fd;                /* its file (container/filter_cache.h), on the way to init; -1 */
	const char *resctrl, *resctrl_leftover;   /* where it is mounted; the group that undo removes, "": none; in texts */
	const char *executable;       /* args[0], found; in texts */
	char **environment;           /* in init: of the program, ends in 0 */
	unsigned listen_fds;          /* LISTEN_FDS that are ours to pass on */

	/* large, and mostly untouched: behind all else */
	struct cgroup cgroup;
	size_t texts_used;
	char texts[TEXTS_BYTES];
	struct cgroup_device_rule device_rules[CONTAINER_DEVICE_RULES];
	struct cgroup_item items[CONTAINER_ITEMS];
};

struct out;
/* container_open: the one way to begin: an empty container over a caller-owned document, whose arena must hold the document's bytes once more. id is checked. 0 or -1. */
int container_open(struct container *c, const char *id, const struct container_options *options, struct document *document, struct err *e);
/* container_prepare: the beginning of create and run alone: reads and checks the bundle, and plans. Makes nothing. 0 or -1. */
int container_prepare(struct container *c, struct err *e);
/* container_dry_run: the plan, as "table" or "json", to out: each step, what it needs of the kernel, and whether that is here. Makes nothing. *missing: how many things
 * that are needed are not here. 0, or -1 where it could not come to a plan. */
struct out;
int container_dry_run(struct container *c, const char *format, struct out *out, unsigned *missing, struct err *e);
/* container_create: all of it up to the program (runc create). 0, or -1: nothing is left behind. */
int container_create(struct container *c, struct err *e);
/* container_run: create and start; in the foreground (not options.detach) waits, forwards signals or a terminal, and deletes unless options.keep. *status: the program's, 128 + signal. */
int container_run(struct container *c, int *status, struct err *e);
/* container_exec: one more process in a running container; in the foreground (not options.detach) waits for it as container_run does. *status: the process's. 0 or -1. */
int container_exec(struct container *c, const struct exec_options *x, int *status, struct err *e);
/* container_mounts: adds what file, a JSON array like the config's mounts, says to a container that is not stopped (bind sources are the host's), or removes what is mounted on those
 * destinations, the last first. */
int container_mounts(struct container *c, enum live how, const char *file, struct err *e);
/* container_start: lets a created container's program run; returns once execve(2) succeeded and poststart hooks are done. */
int container_start(struct container *c, struct err *e);
/* container_kill: signal to init, or to every process of the container: with all, and for SIGKILL where it shares a pid namespace. A stopped one is an error without all. */
int container_kill(struct container *c, int signal, bool all, struct err *e);
/* container_pause: freezes all processes of a running or created container; container_resume thaws those of a paused one. */
int container_pause(struct container *c, struct err *e);
int container_resume(struct container *c, struct err *e);
/* container_ps: its processes: as the lines of ps(1), called with arguments (argv's form; none: -ef), or as a JSON array of process IDs. */
int container_ps(struct container *c, const char *format, char **arguments, struct out *out, struct err *e);
/* container_events: what it uses, as a JSON line: once, or every interval_ns (> 0) until it stops, with a line for each time that its memory ran out. */
int container_events(struct container *c, bool once, int64_t interval_ns, struct out *out, struct err *e);
/* container_update: linux.resources of a container that is not stopped: what change holds is written to its cgroups and merged into what is kept for the next update; the
 * rest stays as it is. A failure leaves the old values as far as the kernel takes them back. */
int container_update(struct container *c, const struct resources *change, struct err *e);
/* container_delete: of one that is stopped or created; force: of any, also half made ones; a missing one is success then. */
int container_delete(struct container *c, bool force, struct err *e);
/* container_state: the state JSON of runtime-spec's runtime.md as runc prints it, to out. */
int container_state(struct container *c, struct out *out, struct err *e);
/* container_ready_filter: writes the compiled filter of options.bundle's linux.seccomp to directory, for kernels of that level (0: this one's), and a line on it to out. Asks nothing else of
 * the bundle. A config without linux.seccomp is no error. */
int container_ready_filter(struct container *c, int directory, unsigned level, struct out *out, struct err *e);
/* container_list: all below options.root (id is not looked at), as "table", "json" or, with quiet, IDs. */
int container_list(struct container *c, const char *format, bool quiet, struct out *out, struct err *e);

#endif
