/* SPDX-License-Identifier: ISC */
/* The first and the last of a container: its durable record, its pid file, and how they go. */
#include "container/begin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/proc.h"
#include "base/str.h"
#include "container/bundle.h"
#include "container/hooks.h"
#include "container/namespaces.h"
#include "container/listener.h"
#include "container/rootfs.h"
#include "container/store.h"
#include "container/wire.h"

static int first_record(struct container *c, struct err *e)
{
	c->record = (struct record){
		.ociVersion = c->config.ociVersion, .id = c->id, .bundle = c->bundle, .rootfs = c->rootfs,
		.time = when_now(c->time, 9), .config = c->checksum, .owner = (uint32_t)getauxval(AT_EUID), .cgroups = c->cgroups, .resctrl = c->resctrl_leftover,
		.annotations = c->config.annotations.count > 0, .poststart = hooks_any(c, HOOK_POSTSTART), .poststop = hooks_any(c, HOOK_POSTSTOP),
		.notifies = listener_wanted(c),
		.sharedPids = !namespace_new(c, NS_PID), .hostMounts = !namespace_new(c, NS_MOUNT),
		.rootMounts = UINT32_MAX,
	};
	if (c->record.hostMounts && c->config.root->readonly && rootfs_count(c->rootfs, &c->record.rootMounts, e) < 0)
		return -1;
	return record_write(c->state_fd, &c->record, e);
}

int begin_record(struct container *c, struct err *e)
{
	c->root_fd = store_open_root(c->options.root, true, e);
	if (c->root_fd < 0 || (c->state_fd = store_make(c->root_fd, c->id, e)) < 0)
		return -1;
	return first_record(c, e);
}

/* No fsync of its own: the record carries its checksum, from the second one on. */
int begin_config(struct container *c, struct err *e)
{
	bundle_checksum(c->raw, c->raw_length, c->checksum);
	int fd = openat(c->state_fd, STORE_CONFIG, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int result = fd < 0 ? -1 : io_write(fd, c->raw, c->raw_length);
	if (result < 0)
		err_sys(e, "cannot keep the config");
	io_close_later(fd);
	return result;
}

/* Where this command never had the directory, it is another's. */
int begin_forget(struct container *c, struct err *e)
{
	return c->state_fd < 0 ? 0 : store_remove(c->root_fd, c->state_fd, c->id, e);
}

static int write_pid_file(const struct container *c, struct err *e)
{
	char temporary[LIMIT_PATH_BYTES], text[16];
	const char *path = c->options.pid_file;
	int length = snprintf(text, sizeof text, "%d", (int)c->pid);
	if (str_format(temporary, sizeof temporary, e, "%s.%d", path, (int)getpid()) < 0)
		return -1;
	int fd = openat(AT_FDCWD, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(e, "cannot make %s", temporary);
	int result = io_write(fd, text, (size_t)length);
	io_close(fd);
	if (result == 0 && rename(temporary, path) == 0)
		return 0;
	err_sys(e, "cannot write %s", path);
	unlink(temporary);
	return -1;
}

int begin_pid(struct container *c, struct err *e)
{
	char state;
	c->record.pid = c->pid;
	if (proc_start_time(c->pid, &c->record.startTime, &state) < 0)
		return err_sys(e, "cannot look at init in /proc");
	return record_write(c->state_fd, &c->record, e);
}

int begin_release(struct container *c, struct err *e)
{
	c->cgroup_fd = io_close_later(c->cgroup_fd);
	int result = wire_tell(c->wire, MESSAGE_RELEASE, c->filter_fd, e);
	c->filter_fd = io_close_later(c->filter_fd);
	return result;
}

int begin_pid_file(struct container *c, struct err *e)
{
	if (write_pid_file(c, e) < 0)
		return err_at(e, "--pid-file");
	c->pid_file_written = true;
	return 0;
}

int begin_unlink_pid_file(struct container *c, struct err *e)
{
	(void)e;
	if (c->pid_file_written)
		unlink(c->options.pid_file);
	return 0;
}

int begin_created(struct container *c, struct err *e)
{
	if (unlinkat(c->state_fd, STORE_CREATING, 0) < 0)
		return err_sys(e, "cannot unmark the state directory");
	return 0;
}

int begin_poststop(struct container *c, struct err *e)
{
	(void)e;
	if (c->record.poststop && c->config.hooks)
		hooks_warn(c, HOOK_POSTSTOP, STATUS_STOPPED, 0);
	return 0;
}
