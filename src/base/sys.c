/* SPDX-License-Identifier: ISC */
/* System calls without a wrapper in musl. Numbers that old kernel headers lack are the same on every CPU since Linux 5.1,
 * but for the CPU's own offset; see syscalls(2). */
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* MIPS o32 counts from 4000, the others from 0: the offset is that of a number that all of them share */
#define SINCE_5_1(number) (SYS_pidfd_send_signal - 424 + (number))

int sys_openat2(int dirfd, const char *path, const struct open_how *how)
{
	return (int)syscall(SINCE_5_1(437), dirfd, path, how, sizeof *how);
}

long sys_clone3(struct sys_clone_args *args)
{
	return syscall(SINCE_5_1(435), args, sizeof *args);
}

long sys_clone(unsigned long flags)
{
#ifdef SYS_s390_runtime_instr   /* clone(2), "C library/kernel differences": there the stack stands first */
	return syscall(SYS_clone, 0, flags, 0, 0, 0);
#else
	return syscall(SYS_clone, flags, 0, 0, 0, 0);
#endif
}

void sys_plain_pages(char *start, char *end)
{
	/* from a page's beginning on: what stands before it on the same page is in use anyway. A kernel without such pages refuses */
	uintptr_t page = (uintptr_t)getpagesize(), from = ((uintptr_t)start + page - 1) & ~(page - 1);
	(void)!madvise((void *)from, (uintptr_t)end - from, MADV_NOHUGEPAGE);
}

int sys_now(struct timespec *now)
{
#ifdef SYS_clock_gettime64   /* 32-bit CPUs, since Linux 5.1 */
	long result = syscall(SYS_clock_gettime64, CLOCK_REALTIME, now);
#else
	long result = syscall(SYS_clock_gettime, CLOCK_REALTIME, now);
#endif
	return result < 0 ? clock_gettime(CLOCK_REALTIME, now) : 0;
}

int sys_pivot_root(const char *new_root, const char *put_old)
{
	return (int)syscall(SYS_pivot_root, new_root, put_old);
}

int sys_open_tree(int dirfd, const char *path, unsigned flags)
{
	return (int)syscall(SINCE_5_1(428), dirfd, path, flags);
}

int sys_open_tree_attr(int dirfd, const char *path, unsigned flags, const struct sys_mount_attr *attr)
{
	return (int)syscall(SINCE_5_1(467), dirfd, path, flags, attr, sizeof *attr);
}

int sys_move_mount(int from_dirfd, const char *from, int to_dirfd, const char *to, unsigned flags)
{
	return (int)syscall(SINCE_5_1(429), from_dirfd, from, to_dirfd, to, flags);
}

int sys_mount_setattr(int dirfd, const char *path, unsigned flags, const struct sys_mount_attr *attr)
{
	return (int)syscall(SINCE_5_1(442), dirfd, path, flags, attr, sizeof *attr);
}

int sys_fsopen(const char *fs, unsigned flags)
{
	return (int)syscall(SINCE_5_1(430), fs, flags);
}

int sys_fsconfig(int fd, unsigned command, const char *key, const void *value, int aux)
{
	return (int)syscall(SINCE_5_1(431), fd, command, key, value, aux);
}

int sys_fsmount(int fd, unsigned flags, unsigned attr_flags)
{
	return (int)syscall(SINCE_5_1(432), fd, flags, attr_flags);
}

int sys_pidfd_open(pid_t pid, unsigned flags)
{
	return (int)syscall(SINCE_5_1(434), pid, flags);
}

int sys_pidfd_send_signal(int pidfd, int signal)
{
	return (int)syscall(SINCE_5_1(424), pidfd, signal, 0, 0);
}

int sys_close_range(unsigned first, unsigned last, unsigned flags)
{
	return (int)syscall(SINCE_5_1(436), first, last, flags);
}

int sys_executable(const char *path)
{
	int result = (int)syscall(SINCE_5_1(439), AT_FDCWD, path, X_OK, 0x200 /* AT_EACCESS */);
	return result < 0 && (errno == ENOSYS || errno == EPERM) ? faccessat(AT_FDCWD, path, X_OK, 0) : result;
}

int sys_capget(void *header, void *data)
{
	return (int)syscall(SYS_capget, header, data);
}

int sys_capset(void *header, const void *data)
{
	return (int)syscall(SYS_capset, header, data);
}

long sys_keyctl(int operation, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	return syscall(SYS_keyctl, operation, a, b, c, d);
}

int sys_seccomp(unsigned operation, unsigned flags, void *args)
{
	return (int)syscall(SYS_seccomp, operation, flags, args);
}

long sys_getdents64(int fd, void *buffer, size_t size)
{
	return syscall(SYS_getdents64, fd, buffer, size);
}

int sys_execveat(int fd, const char *path, char *const argv[], char *const envp[], int flags)
{
	return (int)syscall(SYS_execveat, fd, path, argv, envp, flags);
}

int sys_sched_setattr(pid_t pid, const void *attr)
{
	return (int)syscall(SYS_sched_setattr, pid, attr, 0);
}

int sys_ioprio_set(int which, int who, int priority)
{
	return (int)syscall(SYS_ioprio_set, which, who, priority);
}

int sys_set_mempolicy(int mode, const unsigned long *nodes, unsigned long max)
{
	return (int)syscall(SYS_set_mempolicy, mode, nodes, max);
}

int sys_setxattrat(int dirfd, const char *path, unsigned at_flags, const char *name, const void *args, size_t size)
{
	return (int)syscall(SINCE_5_1(463), dirfd, path, at_flags, name, args, size);
}

int sys_setgroups(size_t count, const gid_t *groups)
{
#ifdef SYS_setgroups32
	return (int)syscall(SYS_setgroups32, count, groups);
#else
	return (int)syscall(SYS_setgroups, count, groups);
#endif
}
