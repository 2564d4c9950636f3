/* SPDX-License-Identifier: ISC */
/* kernel: mounts, devices, masks and the change of root, for real in private namespaces; and once more with the calls of Linux 5.2 and later missing. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include "base/path.h"
#include "kernel/dev.h"
#include "kernel/idmap.h"
#include "kernel/mask.h"
#include "kernel/mount.h"
#include "kernel/root.h"
#include "sandbox.h"

static struct mount_options o;
static int root_fd;

static int make_root(void)
{
	root_fd = root_prepare("/tmp/rootfs", 0, &e);
	return root_fd < 0 || fchdir(root_fd) < 0;   /* out of the directory below */
}

/* options: separated by ";" */
static bool alone;   /* nobody else reaches what is mounted */

static int mount_at(const char *destination, const char *type, const char *source, const char *options)
{
	static char text[1024];
	mount_options_clear(&o);
	snprintf(text, sizeof text, "%s", options);
	for (char *word = strtok(text, ";"); word; word = strtok(0, ";"))
		mount_option_add(&o, word, &e);
	struct mount_request r = {
		.root_fd = root_fd, .destination = destination, .source = source, .source_fd = -1, .type = type, .options = &o, .userns_fd = -1, .alone = alone,
	};
	e.text[0] = 0;
	return mount_apply(&r, &e);
}

static unsigned long flags_of(const char *path)
{
	struct statvfs fs;
	return statvfs(path, &fs) < 0 ? ~0ul : fs.f_flag & (ST_RDONLY | ST_NOSUID | ST_NODEV | ST_NOEXEC);
}

static int filesystems(void)
{
	struct statfs fs;
	struct stat st;
	must(make_root() == 0, "root");
	must(mount_at("/tmpfs", "tmpfs", "tmpfs", "nosuid;mode=700;size=64k") == 0, "tmpfs");
	must(stat("tmpfs", &st) == 0 && (st.st_mode & 07777) == 0700, "its mode");
	must(flags_of("tmpfs") == ST_NOSUID, "its flags");
	must(mkdir("sticky", 01751) == 0 && mount_at("sticky", "tmpfs", 0, "") == 0, "tmpfs without a source, relative");
	must(stat("sticky", &st) == 0 && (st.st_mode & 07777) == 01751, "takes the mode of what it covers: %o", (unsigned)st.st_mode);
	must(mount_at("/proc", "proc", "proc", "nosuid;noexec;nodev") == 0, "proc");
	must(statfs("proc", &fs) == 0 && fs.f_type == 0x9fa0, "is one");
	must(mount_at("/dev", "tmpfs", "tmpfs", "nosuid;strictatime;mode=755;size=65536k") == 0, "/dev");
	must(mount_at("/dev/pts", "devpts", "devpts", "nosuid;noexec;newinstance;ptmxmode=0666;mode=0620") == 0, "devpts");
	must(access("dev/pts/ptmx", F_OK) == 0, "has its ptmx");
	must(mount_at("/sys", "sysfs", "sysfs", "nosuid;noexec;nodev;ro") == 0, "sysfs");
	must(flags_of("sys") & ST_RDONLY, "read-only");
	must(mount_at("/x", "nosuchfs", "x", "") < 0 && e.number == ENODEV, "an unknown filesystem");
	must(strcmp(e.text, "cannot mount nosuchfs: No such device") == 0, "is named");
	must(mount_at("/x", "tmpfs", "x", "nosuchoption=5") < 0, "an unknown option of the filesystem's");
	return 0;
}

