/* SPDX-License-Identifier: ISC */
/* A listener of a seccomp filter on its way from init to the agent (runtime-spec, config-linux.md, "Seccomp", "The Container Process State"). */
#include "container/listener.h"

#include <string.h>
#include <sys/socket.h>

#include "base/io.h"
#include "base/out.h"
#include "container/wire.h"
#include "kernel/unix.h"
#include "spec/state.h"
#include "spec/version.h"

bool listener_wanted(const struct container *c)
{
	const struct seccomp_spec *s = c->config.linux_ ? c->config.linux_->seccomp : 0;
	for (uint32_t i = 0; s && i < s->syscalls.count; i++)
		if (strcmp(s->syscalls.items[i].action, "SCMP_ACT_NOTIFY") == 0)
			return true;
	return false;
}

int listener_check(const struct container *c, struct err *e)
{
	const char *path = c->config.linux_->seccomp->listenerPath;
	if (c->filter.notifies && (!path || !*path))
		return err_set(e, "linux.seccomp.listenerPath: seccomp listenerPath is not set, and SCMP_ACT_NOTIFY needs an agent");
	if (!c->filter.notifies && path && *path)   /* an agent that waits for this container learns that no listener will come; there need not be one */
		io_close(unix_connect(path, SOCK_STREAM));
	return 0;
}

int listener_connect(struct container *c, struct err *e)
{
	const char *path = c->config.linux_->seccomp->listenerPath;
	if (!path || !*path)
		return 0;   /* listener_check let it pass: no call that it names is known here */
	c->agent = unix_connect_soon(path);
	return c->agent < 0 ? err_sys(e, "linux.seccomp.listenerPath: failed to connect with seccomp agent at \"%s\"", path) : 0;
}

int listener_announce(struct container *c, int listener, struct err *e)
{
	return wire_send(c->wire, MESSAGE_LISTENER, 0, listener) < 0 ? err_sys(e, "cannot hand over the listener") : 0;
}

static int send_state(const struct container *c, enum status status, pid_t pid, int listener, struct err *e)
{
	static LARGE char text[LIMIT_HOOK_STATE_BYTES];
	static const char *names[] = { "seccompFd", 0 };
	struct state state;
	state_fill(c, status, (pid_t)c->record.pid, &state);
	struct process_state s = { .ociVersion = SPEC_VERSION, .fds = { names, 1 }, .pid = pid, .metadata = c->config.linux_->seccomp->listenerMetadata, .state = &state };
	struct out o;
	out_init(&o, -1, text, sizeof text);
	document_emit(&o, &process_state_object, &s, false);
	if (o.failed)
		return ERR_LIMIT(e, "the state of the container in bytes", LIMIT_HOOK_STATE_BYTES);
	return unix_send(c->agent, text, o.used, listener) < 0 ? err_sys(e, "cannot send the listener to the seccomp agent") : 0;
}

/* The agent's death must be ENOSYS to the program (seccomp_unotify(2)): no copy of the listener stays here. */
int listener_send(struct container *c, enum status status, pid_t pid, int listener, struct err *e)
{
	int result = c->agent < 0 || listener < 0 ? err_set(e, "no seccomp agent is connected") : send_state(c, status, pid, listener, e);
	io_close(listener);
	c->agent = io_close(c->agent);
	return result < 0 ? err_at(e, "linux.seccomp.listenerPath") : 0;
}

int listener_hand_over(struct container *c, int listener, struct err *e)
{
	bool entered = c->pid > 0 && c->pid != (pid_t)c->record.pid;   /* exec's process */
	enum status status = entered ? STATUS_RUNNING : c->options.run ? STATUS_CREATING : STATUS_CREATED;
	if (listener_send(c, status, entered ? c->pid : (pid_t)c->record.pid, listener, e) < 0)
		return -1;
	c->listener_due = false;
	return 0;
}

int listener_settled(const struct container *c, struct err *e)
{
	return c->listener_due ? err_set(e, "linux.seccomp: init ended before it handed over its listener: a filter that notifies has to allow sendmsg") : 0;
}
