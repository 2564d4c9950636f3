/* SPDX-License-Identifier: ISC */
/* Readiness, sd_notify(3), systemd.exec(5) NOTIFY_SOCKET. The container can say that it is ready and nothing else: another MAINPID or an fd to keep is not passed on. */
#include "container/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/str.h"
#include "base/sys.h"
#include "kernel/mount.h"
#include "kernel/probe.h"
#include "kernel/unix.h"

#define DIRECTORY "notify"
#define SOCKET "notify.sock"
#define MOUNTED "/run/notify"
#define VARIABLE "NOTIFY_SOCKET="
#define MESSAGE_BYTES 4096
#define DEATH_MS 100       /* how late the end of a container that never gets ready is seen */
#define BARRIER_MS 30000   /* runc's: who does not know the word never answers */

bool notify_wanted(const struct container *c)
{
	return c->options.notify_socket && *c->options.notify_socket;
}

static int add_variable(struct container *c, struct err *e)
{
	struct process *process = ARENA_NEW(&c->document->arena, struct process, 1, e);
	const char **items = process ? ARENA_NEW(&c->document->arena, const char *, c->config.process->env.count + 2, e) : 0;
	uint32_t count = 0;
	if (!items)
		return -1;
	*process = *c->config.process;
	for (uint32_t i = 0; i < process->env.count; i++)
		if (!str_starts(process->env.items[i], VARIABLE))
			items[count++] = process->env.items[i];
	items[count++] = VARIABLE MOUNTED "/" SOCKET;
	items[count] = 0;
	process->env = (struct strings){ items, count };
	c->config.process = process;
	return 0;
}

/* Whoever the program runs as may write: the directories above are the owner's alone. */
static int bind_socket(struct container *c, int directory, struct err *e)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char proc[PATH_PROC_BYTES];
	snprintf(address.sun_path, sizeof address.sun_path, "%s/" SOCKET, path_proc(directory, proc));
	c->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (c->notify < 0 || bind(c->notify, (struct sockaddr *)&address, sizeof address) < 0 || fchmodat(directory, SOCKET, 0777, 0) < 0)
		return err_sys(e, "cannot make the socket for readiness");
	return 0;
}

int notify_make(struct container *c, struct err *e)
{
	if (mkdirat(c->state_fd, DIRECTORY, 0755) < 0 || fchmodat(c->state_fd, DIRECTORY, 0755, 0) < 0)
		return err_sys(e, "cannot make the directory for readiness");
	int directory = openat(c->state_fd, DIRECTORY, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (directory < 0)
		return err_sys(e, "cannot open the directory for readiness");
	/* Root of a user namespace can't walk there: it gets a mount of its own. A user who may make none owns the directory, and can. */
	if (probe_has(FACILITY_MOUNT_SETATTR))
		c->notify_tree = sys_open_tree(directory, "", SYS_OPEN_TREE_CLONE | AT_EMPTY_PATH | O_CLOEXEC);
	int result = c->options.run ? bind_socket(c, directory, e) : 0;
	io_close(directory);
	return result < 0 ? -1 : add_variable(c, e);
}

int notify_mount(struct container *c, struct err *e)
{
	static const char *const words[] = { "bind", "nosuid", "noexec", "nodev", "ro" };
	static LARGE struct mount_options options;
	char path[LIMIT_PATH_BYTES];
	mount_options_clear(&options);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (mount_option_add(&options, words[i], e) < 0)
			return -1;
	if (str_format(path, sizeof path, e, "%s/%s/" DIRECTORY, c->options.root, c->id) < 0)
		return -1;
	struct mount_request r = {
		.root_fd = c->rootfs_fd, .destination = MOUNTED, .source = path, .source_fd = c->notify_tree, .source_detached = true, .userns_fd = -1, .type = "bind",
		.options = &options,
	};
	int result = mount_apply(&r, e);
	c->notify_tree = io_close(c->notify_tree);
	return result < 0 ? err_at(e, MOUNTED) : 0;
}

int notify_bind(struct container *c, struct err *e)
{
	if (!notify_wanted(c))
		return 0;
	int directory = openat(c->state_fd, DIRECTORY, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (directory < 0)
		return errno == ENOENT ? 0 : err_sys(e, "cannot open the directory for readiness");
	int result = bind_socket(c, directory, e);
	io_close(directory);
	return result;
}

static ssize_t receive(int socket, char *text, size_t size, int *fd)
{
	union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } control;
	struct iovec payload = { .iov_base = text, .iov_len = size - 1 };
	struct msghdr message = { .msg_iov = &payload, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	ssize_t n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	struct cmsghdr *header = n >= 0 ? CMSG_FIRSTHDR(&message) : 0;
	*fd = -1;
	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(fd, CMSG_DATA(header), sizeof *fd);
	text[n < 0 ? 0 : n] = 0;
	return n;
}

static bool has_line(const char *text, const char *line)
{
	size_t length = strlen(line);
	for (const char *at = text; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : 0)
		if (strncmp(at, line, length) == 0 && (!at[length] || at[length] == '\n'))
			return true;
	return false;
}

static const char barrier_text[] = "BARRIER=1";

static int say(int host, const char *text)
{
	return send(host, text, strlen(text), MSG_NOSIGNAL) < 0 ? -1 : 0;
}

bool notify_take(struct container *c, pid_t main)
{
	char text[MESSAGE_BYTES], pid[32];
	int fd, host;
	if (receive(c->notify, text, sizeof text, &fd) <= 0)
		return false;
	bool ready = has_line(text, "READY=1"), barrier = fd >= 0 && has_line(text, "BARRIER=1");
	snprintf(pid, sizeof pid, "MAINPID=%d\n", (int)main);
	if (ready || barrier) {
		host = unix_connect(c->options.notify_socket, SOCK_DGRAM);
		if (host < 0 || (ready && (say(host, "READY=1\n") < 0 || say(host, pid) < 0)) || (barrier && unix_send(host, barrier_text, sizeof barrier_text - 1, fd) < 0))
			log_warn("NOTIFY_SOCKET %s: %s", c->options.notify_socket, strerror(errno));
		io_close(host);
	}
	io_close(fd);
	return ready;
}

static void await_barrier(const struct container *c)
{
	int ends[2], host = unix_connect(c->options.notify_socket, SOCK_DGRAM);
	if (host >= 0 && pipe2(ends, O_CLOEXEC) == 0) {
		int sent = unix_send(host, barrier_text, sizeof barrier_text - 1, ends[1]);
		io_close(ends[1]);
		struct pollfd end = { .fd = ends[0] };   /* the hang-up is always told */
		if (sent == 0 && poll(&end, 1, BARRIER_MS) == 0)
			log_warn("NOTIFY_SOCKET %s: nobody answers BARRIER=1", c->options.notify_socket);
		io_close(ends[0]);
	}
	io_close(host);
}

void notify_wait(struct container *c)
{
	struct pollfd socket = { .fd = c->notify, .events = POLLIN };
	pid_t pid = (pid_t)c->record.pid;
	bool alive = c->notify >= 0, ready = false;
	while (alive && !ready) {
		alive = proc_alive(pid, c->record.startTime);   /* before the last look: its last words are heard */
		if (poll(&socket, 1, DEATH_MS) > 0 || !alive)
			ready = notify_take(c, pid);
	}
	if (ready)
		await_barrier(c);
	c->notify = io_close(c->notify);
}
