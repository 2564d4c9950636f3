/* SPDX-License-Identifier: ISC */
/* Mounts that come and go while a container lives. move_mount(2), umount2(2), mount_namespaces(7). */
#include "container/live.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/sys.h"
#include "container/bundle.h"
#include "container/enter.h"
#include "container/exec.h"
#include "container/rootfs.h"
#include "container/state.h"
#include "container/wire.h"
#include "kernel/procfs.h"

/* Not through a symlink: the container could lead us to a mount that hides something from it. */
static int remove_one(struct container *c, const char *destination, struct err *e)
{
	char clean[LIMIT_PATH_BYTES];
	struct open_how how = { .flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS };
	if (rootfs_destination(c, destination, clean, e) < 0)
		return -1;
	char *name = strrchr(clean, '/');
	*name++ = 0;
	int parent = sys_openat2(c->rootfs_fd, *clean ? clean : "/", &how);
	if (parent < 0)
		return err_sys(e, "cannot open its directory%s", errno == ELOOP ? " (no symlinks are followed)" : "");
	int result = fchdir(parent) < 0 || umount2(name, MNT_DETACH | UMOUNT_NOFOLLOW) < 0 ? err_sys(e, "cannot unmount it%s", errno == EINVAL ? " (is it mounted?)" : "") : 0;
	io_close(parent);
	return result;
}

static int remove_last(struct container *c, uint32_t count, struct err *e)
{
	while (count--) {
		const char *destination = c->config.mounts.items[count].destination;
		if (remove_one(c, destination, e) < 0)
			return err_at(e, "mounts[%u] \"%s\"", (unsigned)count, destination);
	}
	return 0;
}

static int add(struct container *c, struct err *e)
{
	struct err undo;
	int proc = procfs_fd(e);   /* of before, so that it is the host's */
	if (proc < 0)
		return -1;
	if (fchdir(proc) < 0)
		return err_sys(e, "cannot enter /proc");
	path_proc_here();
	umask(0);
	for (uint32_t i = 0; i < c->config.mounts.count; i++)
		if (rootfs_mount(c, i, e) < 0) {
			if (remove_last(c, i, &undo) < 0)
				log_warn("%s", undo.text);
			return -1;
		}
	return 0;
}

int live_apply(struct container *c, struct err *e)
{
	if ((c->live == LIVE_ADD ? add(c, e) : remove_last(c, c->config.mounts.count, e)) < 0)
		return -1;
	wire_send(c->wire, MESSAGE_EXEC, 0, -1);
	_exit(0);
}

int container_mounts(struct container *c, enum live how, const char *file, struct err *e)
{
	DOCUMENT_REGIONS(regions, LIMIT_PROCESS_BYTES, LIMIT_PROCESS_TOKENS, 2 * LIMIT_PROCESS_BYTES);
	static struct document document;
	struct mount_list asked;
	bool announced;
	DOCUMENT_INIT(&document, file, regions);
	if (document_read(&document, AT_FDCWD, file, e) < 0 || document_decode_first(&document, &mount_list_object, &asked, e) < 0)
		return -1;
	if (asked.mounts.count > LIMIT_MOUNTS)
		return ERR_LIMIT(e, file, LIMIT_MOUNTS);
	if (state_find_alive(c, true, e) < 0)
		return -1;
	if (bundle_reread(c, e) < 0 || enter_all(c, e) < 0 || procfs_fd(e) < 0)
		return -1;
	c->live = how;
	c->bundle = c->record.bundle;
	c->config.mounts.items = asked.mounts.items;
	c->config.mounts.count = asked.mounts.count;
	plan_make(c, live_steps, live_step_count);
	int result = plan_walk(c, SIDE_RUNTIME, e) < 0 || exec_result(c, &announced, e) < 0 ? -1 : 0;
	c->wire = io_close(c->wire);   /* where this side failed, the other waits for it */
	if (c->pid > 0)
		proc_wait(c->pid);
	return result < 0 ? err_at(e, "%s", file) : 0;
}
