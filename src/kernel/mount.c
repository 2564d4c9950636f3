/* SPDX-License-Identifier: ISC */
/* One mount: its destination by fd inside the root, mount(2) of filesystems, what comes after. Binds are in mount_bind.c.
 * runtime-spec, config.md, "Mounts"; config-linux.md, "Default Filesystems". */
#include "kernel/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <linux/magic.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/path.h"
#include "base/str.h"
#include "kernel/mount_bind.h"
#include "kernel/lsm.h"
#include "kernel/mount_copyup.h"
#include "kernel/probe.h"

/* What services that emulate a container's own /proc put there; runc allows the same */
static const char *const proc_files[] = {
	"/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat", "/proc/swaps", "/proc/uptime", "/proc/loadavg", "/proc/slabinfo",
	"/proc/sys/kernel/ns_last_pid", "/proc/sys/crypto/fips_enabled",
};
/* Filesystems whose absence has an option's name */
static const struct { const char *type; enum facility facility; } filesystems[] = {
	{ "proc", FACILITY_PROC }, { "sysfs", FACILITY_SYSFS }, { "tmpfs", FACILITY_TMPFS }, { "devpts", FACILITY_DEVPTS }, { "mqueue", FACILITY_MQUEUE },
	{ "overlay", FACILITY_OVERLAY }, { "cgroup2", FACILITY_CGROUP_V2 },
};

bool mount_proc_allowed(const char *destination, bool is_bind)
{
	if (strcmp(destination, "/proc") == 0 || !str_starts(destination, "/proc/"))
		return true;
	return is_bind && str_word(destination, proc_files, sizeof proc_files / sizeof *proc_files) >= 0;
}

static bool is_type(const struct mount_request *r, const char *type)
{
	return r->type && strcmp(r->type, type) == 0;
}

static bool is_bind(const struct mount_request *r)
{
	return (r->options->flags & MS_BIND) || is_type(r, "bind");
}

/* The clean name of the destination, refused where runc refuses it. */
static int check_destination(const struct mount_request *r, char clean[LIMIT_PATH_BYTES], struct err *e)
{
	char absolute[LIMIT_PATH_BYTES];
	if (str_format(absolute, sizeof absolute, e, "/%s", r->destination) < 0)
		return -1;
	if (path_clean(absolute, clean, LIMIT_PATH_BYTES) < 0)
		return err_sys(e, "destination");
	if (strcmp(clean, "/") == 0)
		return err_set(e, "nothing can be mounted over the root filesystem itself");
	if (!mount_proc_allowed(clean, is_bind(r)))
		return err_set(e, "nothing can be mounted inside /proc");
	if (strcmp(clean, "/proc") == 0 && !is_bind(r) && !is_type(r, "proc"))
		return err_set(e, "only a filesystem of type proc can be mounted on /proc");
	return 0;
}

static int source_is_directory(const struct mount_request *r, struct err *e)
{
	struct stat st;
	if (r->source_fd >= 0 ? fstat(r->source_fd, &st) < 0 : stat(r->source ? r->source : "", &st) < 0)
		return err_sys(e, "cannot open source \"%s\"", r->source ? r->source : "");
	return S_ISDIR(st.st_mode);
}

/* A destination that is reached through a symlink may lie inside a procfs that was mounted a moment ago, where a mount would divert the runtime's own writes. */
static int refuse_proc(int fd, struct err *e)
{
	struct statfs fs;
	if (fstatfs(fd, &fs) < 0)
		return err_sys(e, "destination");
	if (fs.f_type == PROC_SUPER_MAGIC)
		return err_set(e, "the destination leads into a procfs through a symlink");
	return 0;
}

static int make_destination(const struct mount_request *r, const char *clean, struct err *e)
{
	int directory = is_bind(r) ? source_is_directory(r, e) : 1;
	if (directory < 0)
		return -1;
	int fd = directory ? path_make_dirs(r->root_fd, clean, 0755) : path_make_file(r->root_fd, clean, 0644);
	return fd < 0 ? err_sys(e, "cannot make the mount point") : fd;
}

