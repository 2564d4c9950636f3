/* SPDX-License-Identifier: ISC */
/* Checks of root and mounts (runtime-spec, config.md, "Root", "Mounts"; config-linux.md, "Default Filesystems", "Rootfs Mount Propagation"). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "base/sys.h"
#include "conform/conform.h"
#include "conform/inside.h"
#include "kernel/idmap.h"
#include "kernel/ids.h"
#include "kernel/mountinfo.h"

#define ROOT "config.md, Root"
#define MOUNTS "config.md, Mounts"
#define LINUX_MOUNTS "config.md, Linux mount options"
#define PROPAGATION "config-linux.md, Rootfs Mount Propagation"

/* --- before the container -------------------------------------------------------------------------------------------------------------- */
static void put_file(struct test *t, const char *name, uid_t owner)
{
	char path[500];
	snprintf(path, sizeof path, "%s/%s", t->dir, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	must(t, fd >= 0 && io_write(fd, "here\n", 5) == 0 && fchown(fd, owner, owner) == 0, "cannot make %s: %s", path, strerror(errno));
	io_close(fd);
}

static void put_dir(struct test *t, const char *name)
{
	char path[500];
	snprintf(path, sizeof path, "%s/%s", t->dir, name);
	must(t, mkdir(path, 0755) == 0, "cannot make %s: %s", path, strerror(errno));
}

/* DIR/tree with a mount below it, and a file in each. */
static void with_tree(struct test *t)
{
	char path[400];
	put_dir(t, "tree");
	put_dir(t, "tree/below");
	snprintf(path, sizeof path, "%s/tree/below", t->dir);
	must(t, mount("below", path, "tmpfs", 0, "") == 0, "cannot mount a tmpfs: %s", strerror(errno));
	put_file(t, "tree/file", 0);
	put_file(t, "tree/below/file", 0);
	life_whole(t);
	umount2(path, MNT_DETACH);
}

static void with_files(struct test *t)
{
	put_file(t, "file", 0);
	put_file(t, "log/file", 0);
	put_file(t, "rootfs/etc/file", 0);
	life_whole(t);
}

static void with_owned_files(struct test *t)
{
	put_dir(t, "owned");
	put_file(t, "owned/root", 0);
	put_file(t, "owned/five", 5);
	life_whole(t);
}

static void separate(struct test *t, const char *name)
{
	char path[400];
	snprintf(path, sizeof path, "%s/%s", t->dir, name);
	must(t, mount(path, path, 0, MS_BIND, 0) == 0 && mount(0, path, 0, MS_SHARED, 0) == 0, "cannot make %s a mount: %s", path, strerror(errno));
}

/* Root and source are shared mounts of their own, as an engine makes them: what lies above may have to become private for pivot_root(2). */
static void with_separate_mounts(struct test *t)
{
	put_dir(t, "tree");
	separate(t, "tree");
	separate(t, "rootfs");
	life_whole(t);
}

static const char *no_idmapped_tmpfs(struct test *t)
{
	const struct idmap map = { 0, 1000, 10 };
	struct err e;
	int space = idmap_userns(&map, 1, &map, 1, &e), tree = sys_open_tree(AT_FDCWD, t->dir, SYS_OPEN_TREE_CLONE | O_CLOEXEC);
	struct sys_mount_attr attr = { .attr_set = SYS_MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)space };
	int result = space < 0 || tree < 0 ? -1 : sys_mount_setattr(tree, "", AT_EMPTY_PATH, &attr);
	io_close(space);
	io_close(tree);
	return result < 0 ? "no idmapped mounts of tmpfs here (Linux 6.3)" : 0;
}

/* Mandatory locking: refused where the kernel is built without it, and no more than a word since Linux 5.15. */
static const char *no_mand(struct test *t)
{
	char path[400];
	put_dir(t, "mand");
	snprintf(path, sizeof path, "%s/mand", t->dir);
	if (mount("mand", path, "tmpfs", MS_MANDLOCK, 0) < 0)
		return "no mandatory locking here (CONFIG_MANDATORY_FILE_LOCKING)";
	umount2(path, MNT_DETACH);
	return 0;
}