static int binds(void)
{
	must(mkdir("/tmp/source", 0755) == 0 && mkdir("/tmp/source/sub", 0755) == 0 && mount("tmpfs", "/tmp/source/sub", "tmpfs", MS_NOSUID, 0) == 0, "source");
	must(close(open("/tmp/file", O_CREAT | O_WRONLY, 0644)) == 0, "file");
	must(mount("/tmp/source", "/tmp/source", 0, MS_BIND | MS_REC, 0) == 0 && mount(0, "/tmp/source", 0, MS_BIND | MS_REMOUNT | MS_NODEV, 0) == 0, "nodev at the source");
	must(make_root() == 0, "root");
	must(mount_at("/a/b", "bind", "/tmp/source", "bind") == 0, "a bind makes its directory");
	must(flags_of("a/b") == ST_NODEV, "and keeps the source's flags");
	must(mount_at("/f/g", "bind", "/tmp/file", "bind;ro") == 0, "a bind of a file makes a file");
	must(flags_of("f/g") == ST_RDONLY, "read-only");
	must(mount_at("/ro", "none", "/tmp/source", "rbind;ro;nosuid") == 0, "flags");
	must(flags_of("ro") == (ST_RDONLY | ST_NOSUID), "just those that were asked for: %lx", flags_of("ro"));
	must(flags_of("ro/sub") == ST_NOSUID, "not below");
	must(mount_at("/rw", "none", "/tmp/source", "rbind;rw") == 0 && flags_of("rw") == 0, "a cleared flag counts as one");
	must(mount_at("/slave", "bind", "/tmp/source", "rbind;rprivate;noexec") == 0 && flags_of("slave") == ST_NOEXEC, "with propagation");
	must(mount_at("/missing", "bind", "/tmp/nothing", "bind") < 0, "a missing source");
	must(strcmp(e.text, "cannot open source \"/tmp/nothing\": No such file or directory") == 0, "is named");
	must(mount_at("/f/g", "bind", "/tmp/source", "bind") < 0 && strstr(e.text, "a directory on a file"), "a directory on a file");
	must(mount_at("/ro", "bind", "", "bind;remount;noexec") == 0 && flags_of("ro") & ST_NOEXEC, "a remount");
	must(symlink("nowhere", "/tmp/link") == 0 && mount_at("/copied", "bind", "/tmp/link", "bind;copy-symlink") == 0, "copy-symlink");
	char text[16] = "";
	must(readlink("copied", text, sizeof text - 1) == 7 && strcmp(text, "nowhere") == 0, "makes the symlink");
	must(symlink("/tmp/source", "/tmp/link2") == 0 && mount_at("/followed", "bind", "/tmp/link2", "bind;copy-symlink") == 0, "also one that leads somewhere");
	must(mount_at("/nf", "bind", "/tmp/link2", "bind;src-nofollow") < 0, "src-nofollow does not follow");
	return 0;
}

static int recursive(void)
{
	must(mkdir("/tmp/source", 0755) == 0 && mkdir("/tmp/source/sub", 0755) == 0, "source");
	must(mount("/tmp/source", "/tmp/source", 0, MS_BIND, 0) == 0 && mount("tmpfs", "/tmp/source/sub", "tmpfs", 0, 0) == 0, "a mount below");
	must(make_root() == 0, "root");
	if (mount_at("/rro", "bind", "/tmp/source", "rbind;rro;rnosuid") < 0 && strstr(e.text, "mount_setattr"))
		return SANDBOX_SKIP;
	must(flags_of("rro") == (ST_RDONLY | ST_NOSUID) && flags_of("rro/sub") == (ST_RDONLY | ST_NOSUID), "rro reaches what is below");
	must(mount_at("/tmpfs", "tmpfs", "tmpfs", "rnoexec") == 0 && flags_of("tmpfs") == ST_NOEXEC, "also of other filesystems");
	return 0;
}

static bool is_shared(const char *mount_point)
{
	char line[1024];
	bool shared = false;
	FILE *f = fopen("/proc/self/mountinfo", "r");
	while (f && fgets(line, sizeof line, f))
		if (strstr(line, mount_point))
			shared = strstr(line, " shared:") != 0;
	fclose(f);
	return shared;
}

static int propagation(void)
{
	must(make_root() == 0, "root");
	must(mount_at("/s", "tmpfs", "tmpfs", "shared") == 0 && is_shared("/tmp/rootfs/s "), "a shared filesystem");
	must(mount_at("/t", "bind", "/tmp/rootfs/s", "bind;private") == 0 && !is_shared("/tmp/rootfs/t "), "a private bind of it");
	must(mount_at("/u", "bind", "/tmp/rootfs/s", "bind;shared;nosuid") == 0 && is_shared("/tmp/rootfs/u "), "a shared bind of it, with a flag");
	return 0;
}

