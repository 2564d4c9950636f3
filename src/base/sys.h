/* SPDX-License-Identifier: ISC */
/* System calls that musl has no wrapper for, in one place, and constants newer than the oldest headers we build with. Each returns as the kernel does
 * through errno; ENOSYS is a normal answer that the caller handles. */
#ifndef BASE_SYS_H
#define BASE_SYS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/openat2.h>     /* struct open_how, RESOLVE_* */

struct sys_clone_args {        /* clone3(2), all of version 2 */
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};
struct sys_mount_attr {        /* mount_setattr(2) */
	uint64_t attr_set, attr_clr, propagation, userns_fd;
};

int sys_openat2(int dirfd, const char *path, const struct open_how *how);
long sys_clone3(struct sys_clone_args *args);
/* sys_plain_pages: memory of which little is touched gets pages of the common size, also where the kernel gives those of 2 MB unasked (transparent_hugepage=always):
 * it would clear and keep some of them. */
void sys_plain_pages(char *start, char *end);
/* sys_clone: clone(2) without a stack: the child goes on with a copy of ours, as after fork */
long sys_clone(unsigned long flags);
/* sys_now: CLOCK_REALTIME by the system call itself: in a process that asks once, the vDSO costs three page faults and a symbol look-up instead */
struct timespec;
int sys_now(struct timespec *now);
int sys_pivot_root(const char *new_root, const char *put_old);
int sys_open_tree(int dirfd, const char *path, unsigned flags);
/* sys_open_tree_attr: open_tree and mount_setattr of what it gives, in one (Linux 6.15) */
int sys_open_tree_attr(int dirfd, const char *path, unsigned flags, const struct sys_mount_attr *attr);
int sys_move_mount(int from_dirfd, const char *from, int to_dirfd, const char *to, unsigned flags);
int sys_mount_setattr(int dirfd, const char *path, unsigned flags, const struct sys_mount_attr *attr);
int sys_fsopen(const char *fs, unsigned flags);
int sys_fsconfig(int fd, unsigned command, const char *key, const void *value, int aux);
int sys_fsmount(int fd, unsigned flags, unsigned attr_flags);
int sys_pidfd_open(pid_t pid, unsigned flags);
int sys_pidfd_send_signal(int pidfd, int signal);
int sys_close_range(unsigned first, unsigned last, unsigned flags);
/* sys_executable: whether the effective user may execute path, faccessat2(2); the real one where the kernel lacks that */
int sys_executable(const char *path);
int sys_capget(void *header, void *data);
int sys_capset(void *header, const void *data);
long sys_keyctl(int operation, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int sys_seccomp(unsigned operation, unsigned flags, void *args);
long sys_getdents64(int fd, void *buffer, size_t size);
int sys_execveat(int fd, const char *path, char *const argv[], char *const envp[], int flags);
int sys_sched_setattr(pid_t pid, const void *attr);
int sys_ioprio_set(int which, int who, int priority);
int sys_set_mempolicy(int mode, const unsigned long *nodes, unsigned long max);
int sys_setxattrat(int dirfd, const char *path, unsigned at_flags, const char *name, const void *args, size_t size);
/* 32-bit CPUs too: the raw 32-bit-uid calls, for this thread alone; musl's wrappers signal every thread and are slower */
int sys_setgroups(size_t count, const gid_t *groups);

#define SYS_MOUNT_ATTR_RDONLY      0x1u
#define SYS_MOUNT_ATTR_NOSUID      0x2u
#define SYS_MOUNT_ATTR_NODEV       0x4u
#define SYS_MOUNT_ATTR_NOEXEC      0x8u
#define SYS_MOUNT_ATTR_ATIME       0x70u  /* mask: relatime 0, noatime 0x10, strictatime 0x20 */
#define SYS_MOUNT_ATTR_NOATIME     0x10u
#define SYS_MOUNT_ATTR_STRICTATIME 0x20u
#define SYS_MOUNT_ATTR_NODIRATIME  0x80u
#define SYS_MOUNT_ATTR_IDMAP       0x100000u
#define SYS_MOUNT_ATTR_NOSYMFOLLOW 0x200000u
#define SYS_AT_RECURSIVE           0x8000u
#define SYS_OPEN_TREE_CLONE        1u
#define SYS_MOVE_MOUNT_F_EMPTY     0x4u
#define SYS_MOVE_MOUNT_T_EMPTY     0x40u
#define SYS_CLONE_NEWTIME          0x80ull
#define SYS_CLONE_INTO_CGROUP      0x200000000ull
#define SYS_CLONE_PIDFD            0x1000ull
#define SYS_CLOSE_RANGE_CLOEXEC    4u

#endif