/* Opens (O_PATH) or makes the destination; *made says which. */
static int open_destination(const struct mount_request *r, const char *clean, bool *made, struct err *e)
{
	bool special = is_type(r, "proc") || is_type(r, "sysfs");
	struct open_how how = { .flags = O_PATH | O_CLOEXEC | (special ? O_DIRECTORY : 0), .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS };
	int fd = sys_openat2(r->root_fd, clean, &how);
	*made = false;
	if (fd >= 0)
		return fd;
	/* /proc and /sys are what later steps trust: they lie where their names say */
	if (special && (errno == ELOOP || errno == ENOTDIR))
		return err_set(e, "%s must be mounted on ordinary directory", r->type);
	int flags = O_PATH | (special ? O_DIRECTORY | O_NOFOLLOW : r->options->extensions & MOUNT_DEST_NOFOLLOW ? O_NOFOLLOW : 0);
	/* without a symlink on the way, missing is missing */
	if (errno != ENOENT)
		fd = path_open(r->root_fd, clean, flags, 0);
	if (fd < 0 && errno == ENOENT) {
		*made = true;
		return make_destination(r, clean, e);
	}
	if (fd < 0) {
		return special && errno == ENOTDIR ? err_set(e, "%s must be mounted on ordinary directory", r->type)
						   : err_sys(e, "cannot open the mount point");
	}
	if (fd >= 0 && !special && !str_starts(clean, "/proc/") && strcmp(clean, "/proc") != 0 && refuse_proc(fd, e) < 0)
		return io_close(fd);
	return fd;
}

/* The data of mount(2): the options' own, a mode for a tmpfs on an existing directory, the label. 0 or the text in buffer. */
static int make_data(const struct mount_request *r, int fd, bool made, char buffer[MOUNT_DATA_BYTES], const char **data, struct err *e)
{
	const char *own = r->options->data;
	struct stat st;
	bool mode = is_type(r, "tmpfs") && !made && !str_starts(own, "mode=") && !strstr(own, ",mode=");
	bool label = r->label && *r->label;
	char mode_text[16] = "";
	*data = *own ? own : 0;
	if (!mode && !label)
		return 0;
	if (mode) {
		if (fstat(fd, &st) < 0)
			return err_sys(e, "cannot read the mount point's mode");
		snprintf(mode_text, sizeof mode_text, "mode=%04o", (unsigned)(st.st_mode & 07777));
	}
	if (mount_data(buffer, r->type, mode_text, own, label ? r->label : "", e) < 0)
		return -1;
	*data = *buffer ? buffer : 0;
	return 0;
}

static int mount_error(const struct mount_request *r, int number, struct err *e)
{
	const char *type = r->type ? r->type : "";
	if (number == ENODEV)
		for (size_t i = 0; i < sizeof filesystems / sizeof *filesystems; i++)
			if (strcmp(filesystems[i].type, type) == 0)
				return err_num(e, number, "no %s here (%s)", probe_name(filesystems[i].facility), probe_option(filesystems[i].facility));
	const char *data = r->options->data;
	return err_num(e, number, *data ? "cannot mount %s with \"%.99s\"" : "cannot mount %s", *type ? type : "a filesystem without a type", data);
}

/* Propagation, recursive attributes, and the label that no option gives, of the mount whose root path leads to; by a new fd, since the old one is the directory below. */
static int finish(const struct mount_request *r, const char *clean, struct err *e)
{
	const struct mount_options *o = r->options;
	char path[PATH_PROC_BYTES];
	bool label = r->label && *r->label && is_type(r, "mqueue");
	if (!label && !o->propagation_count && !o->recursive.attr_set && !o->recursive.attr_clr)
		return 0;
	int fd = path_open(r->root_fd, clean, O_PATH, 0);
	if (fd < 0)
		return err_sys(e, "cannot open the mount");
	int result = label ? lsm_file_label(path_proc(fd, path), r->label, e) : 0;
	if (result == 0)
		result = mount_bind_finish(fd, o, e);
	io_close(fd);
	return result;
}

/* Without a network namespace of its own a user namespace gets no new sysfs: the host's, with the options asked for. */
static int bind_host_sys(const struct mount_request *r, int fd, const char *clean, struct err *e)
{
	struct mount_options options = *r->options;
	struct mount_request bind = *r;
	options.flags |= MS_BIND | MS_REC;
	bind.options = &options;
	bind.source = "/sys";
	bind.source_fd = -1;
	return mount_bind(&bind, fd, clean, e) < 0 ? err_at(e, "no new sysfs is allowed here") : 0;
}