/* What a hostile rootfs may try with the destinations. */
static int traps(void)
{
	must(mkdir("/tmp/outside", 0755) == 0, "outside");
	must(make_root() == 0, "root");
	must(symlink("/tmp/outside", "abs") == 0 && symlink("../../../../tmp/outside", "rel") == 0, "links");
	must(mount_at("/abs/x", "tmpfs", "tmpfs", "") == 0 && access("/tmp/outside/x", F_OK) < 0, "an absolute link stays inside");
	must(access("/tmp/rootfs/tmp/outside/x", F_OK) == 0, "and its target is made there");
	must(mount_at("/rel/y", "tmpfs", "tmpfs", "") == 0 && access("/tmp/outside/y", F_OK) < 0, "so does a relative one");
	must(mount_at("/a/../../../tmp/outside/z", "tmpfs", "tmpfs", "") == 0 && access("/tmp/outside/z", F_OK) < 0, "and dots");
	must(symlink("elsewhere", "proc") == 0 && mkdir("elsewhere", 0755) == 0, "proc as a link");
	must(mount_at("/proc", "proc", "proc", "") < 0 && strstr(e.text, "ordinary directory"), "proc goes on a directory only");
	must(unlink("proc") == 0 && mkdir("proc", 0755) == 0 && mount_at("/proc", "proc", "proc", "") == 0, "proc");
	must(mount_at("/proc/sys", "bind", "/tmp/outside", "bind") < 0 && strstr(e.text, "inside /proc"), "nothing inside /proc");
	must(symlink("/proc/sys", "data") == 0 && mount_at("/data", "bind", "/tmp/outside", "bind") < 0 && strstr(e.text, "procfs"), "nor through a link");
	must(mount_at("/proc/uptime", "bind", "/tmp/outside", "bind") < 0, "a directory on a file of proc");
	must(close(open("/tmp/uptime", O_CREAT | O_WRONLY, 0644)) == 0 && mount_at("/proc/uptime", "bind", "/tmp/uptime", "bind") == 0, "but uptime may be replaced");
	must(mount_at("/proc", "bind", "/tmp/outside", "bind") < 0 && strstr(e.text, "procfs"), "nor anything but a procfs on it");
	must(mount_at("/", "tmpfs", "tmpfs", "") < 0 && mount_at("/a/..", "tmpfs", "tmpfs", "") < 0, "nor anything on the root");
	must(symlink("loop", "loop") == 0 && mount_at("/loop/x", "tmpfs", "tmpfs", "") < 0 && e.number == ELOOP, "a loop of links ends");
	return 0;
}

static int copyup(void)
{
	struct stat st, was;
	must(mkdir("etc", 0750) == 0 && mkdir("etc/deep", 02711) == 0 && mkdir("etc/deep/er", 0700) == 0, "tree");
	int fd = open("etc/deep/er/file", O_CREAT | O_WRONLY, 0640);
	must(write(fd, "content", 7) == 7 && fchown(fd, 12, 34) == 0 && close(fd) == 0, "file");
	must(symlink("deep/er/file", "etc/link") == 0 && mkfifo("etc/fifo", 0600) == 0, "others");
	struct timespec times[2] = { { 100, 0 }, { 200, 0 } };
	must(utimensat(AT_FDCWD, "etc/deep", times, 0) == 0 && stat("etc/deep", &was) == 0, "times");
	must(make_root() == 0, "root");
	must(mount_at("/etc", "tmpfs", "tmpfs", "tmpcopyup;mode=755") == 0, "tmpcopyup");
	must(stat("etc", &st) == 0 && (st.st_mode & 07777) == 0755, "the top's mode is the mount's");
	must(stat("etc/deep", &st) == 0 && st.st_mode == was.st_mode && st.st_mtim.tv_sec == 200 && st.st_dev != was.st_dev, "a directory with mode and time");
	must(stat("etc/link", &st) == 0 && st.st_uid == 12 && st.st_gid == 34 && st.st_size == 7 && (st.st_mode & 07777) == 0640, "a file through a link");
	must(lstat("etc/fifo", &st) == 0 && S_ISFIFO(st.st_mode), "a FIFO");
	must(mount_at("/etc", "tmpfs", "tmpfs", "tmpcopyup;ro") == 0 && access("etc/deep/er/file", R_OK) == 0 && flags_of("etc") & ST_RDONLY, "read-only");
	return 0;
}

