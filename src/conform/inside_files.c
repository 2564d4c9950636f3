/* SPDX-License-Identifier: ISC */
/* What a container's program finds of its files: root, mounts, devices, links, masks (runtime-spec, config.md, "Root", "Mounts"; config-linux.md). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/str.h"
#include "conform/inside.h"
#include "kernel/mountinfo.h"

void in_root(struct inside *in)
{
	int fd = open("/written", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	int number = errno;
	if (in->config->root->readonly)
		expect(in, fd < 0 && number == EROFS, "the root filesystem is not read-only");
	else
		expect(in, fd >= 0, "the root filesystem cannot be written: %s", strerror(number));
	expect(in, access("/conform", X_OK) == 0, "/conform is not there: this is another root");
	io_close(fd);
}

/* --- mounts -------------------------------------------------------------------------------------------------------------------------------- */
struct wanted { const char *destination; char *options, *type, *super; size_t size; bool found; };

static int compare(void *context, const struct mountinfo *m)
{
	struct wanted *w = context;
	if (strcmp(m->mount_point, w->destination) != 0)
		return 0;
	w->found = true;   /* the last one is the topmost */
	snprintf(w->options, w->size, "%s", m->options);
	snprintf(w->type, w->size, "%s", m->type);
	snprintf(w->super, w->size, "%s", m->super_options);
	return 0;
}

int mount_of(const char *destination, char *options, char *type, char *super, size_t size)
{
	struct wanted w = { destination, options, type, super, size, false };
	struct err e;
	mountinfo_self(compare, &w, &e);
	return w.found ? 0 : -1;
}

static bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word);
	for (; *list; list += strcspn(list, ","), list += *list == ',')
		if (strncmp(list, word, length) == 0 && (list[length] == ',' || !list[length]))
			return true;
	return false;
}

static void mount_option(struct inside *in, const struct mount *m, const char *option, const char *options, const char *super)
{
	static const char *const shown[] = { "ro", "nosuid", "nodev", "noexec", "noatime", "nodiratime", "relatime", "nosymfollow" };
	static const char *const of_filesystem[] = { "sync", "dirsync", "lazytime", "mand" };
	static const char *const absent[][2] = { { "rw", "ro" }, { "suid", "nosuid" }, { "dev", "nodev" }, { "exec", "noexec" }, { "strictatime", "relatime" } };
	struct stat st;
	if (str_word(option, shown, sizeof shown / sizeof *shown) >= 0)
		expect(in, has_word(options, option), "%s is mounted without %s: %s", m->destination, option, options);
	if (str_word(option, of_filesystem, sizeof of_filesystem / sizeof *of_filesystem) >= 0)
		expect(in, has_word(super, option), "%s is mounted without %s: %s", m->destination, option, super);
	for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
		if (strcmp(option, absent[i][0]) == 0)
			expect(in, !has_word(options, absent[i][1]), "%s is mounted with %s instead of %s: %s", m->destination, absent[i][1], option, options);
	if (str_starts(option, "no") && str_word(option + 2, of_filesystem, sizeof of_filesystem / sizeof *of_filesystem) >= 0)
		expect(in, !has_word(super, option + 2), "%s is mounted in spite of %s with: %s", m->destination, option, super);
	if (str_starts(option, "size="))
		expect(in, has_word(super, option), "%s is mounted without %s: %s", m->destination, option, super);
	if (str_starts(option, "mode=") && strcmp(m->type ? m->type : "", "tmpfs") == 0 && stat(m->destination, &st) == 0)
		expect(in, (st.st_mode & 07777) == strtoul(option + 5, 0, 8), "%s has the mode %o, not %s", m->destination, (unsigned)(st.st_mode & 07777), option + 5);
}

void in_mounts(struct inside *in)
{
	char options[512], type[512], super[512];
	for (uint32_t i = 0; i < in->config->mounts.count; i++) {
		const struct mount *m = &in->config->mounts.items[i];
		if (m->type && strcmp(m->type, "cgroup") == 0)   /* the host's layout decides what that is: mounts.cgroup */
			continue;
		bool bind = !m->type || strcmp(m->type, "none") == 0 || strcmp(m->type, "bind") == 0;
		if (mount_of(m->destination, options, type, super, sizeof options) < 0) {
			wrong(in, "nothing is mounted on %s", m->destination);
			continue;
		}
		if (!bind)
			expect(in, strcmp(type, m->type) == 0, "%s is of type %s, not %s", m->destination, type, m->type);
		for (uint32_t j = 0; j < m->options.count; j++)
			mount_option(in, m, m->options.items[j], options, super);
	}
}

void in_default_filesystems(struct inside *in)
{
	static const char *const wanted[][2] = { { "/proc", "proc" }, { "/sys", "sysfs" }, { "/dev/pts", "devpts" }, { "/dev/shm", "tmpfs" } };
	char options[512], type[512], super[512];
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		int found = mount_of(wanted[i][0], options, type, super, sizeof options);
		expect(in, found == 0 && strcmp(type, wanted[i][1]) == 0, "%s is %s, not %s", wanted[i][0], found == 0 ? type : "not mounted", wanted[i][1]);
	}
}