/* Filesystems that were mounted a moment ago, and that nobody else can get at: what a tmpfs holds is what was made here, and what a procfs lists stays what it is. */
static struct own {
	int root_fd, fd;   /* fd: of its root, once it is asked for; -1 */
	bool readonly;
	size_t length;     /* of path; 0: there is none */
	char path[256];
} own_tmpfs, own_proc;

static bool is_below(const char *path, const char *directory, size_t length)
{
	return strncmp(path, directory, length) == 0 && path[length] == '/';
}

static bool is_in(const struct own *o, int root_fd, const char *clean)
{
	return o->length && o->root_fd == root_fd && is_below(clean, o->path, o->length);
}

static void note(struct own *o, const struct mount_request *r, const char *clean)
{
	size_t length = strlen(clean);
	o->length = 0;
	if (!r->alone || length >= sizeof o->path)
		return;
	memcpy(o->path, clean, length + 1);
	o->length = length;
	o->root_fd = r->root_fd;
	o->readonly = (r->options->flags & MS_RDONLY) || (r->options->recursive.attr_set & SYS_MOUNT_ATTR_RDONLY);
	o->fd = -1;
}

static void note_mounted(const struct mount_request *r, const char *clean)
{
	if (is_type(r, "proc"))
		note(&own_proc, r, clean);
	else if (is_type(r, "tmpfs") && !is_in(&own_tmpfs, r->root_fd, clean))
		note(&own_tmpfs, r, clean);
}

/* What comes upon them, or over them, or into a procfs. */
static void forget_covered(const char *clean)
{
	size_t length = strlen(clean);
	if (strcmp(clean, own_tmpfs.path) == 0 || is_below(own_tmpfs.path, clean, length))
		own_tmpfs.length = 0;
	if (strcmp(clean, own_proc.path) == 0 || is_below(own_proc.path, clean, length) || is_in(&own_proc, own_proc.root_fd, clean))
		own_proc.length = 0;
}

static int open_own(struct own *o, int flags)
{
	struct open_how how = { .flags = (uint64_t)(unsigned)(flags | O_DIRECTORY | O_CLOEXEC), .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS };
	if (o->fd < 0)
		o->fd = sys_openat2(o->root_fd, o->path, &how);
	return o->fd;
}

int mount_own_tmpfs(int root_fd, const char *clean)
{
	return own_tmpfs.length && own_tmpfs.root_fd == root_fd && strcmp(clean, own_tmpfs.path) == 0 ? open_own(&own_tmpfs, O_PATH) : -1;
}

int mount_own_proc(int root_fd, bool *readonly)
{
	if (readonly)
		*readonly = own_proc.readonly;
	return own_proc.length && own_proc.root_fd == root_fd && strcmp(own_proc.path, "/proc") == 0 ? open_own(&own_proc, O_RDONLY) : -1;
}

/* Makes a destination directly in it, and writes its path by the directory's descriptor. Whether it did. */
static bool make_in_tmpfs(const struct mount_request *r, const char *clean, char path[PATH_PROC_BYTES + 256])
{
	const char *name = clean + own_tmpfs.length + 1;
	if (!r->alone || !is_in(&own_tmpfs, r->root_fd, clean) || strchr(name, '/') || strlen(name) > 255 || is_bind(r) || is_type(r, "sysfs")
	    || (r->options->extensions & MOUNT_TMPCOPYUP))
		return false;
	if (open_own(&own_tmpfs, O_PATH) < 0 || mkdirat(own_tmpfs.fd, name, 0755) < 0)
		return false;
	stpcpy(stpcpy(path + strlen(path_proc(own_tmpfs.fd, path)), "/"), name);
	return true;
}