static int idmapped(void)
{
	struct stat st;
	const struct idmap map = { .inside = 0, .outside = 1000, .count = 10 };
	must(mkdir("/tmp/source", 0755) == 0 && chown("/tmp/source", 3, 4) == 0 && make_root() == 0, "source");
	int userns = idmap_userns(&map, 1, &map, 1, &e);
	if (userns < 0)
		return SANDBOX_SKIP;
	mount_options_clear(&o);
	mount_option_add(&o, "bind", &e);
	mount_option_add(&o, "idmap", &e);
	struct mount_request r = { .root_fd = root_fd, .destination = "/m", .source = "/tmp/source", .source_fd = -1, .options = &o, .userns_fd = userns };
	if (mount_apply(&r, &e) < 0)
		return strstr(e.text, "the filesystem can't") || strstr(e.text, "mount_setattr") ? SANDBOX_SKIP : 1;
	must(stat("m", &st) == 0 && st.st_uid == 1003 && st.st_gid == 1004, "owners are mapped");
	r.userns_fd = -1;
	must(mount_apply(&r, &e) < 0 && strstr(e.text, "no mapping"), "idmap without a mapping");
	return 0;
}

static int devices(void)
{
	struct stat st;
	const struct dev_node mine = { "/dev/sub/mine", 'c', 1, 5, 0640, 7, 8 }, fifo = { "/dev/fifo", 'p', 0, 0, 0622, 0, 0 };
	const struct dev_node other = { "/dev/sub/mine", 'c', 1, 7, 0640, 7, 8 };
	must(make_root() == 0 && mount_at("/dev", "tmpfs", "tmpfs", "mode=755") == 0, "dev");
	must(dev_make(root_fd, &mine, false, -1, &e) == 0 && dev_make(root_fd, &fifo, false, -1, &e) == 0, "devices");
	must(stat("dev/sub/mine", &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 5), "the right one");
	must((st.st_mode & 07777) == 0640 && st.st_uid == 7 && st.st_gid == 8, "mode and owner");
	must(dev_make(root_fd, &mine, false, -1, &e) == 0, "the same again");
	must(dev_make(root_fd, &other, false, -1, &e) < 0, "another in its place");
	must(dev_populate(root_fd, false, &e) == 0, "the default ones");
	for (int i = 0; i < DEV_DEFAULTS; i++) {
		must(stat(dev_defaults[i].path + 1, &st) == 0 && st.st_rdev == makedev(dev_defaults[i].major, dev_defaults[i].minor), "%s", dev_defaults[i].path);
		must((st.st_mode & 07777) == 0666, "%s for all", dev_defaults[i].path);
	}
	char text[32] = "";
	must(readlink("dev/ptmx", text, sizeof text - 1) == 8 && strcmp(text, "pts/ptmx") == 0, "ptmx");
	must(dev_populate(root_fd, false, &e) == 0, "twice");
	return 0;
}

static int bound_devices(void)
{
	struct stat st;
	must(make_root() == 0 && mount_at("/dev", "tmpfs", "tmpfs", "mode=755") == 0, "dev");
	must(symlink("/etc/passwd", "dev/full") == 0, "a trap");
	must(dev_populate(root_fd, true, &e) < 0 && e.number == ELOOP, "a symlink in a device's place");
	must(unlink("dev/full") == 0 && dev_populate(root_fd, true, &e) == 0, "the host's nodes");
	must(stat("dev/zero", &st) == 0 && st.st_rdev == makedev(1, 5), "zero");
	return 0;
}

