/* SPDX-License-Identifier: ISC */
/* From created to running: the start socket, the wait, execve(2). */
#include "container/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "base/sys.h"
#include "container/home.h"
#include "container/labels.h"
#include "container/store.h"
#include "container/wire.h"

/* sun_path has room for 108 bytes, the root's path perhaps not: the directory is named by its fd. */
static void socket_address(struct sockaddr_un *address, int state_fd)
{
	char directory[PATH_PROC_BYTES];
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(address->sun_path, sizeof address->sun_path, "%s/" STORE_SOCKET, path_proc(state_fd, directory));
}

/* Nobody but the owner of ROOT gets at the socket: directory 0700, and connecting needs write permission on the socket itself. SO_PEERCRED would not do:
 * in a user namespace the host's root has no ID. */
int exec_listen(struct container *c, struct err *e)
{
	struct sockaddr_un address;
	socket_address(&address, c->state_fd);
	c->start_socket = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (c->start_socket < 0)
		return err_sys(e, "cannot make the start socket");
	mode_t mask = umask(0077);
	int bound = bind(c->start_socket, (struct sockaddr *)&address, sizeof address);
	umask(mask);
	return bound < 0 || listen(c->start_socket, 1) < 0 ? err_sys(e, "cannot listen on the start socket") : 0;
}

int exec_connect(struct container *c, struct err *e)
{
	struct sockaddr_un address;
	socket_address(&address, c->state_fd);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(e, "cannot make a socket");
	if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		err_sys(e, "cannot connect to the start socket");
		return io_close(fd);
	}
	return fd;
}

static void die_of(int signal)
{
	_exit(128 + signal);
}

/* The first process of a PID namespace gets no signal that it does not handle, but for SIGKILL: a container that waits is to end like any other process. execve(2) sets
 * the handlers back. */
static void take_signals(void)
{
	static const uint8_t signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGTERM };
	struct sigaction die = { .sa_handler = die_of }, before;
	for (size_t i = 0; i < sizeof signals; i++)
		if (sigaction(signals[i], &die, &before) == 0 && before.sa_handler == SIG_IGN)
			sigaction(signals[i], &before, 0);
}

/* Closes all but two fds, and what is below the first one that is not the program's. */
static int close_but(unsigned first, unsigned a, unsigned b)
{
	unsigned low = a < b ? a : b, high = a < b ? b : a;
	if (low > first && sys_close_range(first, low - 1, 0) < 0)
		return -1;
	if (high > low + 1)
		sys_close_range(low + 1, high - 1, 0);
	return sys_close_range(high + 1, ~0u, 0);
}

int exec_settle(struct container *c, struct err *e)
{
	(void)e;
	take_signals();
	/* it may wait for long: the host's files are closed now, not only by execve(2). Where the kernel has no close_range(2), or /proc is still needed for labels, that does it */
	if (labels_wanted(c) || close_but(3 + (unsigned)c->options.preserve_fds + c->listen_fds, (unsigned)c->wire, (unsigned)c->start_socket) < 0)
		return 0;
	io_forget_pending();
	c->root_fd = c->state_fd = c->bundle_fd = c->rootfs_fd = c->console = c->master = c->slave = c->agent = c->notify = c->notify_tree = c->network = -1;
	for (int i = 0; i < NS_TYPES; i++)
		c->joined[i] = -1;
	return 0;
}

int exec_wait(struct container *c, struct err *e)
{
	/* from here on init answers to `start` alone */
	c->wire = io_close(c->wire);
	do
		c->wire = accept4(c->start_socket, 0, 0, SOCK_CLOEXEC);
	while (c->wire < 0 && errno == EINTR);
	if (c->wire < 0)
		return err_sys(e, "cannot wait for start");
	c->start_socket = io_close(c->start_socket);
	return 0;
}

static int close_fds_one_by_one(unsigned first, struct err *e)
{
	int fd = openat(AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "cannot open /proc/self/fd");
	struct dir d;
	struct dir_entry entry;
	uint64_t number;
	int got;
	dir_start(&d, fd);
	while ((got = dir_next(&d, &entry)) > 0)
		if (str_u64(entry.name, &number) == 0 && number >= first && number <= INT_MAX)
			fcntl((int)number, F_SETFD, FD_CLOEXEC);
	if (got < 0)
		err_sys(e, "cannot read /proc/self/fd");
	io_close(fd);
	return got;
}

