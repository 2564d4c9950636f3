/* SPDX-License-Identifier: ISC */
/* The floor of `run`: what the kernel must be asked for to start a container of the default specification, and nothing else: no configuration is read, no
 * state is kept, no cgroup is made, nothing is checked, every error ends the program. With CGROUP, a directory of cgroup v2, the
 * container's process alone is put there, by clone3(2). With --init it mounts /proc, /sys and /dev before, as the first process must. The root
 * is moved and changed to where it can't be pivoted to. With --same what that specification has besides: CGROUP is made with all controllers that there are, gets the rules
 * for devices and is removed at the end, and the process has a session keyring and three capabilities. usage: floor [--init|--same] ROOTFS PROGRAM [CGROUP] */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
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

static void capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const unsigned kept = 1u << CAP_KILL | 1u << CAP_NET_BIND_SERVICE | 1u << CAP_AUDIT_WRITE;   /* all below 32 */
	struct __user_cap_data_struct data[2] = { { kept, kept, 0 }, { 0, 0, 0 } };
	for (int cap = 0; cap < 64; cap++)
		if (!(cap < 32 && kept >> cap & 1) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			break;
	MUST(syscall(SYS_capset, &header, data));
}

#define OP(c, to, from, jump, number) { .code = (c), .dst_reg = (to), .src_reg = (from), .off = (jump), .imm = (number) }
#define IF(reg, number, jump) OP(BPF_JMP | BPF_JEQ | BPF_K, reg, 0, jump, number)

/* mknod of all; c 136:*, c 5:0 to 2, c 1:3, 5, 7, 8, 9 whatever is done */
static const struct bpf_insn rules[] = {
	OP(BPF_LDX | BPF_MEM | BPF_W, 2, 1, 0, 0), OP(BPF_LDX | BPF_MEM | BPF_W, 4, 1, 4, 0), OP(BPF_LDX | BPF_MEM | BPF_W, 5, 1, 8, 0),
	OP(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1), OP(BPF_ALU64 | BPF_MOV | BPF_X, 3, 2, 0, 0), OP(BPF_ALU64 | BPF_RSH | BPF_K, 3, 0, 0, 16),
	IF(3, BPF_DEVCG_ACC_MKNOD, 13), OP(BPF_ALU64 | BPF_AND | BPF_K, 2, 0, 0, 0xffff), OP(BPF_JMP | BPF_JNE | BPF_K, 2, 0, 10, BPF_DEVCG_DEV_CHAR),
	IF(4, 136, 10), OP(BPF_JMP | BPF_JNE | BPF_K, 4, 0, 1, 5), OP(BPF_JMP | BPF_JGT | BPF_K, 5, 0, 7, 2), IF(4, 5, 7),
	OP(BPF_JMP | BPF_JNE | BPF_K, 4, 0, 5, 1), IF(5, 3, 5), IF(5, 5, 4), IF(5, 7, 3), IF(5, 8, 2), IF(5, 9, 1),
	OP(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0), OP(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
};

static void device_rules(int cgroup)
{
	union bpf_attr load = { .prog_type = BPF_PROG_TYPE_CGROUP_DEVICE, .insn_cnt = sizeof rules / sizeof *rules, .insns = (uintptr_t)rules, .license = (uintptr_t)"GPL" };
	union bpf_attr attach = { .target_fd = (uint32_t)cgroup, .attach_type = BPF_CGROUP_DEVICE, .attach_flags = BPF_F_ALLOW_MULTI };
	long program = syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load);
	MUST(program);
	attach.attach_bpf_fd = (uint32_t)program;
	MUST(syscall(SYS_bpf, BPF_PROG_ATTACH, &attach, sizeof attach));
	close((int)program);
}

static int open_beside(const char *cgroup, const char *name, int flags)
{
	char path[256];
	strcpy(path, cgroup);
	strcpy(strrchr(path, '/') + 1, name);
	return open(path, flags | O_CLOEXEC);
}

static void cgroup_make(const char *cgroup)
{
	char names[256], list[512], *at = list;
	int from = open_beside(cgroup, "cgroup.controllers", O_RDONLY), to = open_beside(cgroup, "cgroup.subtree_control", O_WRONLY);
	ssize_t n = read(from, names, sizeof names - 1);
	MUST(n);
	names[n] = 0;
	for (char *name = strtok(names, " \n"); name; name = strtok(0, " \n"))
		at = stpcpy(stpcpy(stpcpy(at, at == list ? "" : " "), "+"), name);
	MUST(write(to, list, (size_t)(at - list)));
	MUST(mkdir(cgroup, 0755));
	close(from);
	close(to);
}

static int inside(const char *rootfs, const char *program, int same)
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
	if (same) {
		syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "same");
		capabilities();
	}
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	execve(program, (char *const[]){ (char *)program, 0 }, (char *const[]){ 0 });
	return 101;
}

int main(int argc, char **argv)
{
	uint64_t args[11] = { CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP, 0, 0, 0, SIGCHLD };
	int status, same = argc == 5 && strcmp(argv[1], "--same") == 0;
	if (argc > 1 && strcmp(argv[1], "--init") == 0) {
		mount("proc", "/proc", "proc", 0, 0);
		mount("sysfs", "/sys", "sysfs", 0, 0);
		mount("dev", "/dev", "devtmpfs", 0, 0);
		argc--, argv++;
	}
	argc -= same, argv += same;
	if (argc != 3 && argc != 4)
		return 99;
	if (same)
		cgroup_make(argv[3]);
	if (argc == 4) {
		int cgroup = open(argv[3], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		MUST(cgroup);
		args[0] |= 0x200000000;   /* CLONE_INTO_CGROUP */
		args[10] = (uint64_t)cgroup;
		if (same)
			device_rules(cgroup);
	}
	long pid = syscall(SYS_clone3, args, argc == 4 ? 88 : 64);
	if (pid == 0)
		_exit(inside(argv[1], argv[2], same));
	if (pid < 0 || waitpid((pid_t)pid, &status, 0) < 0)
		return 98;
	if (same)
		MUST(rmdir(argv[3]));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 97;
}