static int masks(void)
{
	const char *const masked[] = { "/proc/kcore", "/proc/nothing", "/secret", "/dir", "/dir2", "/proc/uptime/below", "/link" }, *const readonly[] = { "/proc/sys", "/dir3", "/no" };
	struct stat st;
	must(make_root() == 0 && mount_at("/proc", "proc", "proc", "nosuid;noexec;nodev") == 0, "proc");
	must(mkdir("dir", 0755) == 0 && mkdir("dir2", 0755) == 0 && mkdir("dir/in", 0755) == 0 && mkdir("dir3", 0755) == 0 && mkdir("dir4", 0755) == 0, "directories");
	must(symlink("/dir4", "link") == 0, "link");
	must(close(open("secret", O_CREAT | O_WRONLY, 0644)) == 0, "file");
	must(mask_paths(root_fd, &(struct mask_list){ .paths = masked, .count = 7 }, &e) == 0, "masked");
	must(stat("secret", &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3), "a file is the null device");
	must(access("dir/in", F_OK) < 0, "a directory is empty");
	must(flags_of("dir") & ST_RDONLY && flags_of("dir2") & ST_RDONLY && flags_of("dir4") & ST_RDONLY, "and read-only");
	must(mkdir("dir2/x", 0755) < 0 && errno == EROFS, "really");
	struct stat a, b;
	must(stat("dir", &a) == 0 && stat("dir2", &b) == 0 && a.st_dev == b.st_dev, "one filesystem for all");
	must(mask_readonly(root_fd, &(struct mask_list){ .paths = readonly, .count = 3 }, &e) == 0, "read-only");
	must(flags_of("proc/sys") == (ST_RDONLY | ST_NOSUID | ST_NODEV | ST_NOEXEC), "with its other flags kept: %lx", flags_of("proc/sys"));
	must(!(flags_of("proc") & ST_RDONLY), "and nothing else");
	must(open("proc/sys/kernel/hostname", O_WRONLY) < 0 && errno == EROFS, "really");
	must(flags_of("dir3") & ST_RDONLY, "dir3");
	return 0;
}

/* Without openat2(2), as under qemu-user, nothing is opened twice by a path that may have got a symlink meanwhile. */
static bool has_openat2(void)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC };
	int fd = sys_openat2(AT_FDCWD, "/", &how);
	return fd >= 0 && close(fd) == 0;
}

/* What is listed instead of opened, in a procfs and a /dev that nobody else reaches. */
static int masks_of_own(void)
{
	const char *const masked[] = { "/proc/meminfo", "/proc/nothing", "/proc/fs", "/proc/mounts", "/proc/1", "/proc/sys/vm", "/proc/uptime/below", "/proc/thread-self" };
	const char *const readonly[] = { "/proc/sys", "/proc/no", "/proc/version", "/proc/sys/kernel" };
	unsigned char seen[2][8] = { { 0 } };
	struct mask_list lists[] = { { readonly, seen[0], 4 }, { masked, seen[1], 8 } };
	struct stat st, null;
	if (!has_openat2())
		return SANDBOX_SKIP;
	alone = true;
	must(make_root() == 0 && mount_at("/proc", "proc", "proc", "nosuid;noexec;nodev") == 0 && mount_at("/dev", "tmpfs", "tmpfs", "mode=755") == 0, "proc and dev");
	must(dev_populate(root_fd, false, &e) == 0 && dev_own_null() >= 0, "a null device of our own");
	mask_look(root_fd, lists, 2);
	must(seen[0][0] && seen[0][1] && seen[0][2] && !seen[0][3], "names are looked for, longer paths not");
	must(seen[1][0] && seen[1][1] && seen[1][2] && seen[1][3] == 0 && !seen[1][4] && !seen[1][5] && !seen[1][6] && !seen[1][7], "nor are symlinks and processes taken");
	must(mask_readonly(root_fd, &lists[0], &e) == 0, "read-only: %s", e.text);
	must(mask_paths(root_fd, &lists[1], &e) == 0 && fchdir(root_fd) == 0 && access("proc/1/status", F_OK) < 0, "a process is masked, too: %s", e.text);
	must(flags_of("proc/sys") == (ST_RDONLY | ST_NOSUID | ST_NODEV | ST_NOEXEC) && flags_of("proc/version") & ST_RDONLY && flags_of("proc/sys/kernel") & ST_RDONLY, "those and no other");
	must(!(flags_of("proc") & ST_RDONLY), "and /proc stays what it was");
	must(stat("dev/null", &null) == 0 && stat("proc/meminfo", &st) == 0 && st.st_dev == null.st_dev && st.st_ino == null.st_ino, "a file is the container's own null device");
	must(flags_of("proc/fs") & ST_RDONLY && flags_of("proc/sys/vm") & ST_RDONLY && access("proc/fs/nfs", F_OK) < 0, "directories are empty");
	/* something mounted in it: no longer to be trusted */
	must(mount_at("/proc/uptime", "bind", "/proc/version", "bind") == 0, "a bind in /proc");
	memset(seen, 0, sizeof seen);
	mask_look(root_fd, lists, 2);
	must(!seen[0][0] && !seen[1][0], "nothing is listed there");
	return 0;
}