int exec_check_fds(const struct container *c, struct err *e)
{
	return c->options.preserve_fds < 0 || c->options.preserve_fds > 1024 * 1024 ? err_set(e, "--preserve-fds: out of range") : 0;
}

/* Preserved fds keep the flag that they came with; those that this program opened itself all have close-on-exec. */
int exec_close_fds(struct container *c, struct err *e)
{
	unsigned first = 3 + (unsigned)c->options.preserve_fds + c->listen_fds;
	if (sys_close_range(first, ~0u, SYS_CLOSE_RANGE_CLOEXEC) == 0)
		return 0;
	return errno == ENOSYS || errno == EINVAL ? close_fds_one_by_one(first, e) : err_sys(e, "cannot close inherited files");
}

static bool same_name(const char *a, const char *b)
{
	size_t length = strcspn(a, "=");
	return strncmp(a, b, length) == 0 && b[length] == '=';
}

static uint32_t hash_name(const char *item)
{
	uint32_t hash = 2166136261u;   /* FNV-1a */
	for (; *item && *item != '='; item++)
		hash = (hash ^ (unsigned char)*item) * 16777619u;
	return hash;
}

/* Of several with one name the last counts, as in runc; the others are left out of to, which has room for all. Returns how many, or -1. */
static int take_once(struct container *c, const struct strings *env, char **to, struct err *e)
{
	uint32_t slots = 16, count = 0;
	while (slots < env->count * 2)
		slots *= 2;
	uint32_t *seen = ARENA_NEW(&c->document->arena, uint32_t, slots, e);   /* a table of 1 + index, open addressing */
	for (uint32_t i = env->count; seen && i-- > 0; ) {
		uint32_t at = hash_name(env->items[i]) & (slots - 1);
		while (seen[at] && !same_name(env->items[i], env->items[seen[at] - 1]))
			at = (at + 1) & (slots - 1);
		bool later = seen[at];
		seen[at] = later ? seen[at] : i + 1;
		/* an empty HOME is none */
		bool ours = c->listen_fds && (str_starts(env->items[i], "LISTEN_FDS=") || str_starts(env->items[i], "LISTEN_PID="));
		to[i] = later || ours || strcmp(env->items[i], "HOME=") == 0 ? 0 : (char *)(uintptr_t)env->items[i];
	}
	for (uint32_t i = 0; seen && i < env->count; i++)
		if (to[i])
			to[count++] = to[i];
	return seen ? (int)count : -1;
}

static bool has_home(char **items, int count)
{
	while (count-- > 0)
		if (str_starts(items[count], "HOME="))
			return true;
	return false;
}

/* The config's, and HOME where it has none; LISTEN_* are ours to say. */
int exec_environment(struct container *c, struct err *e)
{
	const struct process *p = c->config.process;
	static char listen_fds[32], listen_pid[] = "LISTEN_PID=1", home[256];
	char **items = ARENA_NEW(&c->document->arena, char *, p->env.count + 4, e);
	int count = items ? take_once(c, &p->env, items, e) : -1;
	if (count < 0)
		return -1;
	if (!has_home(items, count)) {
		home_find(p->user ? p->user->uid : 0, home, sizeof home);
		items[count++] = home;
	}
	if (c->listen_fds) {
		snprintf(listen_fds, sizeof listen_fds, "LISTEN_FDS=%u", c->listen_fds);
		items[count++] = listen_fds;
		items[count++] = listen_pid;
	}
	items[count] = 0;   /* behind those that were left out */
	c->environment = items;
	return 0;
}

struct err *exec_refused(const char *path, int number, struct err *e)
{
	err_num(e, number, "exec %s", path);
	*(strrchr(e->text, ':') + 2) |= 0x20;   /* its small letter too */
	return e;
}

int exec_program(struct container *c, struct err *e)
{
	log_debug(c->record.pid ? "setns_init: about to exec" : "init: closing the pipe to signal completion");
	execve(c->executable, (char **)(uintptr_t)c->config.process->args.items, c->environment);
	return err_at(exec_refused(c->executable, errno, e), "process.args[0]");
}

int exec_result(struct container *c, bool *announced, struct err *e)
{
	struct message m;
	int got;
	*announced = false;
	while ((got = plan_receive(c, &m, e)) > 0)
		*announced |= m.type == MESSAGE_EXEC;
	if (got < 0)
		return -1;
	return *announced ? 0 : plan_init_died(c, e);
}
