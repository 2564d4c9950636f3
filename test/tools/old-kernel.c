/* SPDX-License-Identifier: ISC */
/* Runs a program as on Linux 4.4: system calls that came later are answered with ENOSYS. usage: old-kernel COMMAND… */
#include <errno.h>
#include <stdio.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REFUSE(number, left) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, left, 0)

int main(int argc, char **argv)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		REFUSE(SYS_statx, 5),
		REFUSE(435 /* clone3 */, 4),
		REFUSE(437 /* openat2 */, 3),
		REFUSE(439 /* faccessat2 */, 2),
		REFUSE(452 /* fchmodat2 */, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	};
	struct sock_fprog program = { sizeof filter / sizeof *filter, filter };
	if (argc < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		perror("old-kernel");
		return 2;
	}
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 2;
}