static int readonly_proc_of_own(void)
{
	const char *const readonly[] = { "/proc/sys" };
	unsigned char seen[1] = { 0 };
	struct mask_list list = { readonly, seen, 1 };
	if (!has_openat2())
		return SANDBOX_SKIP;
	alone = true;
	must(make_root() == 0 && mount_at("/proc", "proc", "proc", "ro") == 0, "a procfs that is read-only");
	mask_look(root_fd, &list, 1);
	must(seen[0] && mask_readonly(root_fd, &list, &e) == 0 && fchdir(root_fd) == 0 && flags_of("proc") & ST_RDONLY && flags_of("proc/sys") & ST_RDONLY, "stays so");
	return 0;
}

static int false_null(void)
{
	const char *const masked[] = { "/secret" };
	must(make_root() == 0 && close(open("secret", O_CREAT | O_WRONLY, 0644)) == 0, "root");
	must(mount("/tmp/rootfs/secret", "/dev/null", 0, MS_BIND, 0) == 0, "a file as /dev/null");
	must(mask_paths(root_fd, &(struct mask_list){ .paths = masked, .count = 1 }, &e) < 0 && strstr(e.text, "1:3"), "is noticed");
	return 0;
}

static int only_ours(void)
{
	char line[1024];
	int lines = 0;
	FILE *f = fopen("/proc/self/mountinfo", "r");
	while (f && fgets(line, sizeof line, f))
		lines++;
	return lines;
}

static int pivot(void)
{
	char cwd[64];
	must(close(open("marker", O_CREAT | O_WRONLY, 0644)) == 0 && make_root() == 0 && mount_at("/proc", "proc", "proc", "") == 0, "root");
	must(root_pivot(root_fd, 0, &e) == 0, "pivot");
	must(access("/marker", F_OK) == 0 && getcwd(cwd, sizeof cwd) && strcmp(cwd, "/") == 0, "the rootfs is /, and the working directory");
	must(only_ours() == 2, "no other mounts are left: %d", only_ours());
	must(root_finish(0, true, &e) == 0 && open("/new", O_CREAT | O_WRONLY, 0600) < 0 && errno == EROFS, "read-only");
	return 0;
}

static int pivot_shared(void)
{
	must(mkdir("/tmp/peer", 0755) == 0 && mount(0, "/", 0, MS_SHARED | MS_REC, 0) == 0, "a shared machine");
	int ready[2], go[2];
	char byte = 0;
	must(pipe(ready) == 0 && pipe(go) == 0, "pipes");
	pid_t pid = fork();
	if (pid == 0) {
		int result = unshare(CLONE_NEWNS) < 0;
		if (!result) {
			root_fd = root_prepare("/tmp/rootfs", MS_SHARED | MS_REC, &e);
			result = root_fd < 0 || mount_at("/proc", "proc", "proc", "") < 0 || root_pivot(root_fd, MS_SHARED | MS_REC, &e) < 0 ||
				 root_finish(MS_SHARED | MS_REC, false, &e) < 0;
			if (result)
				printf("# %s\n", e.text);
		}
		byte = (char)result;
		if (write(ready[1], &byte, 1) != 1 || read(go[0], &byte, 1) != 1)
			_exit(1);
		_exit(0);
	}
	must(read(ready[0], &byte, 1) == 1, "child");
	int failed = byte;
	int seen = access("/tmp/rootfs/proc/self", F_OK) == 0, alive = access("/proc/self/mountinfo", F_OK) == 0;
	must(write(go[1], "x", 1) == 1 && waitpid(pid, 0, 0) == pid, "end");
	must(!failed, "the child's pivot");
	must(!seen, "what is mounted in the rootfs does not come out");
	must(alive, "and nothing is unmounted outside");
	return 0;
}