static void with_mand(struct test *t)
{
	char *words[] = { (char *)(uintptr_t)"create", (char *)(uintptr_t)"--bundle", t->dir, t->id, 0 };
	config_make(t, t->check->config, 0);
	config_write(t);
	if (call_in(t, words, "report", 0) > 0)
		skip(t, "the runtime does not take mand, which it MAY: %s", complaint(t));
	must(t, t->answered, "`create` does not end");
	life_adopt(t);
	life_start(t);
	life_wait(t);
	life_report(t);
	life_delete(t);
}

/* --- inside ------------------------------------------------------------------------------------------------------------------------------- */
static void has_text(struct inside *in, const char *path)
{
	char text[16] = "";
	struct err e;
	if (io_read_file(AT_FDCWD, path, text, sizeof text, &e) < 0)
		wrong(in, "%s", e.text);
	else
		expect(in, strcmp(text, "here\n") == 0, "%s has other contents", path);
}

static bool writable(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	io_close(fd);
	return fd >= 0;
}

static void in_bind(struct inside *in)
{
	in_mounts(in);
	has_text(in, "/a/new/place/file");
	expect(in, writable("/a/new/place/written"), "a bind mount with rw cannot be written");
	has_text(in, "/a/file");
	expect(in, !writable("/a/file"), "a bind mount with ro can be written");
}

static void in_relative(struct inside *in)
{
	in_mounts(in);
	has_text(in, "/mnt/file");
}

static void in_order(struct inside *in)
{
	in_mounts(in);
	has_text(in, "/mnt/inner/file");
	expect(in, access("/mnt/file", F_OK) < 0, "/mnt is not the tmpfs that was mounted before /mnt/inner");
}

static void in_rbind(struct inside *in)
{
	has_text(in, "/mnt/file");
	has_text(in, "/mnt/below/file");
}

static void in_plain_bind(struct inside *in)
{
	has_text(in, "/mnt/file");
	expect(in, access("/mnt/below/file", F_OK) < 0, "a mount below the source of a plain bind came along");
}

static void in_recursive(struct inside *in)
{
	char options[512], type[512], super[512];
	in_rbind(in);
	expect(in, !writable("/mnt/new"), "/mnt can be written in spite of rro");
	expect(in, !writable("/mnt/below/new"), "the mount below /mnt can be written in spite of rro");
	if (mount_of("/mnt/below", options, type, super, sizeof options) == 0)
		expect(in, strstr(options, "nosuid") && strstr(options, "noexec"), "the mount below /mnt lacks nosuid or noexec: %s", options);
	else
		wrong(in, "there is no mount below /mnt");
}

/* ro concerns the mount alone, and not those below it */
static void in_not_recursive(struct inside *in)
{
	in_rbind(in);
	expect(in, !writable("/mnt/new"), "/mnt can be written in spite of ro");
	expect(in, writable("/mnt/below/new"), "the mount below /mnt cannot be written, though ro is not recursive");
}

static void in_copyup(struct inside *in)
{
	char options[512], type[512], super[512];
	has_text(in, "/etc/file");
	expect(in, mount_of("/etc", options, type, super, sizeof options) == 0 && strcmp(type, "tmpfs") == 0, "there is no tmpfs on /etc");
}

static void owner(struct inside *in, const char *path, uid_t wanted)
{
	struct stat st;
	if (stat(path, &st) < 0)
		wrong(in, "there is no %s: %s", path, strerror(errno));
	else
		expect(in, st.st_uid == wanted && st.st_gid == wanted, "%s belongs to %u:%u, not %u:%u", path, (unsigned)st.st_uid, (unsigned)st.st_gid, (unsigned)wanted, (unsigned)wanted);
}