static int mount_filesystem(const struct mount_request *r, int fd, const char *path, const char *clean, bool made, struct err *e)
{
	char buffer[MOUNT_DATA_BYTES];
	const char *data, *source = r->source && *r->source ? r->source : r->type;
	unsigned long flags = r->options->flags;
	if (r->delay_readonly)
		flags &= ~(unsigned long)MS_RDONLY;
	if (r->userns_fd >= 0 || (r->options->extensions & (MOUNT_IDMAP | MOUNT_RIDMAP)))
		return err_set(e, "ID mappings are for bind mounts, not for type \"%s\"", r->type ? r->type : "");
	if (make_data(r, fd, made, buffer, &data, e) < 0)
		return -1;
	if ((r->options->extensions & MOUNT_TMPCOPYUP) && is_type(r, "tmpfs"))
		return mount_copyup(r, fd, clean, flags, data, e) < 0 ? -1 : finish(r, clean, e);
	if (mount(source, path, r->type, flags, data) == 0) {
		note_mounted(r, clean);
		return finish(r, clean, e);
	}
	int number = errno;
	if (is_type(r, "sysfs") && (number == EPERM || number == EBUSY))
		return bind_host_sys(r, fd, clean, e);
	return mount_error(r, number, e);
}

/* A bind on /proc itself must bring a procfs. */
static int check_bind_on_proc(const struct mount_request *r, struct err *e)
{
	struct statfs fs;
	if (r->source_fd >= 0 ? fstatfs(r->source_fd, &fs) < 0 : statfs(r->source ? r->source : "", &fs) < 0)
		return err_sys(e, "cannot open source \"%s\"", r->source ? r->source : "");
	return fs.f_type == PROC_SUPER_MAGIC ? 0 : err_set(e, "only a procfs can be bound on /proc");
}

int mount_apply(const struct mount_request *r, struct err *e)
{
	char clean[LIMIT_PATH_BYTES], path[PATH_PROC_BYTES + 256];
	bool made;
	if (check_destination(r, clean, e) < 0)
		return -1;
	forget_covered(clean);
	if (make_in_tmpfs(r, clean, path))
		return mount_filesystem(r, -1, path, clean, true, e);
	if (is_bind(r) && strcmp(clean, "/proc") == 0 && check_bind_on_proc(r, e) < 0)
		return -1;
	if (is_bind(r) && (r->options->extensions & MOUNT_COPY_SYMLINK)) {
		int copied = mount_bind_copy_symlink(r, clean, e);
		if (copied)
			return copied < 0 ? -1 : 0;
	}
	int fd = open_destination(r, clean, &made, e);
	if (fd < 0)
		return -1;
	int result = is_bind(r) ? mount_bind(r, fd, clean, e) : mount_filesystem(r, fd, path_proc(fd, path), clean, made, e);
	io_close_later(fd);
	return result;
}

static unsigned long flags_of(const struct statfs *fs)
{
	static const struct { unsigned long st, ms; } map[] = {
		{ ST_NOSUID, MS_NOSUID }, { ST_NODEV, MS_NODEV }, { ST_NOEXEC, MS_NOEXEC }, { ST_NOATIME, MS_NOATIME },
		{ ST_NODIRATIME, MS_NODIRATIME }, { ST_RELATIME, MS_RELATIME },
	};
	unsigned long flags = 0;
	for (size_t i = 0; i < sizeof map / sizeof *map; i++)
		if ((unsigned long)fs->f_flags & map[i].st)
			flags |= map[i].ms;
	return flags & (MS_NOATIME | MS_RELATIME) ? flags : flags | MS_STRICTATIME;
}

int mount_readonly_fd(int fd, struct err *e)
{
	struct sys_mount_attr attr = { .attr_set = SYS_MOUNT_ATTR_RDONLY };
	char path[PATH_PROC_BYTES];
	struct statfs fs;
	if (sys_mount_setattr(fd, "", AT_EMPTY_PATH, &attr) == 0)
		return 0;
	if (errno != ENOSYS && errno != EPERM)
		return err_sys(e, "cannot make read-only");
	if (fstatfs(fd, &fs) < 0)
		return err_sys(e, "cannot make read-only");
	if (mount(0, path_proc(fd, path), 0, MS_BIND | MS_REMOUNT | MS_RDONLY | flags_of(&fs), 0) < 0)
		return err_sys(e, "cannot make read-only");
	return 0;
}

int mount_readonly(int root_fd, const char *path, struct err *e)
{
	int fd = path_open(root_fd, path, O_PATH, 0);
	if (fd < 0)
		return err_sys(e, "cannot open \"%s\"", path);
	int result = mount_readonly_fd(fd, e);
	io_close(fd);
	return result;
}
