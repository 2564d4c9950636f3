/* SPDX-License-Identifier: ISC */
/* A kernel without version 2 of control groups, nor the freezer of version 1, for a first process that asks mount(2) for them: no command line of a real kernel's takes them away. All
 * other mounts are the kernel's own.
 * usage, as the first process: nov2 PROGRAM [ARGUMENT…]     Needs Linux 5.5 (SECCOMP_USER_NOTIF_FLAG_CONTINUE). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

/* Whether that text stands at an address of another process. */
static bool holds(int memory, uint64_t at, const char *text)
{
	char found[32];
	size_t size = strlen(text) + 1;
	return pread(memory, found, size, (off_t)at) == (ssize_t)size && memcmp(found, text, size) == 0;
}

static void answer(int listener)
{
	struct seccomp_notif asked;
	struct seccomp_notif_resp said;
	for (;;) {
		char memory[40];
		memset(&asked, 0, sizeof asked);
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) < 0)
			continue;
		snprintf(memory, sizeof memory, "/proc/%u/mem", asked.pid);   /* mounted by then; no kernel is without it, as it may be without process_vm_readv(2) */
		int fd = open(memory, O_RDONLY | O_CLOEXEC);
		bool wanted = holds(fd, asked.data.args[2], "cgroup2") || holds(fd, asked.data.args[1], "/sys/fs/cgroup/freezer");
		close(fd);
		if (wanted)
			said = (struct seccomp_notif_resp){ .id = asked.id, .error = -ENODEV };
		else
			said = (struct seccomp_notif_resp){ .id = asked.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &said);
	}
}

int main(int argc, char **argv)
{
	static struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mount, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof filter / sizeof *filter, filter };
	int listener = argc < 2 ? -1 : (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
	if (listener < 0)
		return 126;
	if (fork() == 0)
		answer(listener);
	close(listener);
	execv(argv[1], argv + 1);
	return 127;
}