static void in_idmapped(struct inside *in)
{
	owner(in, "/mnt/root", 1000);
	owner(in, "/mnt/five", 1005);
}

/* In a user namespace of the container's own whose 0 is 100000: the mount maps as the namespace does, so that files keep their numbers. */
static void in_idmapped_space(struct inside *in)
{
	owner(in, "/mnt/root", 0);
	owner(in, "/mnt/five", 5);
}

/* On v1 a directory of hierarchies, on v2 the tree. Read-only is asked for, and concerns what there is to write: the hierarchies. */
static void in_cgroup_mount(struct inside *in)
{
	static const char *const words[] = { "", "/pids", "/memory", "/unified", "/cpu", "/freezer" };
	char options[512], type[512], super[512], path[64];
	struct statvfs vfs;
	if (mount_of("/sys/fs/cgroup", options, type, super, sizeof options) < 0) {
		wrong(in, "nothing is mounted on /sys/fs/cgroup");
		return;
	}
	bool any = false, known = strcmp(type, "cgroup2") == 0 || strcmp(type, "tmpfs") == 0 || strcmp(type, "cgroup") == 0;
	expect(in, known, "/sys/fs/cgroup is of type %s", type);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		snprintf(path, sizeof path, "/sys/fs/cgroup%s/cgroup.procs", words[i]);
		if (access(path, R_OK) < 0 || statvfs(path, &vfs) < 0)
			continue;
		any = true;
		expect(in, vfs.f_flag & ST_RDONLY, "%s is not on a read-only mount", path);
	}
	expect(in, any, "no control group can be seen below /sys/fs/cgroup");
}

/* The optional fields of a mount, "shared:N", "master:N", "unbindable", of the last one at that place. */
struct fields { const char *destination; char text[128]; };
static int compare(void *context, char *line)
{
	struct fields *f = context;
	char *at = line;
	for (int i = 0; i < 4 && at; i++)
		at = (at = strchr(at, ' ')) ? at + 1 : 0;
	size_t length = strlen(f->destination);
	if (!at || strncmp(at, f->destination, length) != 0 || at[length] != ' ' || !(at = strchr(at + length + 1, ' ')))
		return 0;
	char *end = strstr(at, " - ");
	snprintf(f->text, sizeof f->text, "%.*s", end ? (int)(end - at) : 0, at);
	return 0;
}

static void propagation(struct inside *in, const char *destination, const char *word)
{
	struct fields f = { destination, "(none)" };
	struct err e;
	int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		lines_each(fd, compare, &f, &e);
	io_close(fd);
	word += *word == 'r';
	bool shared = strstr(f.text, "shared:"), master = strstr(f.text, "master:"), unbindable = strstr(f.text, "unbindable");
	if (strcmp(word, "shared") == 0)
		expect(in, shared, "%s is not shared:%s", destination, f.text);
	else if (strcmp(word, "slave") == 0)
		expect(in, master, "%s is no slave:%s", destination, f.text);
	else if (strcmp(word, "unbindable") == 0)
		expect(in, unbindable, "%s is not unbindable:%s", destination, f.text);
	else
		expect(in, !shared && !master && !unbindable, "%s is not private:%s", destination, f.text);
}

static void in_propagations(struct inside *in)
{
	propagation(in, "/shared", "rshared");
	propagation(in, "/slave", "rslave");
	propagation(in, "/private", "rprivate");
	propagation(in, "/unbindable", "unbindable");
}

static void in_root_propagation(struct inside *in)
{
	propagation(in, "/", in->config->linux_->rootfsPropagation);
}