static int no_pivot(void)
{
	must(close(open("marker", O_CREAT | O_WRONLY, 0644)) == 0 && make_root() == 0 && mount_at("/proc", "proc", "proc", "") == 0, "root");
	must(root_move(root_fd, &e) == 0, "move");
	must(access("/marker", F_OK) == 0 && access("/proc/self", F_OK) == 0, "the rootfs is /");
	/* what could be reached beyond it has no procfs or sysfs any more */
	char line[1024];
	FILE *f = fopen("/proc/self/mountinfo", "r");
	must(f, "mountinfo");
	while (fgets(line, sizeof line, f))
		must((!strstr(line, " - proc ") || strstr(line, " /proc ")) && !strstr(line, " - sysfs "), "%s", line);
	return 0;
}

static int initramfs(void)
{
	/* a rootfs that has no parent: the namespace's own first mount, by moving a tmpfs over it */
	must(mkdir("/tmp/new", 0755) == 0 && mount("tmpfs", "/tmp/new", "tmpfs", 0, 0) == 0, "tmpfs as /");
	must(chdir("/tmp/new") == 0 && mkdir("proc", 0755) == 0 && mkdir("dev", 0755) == 0 && mkdir("c", 0755) == 0 && mkdir("c/rootfs", 0755) == 0, "directories");
	must(mount("/proc", "proc", 0, MS_BIND | MS_REC, 0) == 0 && close(open("c/rootfs/marker", O_CREAT | O_WRONLY, 0644)) == 0, "proc");
	must(syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0 && chdir("/") == 0, "enter it");
	root_fd = root_prepare("/c/rootfs", 0, &e);
	must(root_fd >= 0, "prepare");
	must(root_pivot(root_fd, 0, &e) == 0 && access("/marker", F_OK) == 0, "pivot in a tmpfs root that has a parent");
	return 0;
}

/* Linux before 5.2: open_tree and all later calls are missing, openat2 and mount_setattr with them. */
static int without_new_calls(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, SYS_pidfd_send_signal + 4, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof code / sizeof *code, code };
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 ? SANDBOX_SKIP : 0;
}

#define OLD(test) static int old_##test(void) { int result = without_new_calls(); return result ? result : test(); }
OLD(filesystems)
OLD(binds)
OLD(propagation)
OLD(traps)
OLD(copyup)
OLD(masks)
OLD(pivot)
OLD(devices)

int main(void)
{
	sandbox("filesystems", 0, filesystems);
	sandbox("binds", 0, binds);
	sandbox("recursive attributes", 0, recursive);
	sandbox("propagation", 0, propagation);
	sandbox("traps of a hostile rootfs", 0, traps);
	sandbox("tmpcopyup", 0, copyup);
	sandbox("idmapped binds", 0, idmapped);
	sandbox("devices", 0, devices);
	sandbox("bound devices", 0, bound_devices);
	sandbox("masked and read-only paths", 0, masks);
	sandbox("masked and read-only paths of a procfs that was mounted here", 0, masks_of_own);
	sandbox("one that is read-only itself", 0, readonly_proc_of_own);
	sandbox("a false null device", 0, false_null);
	sandbox("pivot_root", 0, pivot);
	sandbox("pivot_root from a shared root", 0, pivot_shared);
	sandbox("no pivot", 0, no_pivot);
	sandbox("a tmpfs as root", 0, initramfs);
	sandbox("Linux 5.1: filesystems", 0, old_filesystems);
	sandbox("Linux 5.1: binds", 0, old_binds);
	sandbox("Linux 5.1: propagation", 0, old_propagation);
	sandbox("Linux 5.1: traps", 0, old_traps);
	sandbox("Linux 5.1: tmpcopyup", 0, old_copyup);
	sandbox("Linux 5.1: masks", 0, old_masks);
	sandbox("Linux 5.1: pivot_root", 0, old_pivot);
	sandbox("Linux 5.1: devices", 0, old_devices);
	return done_testing();
}
