/* SPDX-License-Identifier: ISC */
/* A pty of the container's own devpts, the console socket, the terminal's modes. pts(4), pty(7), tty_ioctl(4), unix(7) SCM_RIGHTS. */
#include "kernel/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>
#include <linux/magic.h>

#include "base/io.h"
#include "base/path.h"
#include "kernel/unix.h"

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

/* Before Linux 4.13: by the number's name in the same devpts. */
static int open_slave_by_name(int pts, int master)
{
	char name[16];
	unsigned number;
	if (ioctl(master, TIOCGPTN, &number) < 0)
		return -1;
	snprintf(name, sizeof name, "%u", number);
	return openat(pts, name, O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
}

int tty_open(int root_fd, int *master, int *slave, struct err *e)
{
	struct statfs fs;
	int unlock = 0, pts = path_open(root_fd, "/dev/pts", O_PATH | O_DIRECTORY, 0);
	*slave = *master = -1;
	/* a ptmx of the image's own could be any device or file */
	if (pts >= 0 && (fstatfs(pts, &fs) < 0 || fs.f_type != DEVPTS_SUPER_MAGIC)) {
		io_close(pts);
		return err_set(e, "/dev/pts of the container is no devpts");
	}
	*master = pts < 0 ? -1 : openat(pts, "ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
	if (*master < 0)
		err_sys(e, "cannot open /dev/pts/ptmx of the container");
	else if (ioctl(*master, TIOCSPTLCK, &unlock) < 0)
		err_sys(e, "cannot unlock the pty");
	else if ((*slave = ioctl(*master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0 && (*slave = open_slave_by_name(pts, *master)) < 0)
		err_sys(e, "cannot open the pty's slave");
	io_close(pts);
	if (*slave >= 0)
		return 0;
	*master = io_close(*master);
	return -1;
}

int tty_set_size(int fd, uint16_t rows, uint16_t columns, struct err *e)
{
	struct winsize size = { .ws_row = rows, .ws_col = columns };
	return ioctl(fd, TIOCSWINSZ, &size) < 0 ? err_sys(e, "cannot set the terminal's size") : 0;
}

int tty_copy_size(int from, int to)
{
	struct winsize size;
	return ioctl(from, TIOCGWINSZ, &size) < 0 || ioctl(to, TIOCSWINSZ, &size) < 0 ? -1 : 0;
}

int tty_control(int slave, struct err *e)
{
	if (setsid() < 0 && errno != EPERM)
		return err_sys(e, "cannot make a session");
	if (ioctl(slave, TIOCSCTTY, 0) < 0)
		return err_sys(e, "cannot make the pty the controlling terminal");
	for (int fd = 0; fd < 3; fd++) {
		/* dup2 to itself would keep close-on-exec */
		if (fd == slave ? fcntl(fd, F_SETFD, 0) < 0 : dup2(slave, fd) < 0)
			return err_sys(e, "cannot put the pty on fd %d", fd);
	}
	if (slave > 2)
		io_close(slave);
	return 0;
}

void tty_plain_newlines(int fd)
{
	struct termios modes;
	if (tcgetattr(fd, &modes) < 0)
		return;
	modes.c_oflag &= ~(tcflag_t)ONLCR;
	tcsetattr(fd, TCSANOW, &modes);
}

int tty_own(int slave, uid_t uid, struct err *e)
{
	/* a user namespace that does not map the uid can't give anything to it, and the terminal works all the same */
	if (fchown(slave, uid, (gid_t)-1) < 0 && errno != EINVAL && errno != EPERM)
		return err_sys(e, "cannot give the terminal to uid %lu", (unsigned long)uid);
	return 0;
}

int tty_socket_connect(const char *path, struct err *e)
{
	int fd = unix_connect_soon(path);
	return fd < 0 ? err_sys(e, "cannot connect to console socket \"%s\"", path) : fd;
}

int tty_send(int socket, int fd, const char *name, struct err *e)
{
	return unix_send(socket, name, strlen(name), fd) < 0 ? err_sys(e, "cannot send the terminal") : 0;
}

union control { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; };

int tty_receive(int socket, struct err *e)
{
	union control control;
	char text[256];
	struct iovec payload = { .iov_base = text, .iov_len = sizeof text };
	struct msghdr message = { .msg_iov = &payload, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	ssize_t n;
	int fd = -1;
	memset(&control, 0, sizeof control);
	do
		n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(e, "cannot receive the terminal");
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(header), sizeof fd);
	return fd < 0 ? err_set(e, "cannot receive the terminal: none was sent") : fd;
}

int tty_raw(int fd, struct termios *saved, struct err *e)
{
	struct termios raw;
	if (tcgetattr(fd, saved) < 0)
		return errno == ENOTTY || errno == EINVAL || errno == EBADF || errno == ENOTSUP ? 1 : err_sys(e, "cannot read the terminal's modes");
	raw = *saved;
	cfmakeraw(&raw);
	raw.c_oflag |= OPOST;   /* the container's own pty leaves newlines alone (tty_plain_newlines), this terminal adds the carriage returns */
	return tcsetattr(fd, TCSANOW, &raw) < 0 ? err_sys(e, "cannot set the terminal raw") : 0;
}

void tty_restore(int fd, const struct termios *saved)
{
	/* a process in the background is stopped by SIGTTOU when it changes the modes; the former ones are to come back in any case */
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	sigaction(SIGTTOU, &ignore, &before);
	tcsetattr(fd, TCSANOW, saved);
	sigaction(SIGTTOU, &before, 0);
}