#define BIND(destination, source, options) "{'destination':'" destination "','type':'none','source':'" source "','options':[" options "]}"
#define TMPFS(destination, options) "{'destination':'" destination "','type':'tmpfs','source':'tmpfs','options':[" options "]}"
#define MAPPED(id) "'uidMappings':[{'containerID':0,'hostID':" id ",'size':1000}],'gidMappings':[{'containerID':0,'hostID':" id ",'size':1000}]"
static const struct check checks[] = {
	{ .name = "root.readonly", .section = ROOT, .inside = in_root, .config = "{'root':{'readonly':true}}" },
	{ .name = "root.writable", .section = ROOT, .inside = in_root, .config = "{'root':{'readonly':false}}" },
	{ .name = "default.filesystems", .section = "config-linux.md, Default Filesystems", .inside = in_default_filesystems },
	{ .name = "mounts.default", .section = MOUNTS, .inside = in_mounts },
	{ .name = "mounts.cgroup", .section = MOUNTS, .inside = in_cgroup_mount },
	{ .name = "mounts.bind", .section = MOUNTS, .inside = in_bind, .outside = with_files,
	  .config = "{'mounts':[" BIND("/a/new/place", "@DIR@/log", "'rbind','rw'") "," BIND("/a/file", "@DIR@/file", "'bind','ro'") "]}" },
	{ .name = "mounts.relative-source", .section = MOUNTS, .inside = in_relative, .outside = with_files, .config = "{'mounts':[" BIND("/mnt", "log", "'bind','rw'") "]}" },
	{ .name = "mounts.order", .section = MOUNTS, .inside = in_order, .outside = with_files,
	  .config = "{'mounts':[" TMPFS("/mnt", "'mode=0755'") "," BIND("/mnt/inner", "@DIR@/log", "'bind','rw'") "]}" },
	{ .name = "mounts.idmap", .since = SPEC_1_1, .section = MOUNTS, .needs = { FACILITY_MOUNT_SETATTR, FACILITY_NS_USER }, .unable = no_idmapped_tmpfs, .inside = in_idmapped, .outside = with_owned_files,
	  .config = "{'mounts':[{'destination':'/mnt','type':'none','source':'@DIR@/owned','options':['bind','ro','idmap']," MAPPED("1000") "}]}" },
	{ .name = "mounts.idmap.user-namespace", .since = SPEC_1_2, .section = MOUNTS, .needs = { FACILITY_MOUNT_SETATTR, FACILITY_NS_USER }, .unable = no_idmapped_tmpfs, .inside = in_idmapped_space,
	  .outside = with_owned_files,
	  .config = "{'mounts':[{'destination':'/mnt','type':'none','source':'@DIR@/owned','options':['bind','ro','idmap']," MAPPED("100000") "}],"
	            "'linux':{'namespaces':[{'type':'user'}]," MAPPED("100000") "}}" },
	{ .name = "mounts.tmpfs", .section = LINUX_MOUNTS, .inside = in_mounts,
	  .config = "{'mounts':[" TMPFS("/t1", "'ro','nosuid','nodev','noexec'") "," TMPFS("/t2", "'rw','suid','dev','exec','mode=1770','size=128k'") ","
	            TMPFS("/t3", "'noatime','nodiratime'") "," TMPFS("/t4", "'strictatime'") "]}" },
	{ .name = "mounts.sync", .section = LINUX_MOUNTS, .inside = in_mounts, .config = "{'mounts':[" TMPFS("/t1", "'sync','dirsync'") "," TMPFS("/t2", "'relatime','nodev'") "]}" },
	{ .name = "mounts.lazytime", .section = LINUX_MOUNTS, .inside = in_mounts, .config = "{'mounts':[" TMPFS("/t1", "'lazytime'") "," TMPFS("/t2", "'nolazytime'") "]}" },
	{ .name = "mounts.mand", .section = LINUX_MOUNTS, .unable = no_mand, .inside = in_mounts, .outside = with_mand, .config = "{'mounts':[" TMPFS("/t1", "'mand'") "," TMPFS("/t2", "'nomand'") "]}" },
	/* what cannot be seen of a tmpfs must be known at least: a tmpfs refuses words of other filesystems */
	{ .name = "mounts.iversion", .section = LINUX_MOUNTS, .inside = in_mounts,
	  .config = "{'mounts':[" TMPFS("/t1", "'iversion','loud','diratime'") "," TMPFS("/t2", "'noiversion','silent','norelatime'") "]}" },
	{ .name = "mounts.bind-options", .section = LINUX_MOUNTS, .inside = in_mounts,
	  .config = "{'mounts':[" BIND("/b1", "@DIR@/log", "'bind','ro','nosuid','nodev','noexec'") "," BIND("/b2", "@DIR@/log", "'bind','noatime'") ","
	            BIND("/b3", "@DIR@/log", "'rbind','rw','noexec'") "]}" },
	{ .name = "mounts.nosymfollow", .since = SPEC_1_1, .section = LINUX_MOUNTS, .needs = { FACILITY_MOUNT_SETATTR }, .inside = in_mounts, .config = "{'mounts':[" TMPFS("/t", "'nosymfollow'") "]}" },
	{ .name = "mounts.rbind", .section = LINUX_MOUNTS, .inside = in_rbind, .outside = with_tree, .config = "{'mounts':[" BIND("/mnt", "@DIR@/tree", "'rbind'") "]}" },
	{ .name = "mounts.plain-bind", .section = LINUX_MOUNTS, .inside = in_plain_bind, .outside = with_tree, .config = "{'mounts':[" BIND("/mnt", "@DIR@/tree", "'bind'") "]}" },
	{ .name = "mounts.recursive", .since = SPEC_1_1, .section = LINUX_MOUNTS, .needs = { FACILITY_MOUNT_SETATTR }, .inside = in_recursive, .outside = with_tree,
	  .config = "{'mounts':[" BIND("/mnt", "@DIR@/tree", "'rbind','rro','rnosuid','rnoexec'") "]}" },
	{ .name = "mounts.not-recursive", .section = LINUX_MOUNTS, .inside = in_not_recursive, .outside = with_tree, .config = "{'mounts':[" BIND("/mnt", "@DIR@/tree", "'rbind','ro'") "]}" },
	{ .name = "mounts.propagation", .section = LINUX_MOUNTS, .inside = in_propagations, .outside = with_separate_mounts,
	  .config = "{'mounts':[" BIND("/shared", "@DIR@/tree", "'rbind','rshared'") "," BIND("/slave", "@DIR@/tree", "'rbind','rslave'") ","
	            BIND("/private", "@DIR@/tree", "'rbind','rprivate'") "," BIND("/unbindable", "@DIR@/tree", "'bind','unbindable'") "]}" },
	{ .name = "mounts.tmpcopyup", .since = SPEC_1_1, .section = LINUX_MOUNTS, .inside = in_copyup, .outside = with_files, .config = "{'mounts':[" TMPFS("/etc", "'tmpcopyup'") "]}" },
	{ .name = "linux.rootfsPropagation.shared", .section = PROPAGATION, .inside = in_root_propagation, .outside = with_separate_mounts, .config = "{'linux':{'rootfsPropagation':'shared'}}" },
	{ .name = "linux.rootfsPropagation.slave", .section = PROPAGATION, .inside = in_root_propagation, .outside = with_separate_mounts, .config = "{'linux':{'rootfsPropagation':'slave'}}" },
	{ .name = "linux.rootfsPropagation.private", .section = PROPAGATION, .inside = in_root_propagation, .outside = with_separate_mounts, .config = "{'linux':{'rootfsPropagation':'private'}}" },
	{ .name = "linux.rootfsPropagation.unbindable", .section = PROPAGATION, .inside = in_root_propagation, .outside = with_separate_mounts, .config = "{'linux':{'rootfsPropagation':'unbindable'}}" },
};
const struct chapter chapter_mounts = { checks, sizeof checks / sizeof *checks };
