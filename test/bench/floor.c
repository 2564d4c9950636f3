/* SPDX-License-Identifier: ISC */
/* The floor of `run`: what the kernel must be asked for to start a container of the default specification, and nothing else: no configuration is read, no
 * state is kept, no cgroup is made, nothing is checked, every error ends the program. With CGROUP, a directory of cgroup v2, the
 * container's process alone is put there, by clone3(2). With --init it mounts /proc, /sys and /dev before, as the first process must. The root
 * is moved and changed to where it can't be pivoted to. usage: floor [--init] ROOTFS PROGRAM [CGROUP] */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sched.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define MUST(call) do { if ((call) < 0) _exit(100); } while (0)

static const struct { const char *source, *target, *type; unsigned long flags; const char *data; } mounts[] = {
	{ "proc", "proc", "proc", 0, 0 },
	{ "tmpfs", "dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k" },
	{ "devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5" },
	{ "shm", "dev/shm", "tmpfs", MS_NOSUID | MS_NOEXEC | MS_NODEV, "mode=1777,size=65536k" },
	{ "mqueue", "dev/mqueue", "mqueue", MS_NOSUID | MS_NOEXEC | MS_NODEV, 0 },
	{ "sysfs", "sys", "sysfs", MS_NOSUID | MS_NOEXEC | MS_NODEV | MS_RDONLY, 0 },
	{ "cgroup", "sys/fs/cgroup", "cgroup2", MS_NOSUID | MS_NOEXEC | MS_NODEV | MS_RELATIME | MS_RDONLY, 0 },
};
static const struct { const char *path; int minor; } devices[] = {
	{ "dev/null", 3 }, { "dev/zero", 5 }, { "dev/full", 7 }, { "dev/random", 8 }, { "dev/urandom", 9 }, { "dev/tty", 0 },
};
static const char *const links[][2] = {
	{ "/proc/self/fd", "dev/fd" }, { "/proc/self/fd/0", "dev/stdin" }, { "/proc/self/fd/1", "dev/stdout" }, { "/proc/self/fd/2", "dev/stderr" },
	{ "pts/ptmx", "dev/ptmx" },
};
/* those of the default specification; missing ones cost one call, as they do there */
static const char *const masked[] = { "proc/acpi", "proc/asound", "proc/kcore", "proc/keys", "proc/latency_stats", "proc/timer_list", "proc/timer_stats",
	"proc/sched_debug", "sys/firmware", "proc/scsi" };
static const char *const readonly[] = { "proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger" };

static void filesystems(void)
{
	for (size_t i = 0; i < sizeof mounts / sizeof *mounts; i++) {
		if (strchr(mounts[i].target, '/'))
			mkdir(mounts[i].target, 0755);
		MUST(mount(mounts[i].source, mounts[i].target, mounts[i].type, mounts[i].flags, mounts[i].data));
	}
	for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
		MUST(mknod(devices[i].path, S_IFCHR | 0666, makedev(devices[i].minor ? 1 : 5, (unsigned)devices[i].minor)));
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		MUST(symlink(links[i][0], links[i][1]));
}

static void masks(void)
{
	for (size_t i = 0; i < sizeof masked / sizeof *masked; i++)
		if (mount("/dev/null", masked[i], 0, MS_BIND, 0) < 0)
			mount("tmpfs", masked[i], "tmpfs", MS_RDONLY, 0);
	for (size_t i = 0; i < sizeof readonly / sizeof *readonly; i++)
		if (mount(readonly[i], readonly[i], 0, MS_BIND | MS_REC, 0) == 0)
			MUST(mount(0, readonly[i], 0, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, 0));
}

static int inside(const char *rootfs, const char *program)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	struct rlimit files = { 1024, 1024 };
	umask(0);
	MUST(mount(0, "/", 0, MS_REC | MS_SLAVE, 0));
	MUST(mount(rootfs, rootfs, 0, MS_BIND | MS_REC, 0));
	MUST(chdir(rootfs));
	filesystems();
	masks();
	if (syscall(SYS_pivot_root, ".", ".") == 0) {
		MUST(umount2(".", MNT_DETACH));
	} else {
		MUST(mount(".", "/", 0, MS_MOVE, 0));
		MUST(chroot("."));
	}
	MUST(mount(0, "/", 0, MS_REMOUNT | MS_BIND | MS_RDONLY, 0));
	MUST(sethostname("runlet", 6));
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	MUST(ioctl(s, SIOCSIFFLAGS, &lo));
	close(s);
	MUST(setrlimit(RLIMIT_NOFILE, &files));
	umask(022);
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	execve(program, (char *const[]){ (char *)program, 0 }, (char *const[]){ 0 });
	return 101;
}

int main(int argc, char **argv)
{
	uint64_t args[11] = { CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP, 0, 0, 0, SIGCHLD };
	int status;
	if (argc > 1 && strcmp(argv[1], "--init") == 0) {
		mount("proc", "/proc", "proc", 0, 0);
		mount("sysfs", "/sys", "sysfs", 0, 0);
		mount("dev", "/dev", "devtmpfs", 0, 0);
		argc--, argv++;
	}
	if (argc != 3 && argc != 4)
		return 99;
	if (argc == 4) {
		int cgroup = open(argv[3], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		MUST(cgroup);
		args[0] |= 0x200000000;   /* CLONE_INTO_CGROUP */
		args[10] = (uint64_t)cgroup;
	}
	long pid = syscall(SYS_clone3, args, argc == 4 ? 88 : 64);
	if (pid == 0)
		_exit(inside(argv[1], argv[2]));
	if (pid < 0 || waitpid((pid_t)pid, &status, 0) < 0)
		return 98;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 97;
}