/* --- /dev ---------------------------------------------------------------------------------------------------------------------------------- */
static void device(struct inside *in, const char *path, mode_t kind, unsigned major_number, unsigned minor_number)
{
	struct stat st;
	if (stat(path, &st) < 0) {
		wrong(in, "there is no %s: %s", path, strerror(errno));
		return;
	}
	expect(in, (st.st_mode & S_IFMT) == kind, "%s is of another kind: mode %o", path, (unsigned)st.st_mode);
	if (kind != S_IFIFO)
		expect(in, major(st.st_rdev) == major_number && minor(st.st_rdev) == minor_number, "%s is %u:%u, not %u:%u", path, (unsigned)major(st.st_rdev),
		       (unsigned)minor(st.st_rdev), major_number, minor_number);
}

void in_default_devices(struct inside *in)
{
	static const struct { const char *path; unsigned major, minor; } devices[] = {
		{ "/dev/null", 1, 3 }, { "/dev/zero", 1, 5 }, { "/dev/full", 1, 7 }, { "/dev/random", 1, 8 }, { "/dev/urandom", 1, 9 }, { "/dev/tty", 5, 0 },
	};
	for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
		device(in, devices[i].path, S_IFCHR, devices[i].major, devices[i].minor);
		int fd = open(devices[i].path, O_RDWR | O_CLOEXEC);
		expect(in, fd >= 0 || errno == ENXIO, "%s cannot be opened: %s", devices[i].path, strerror(errno));   /* there is no terminal: ENXIO of tty */
		io_close(fd);
	}
	struct stat ptmx, pts;
	expect(in, stat("/dev/ptmx", &ptmx) == 0 && stat("/dev/pts/ptmx", &pts) == 0 && ptmx.st_rdev == pts.st_rdev, "/dev/ptmx is not that of /dev/pts");
}

void in_default_links(struct inside *in)
{
	static const char *const links[][2] = {
		{ "/dev/fd", "/proc/self/fd" }, { "/dev/stdin", "/proc/self/fd/0" }, { "/dev/stdout", "/proc/self/fd/1" }, { "/dev/stderr", "/proc/self/fd/2" },
	};
	char target[256];
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		ssize_t length = readlink(links[i][0], target, sizeof target - 1);
		target[length > 0 ? length : 0] = 0;
		expect(in, strcmp(target, links[i][1]) == 0, "%s leads to \"%s\", not %s", links[i][0], target, links[i][1]);
	}
}

void in_devices(struct inside *in)
{
	const struct linux_config *l = in->config->linux_;
	for (uint32_t i = 0; i < l->devices.count; i++) {
		const struct device_node *d = &l->devices.items[i];
		mode_t kind = *d->type == 'b' ? S_IFBLK : *d->type == 'p' ? S_IFIFO : S_IFCHR;
		struct stat st;
		device(in, d->path, kind, (unsigned)d->major, (unsigned)d->minor);
		if (stat(d->path, &st) < 0)
			continue;
		if (spec_has(&device_node_object, d, "fileMode"))
			expect(in, (st.st_mode & 07777) == (d->fileMode & 07777), "%s has the mode %o, not %o", d->path, (unsigned)(st.st_mode & 07777), (unsigned)(d->fileMode & 07777));
		expect(in, st.st_uid == d->uid && st.st_gid == d->gid, "%s belongs to %u:%u, not %u:%u", d->path, (unsigned)st.st_uid, (unsigned)st.st_gid,
		       (unsigned)d->uid, (unsigned)d->gid);
	}
}

/* --- masks --------------------------------------------------------------------------------------------------------------------------------- */
static void masked_directory(struct inside *in, const char *path)
{
	struct dir d;
	struct dir_entry entry;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	dir_start(&d, fd);
	expect(in, dir_next(&d, &entry) != 1, "the masked %s has an entry: %s", path, entry.name);
	io_close(fd);
}

void in_masked(struct inside *in)
{
	const struct linux_config *l = in->config->linux_;
	for (uint32_t i = 0; i < l->maskedPaths.count; i++) {
		const char *path = l->maskedPaths.items[i];
		char byte;
		struct stat st;
		if (stat(path, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode)) {
			masked_directory(in, path);
			continue;
		}
		int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		expect(in, fd < 0 || read(fd, &byte, 1) <= 0, "the masked %s can be read", path);
		io_close(fd);
	}
}

void in_readonly_paths(struct inside *in)
{
	const struct linux_config *l = in->config->linux_;
	struct statvfs vfs;
	for (uint32_t i = 0; i < l->readonlyPaths.count; i++)
		if (statvfs(l->readonlyPaths.items[i], &vfs) == 0)
			expect(in, vfs.f_flag & ST_RDONLY, "%s can be written", l->readonlyPaths.items[i]);
}
