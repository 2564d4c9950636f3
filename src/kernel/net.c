/* SPDX-License-Identifier: ISC */
/* The loopback device of a new network namespace: netdevice(7). */
#include "kernel/net.h"

#include <errno.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/io.h"

int net_loopback_up(struct err *e)
{
	/* A new namespace's lo has no flag but IFF_LOOPBACK, which can't be changed: nothing to be read first */
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 && errno == EAFNOSUPPORT)
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);   /* a kernel without IPv4 */
	if (fd < 0)
		return err_sys(e, "cannot make a socket for lo");
	int result = ioctl(fd, SIOCSIFFLAGS, &request);
	io_close_later(fd);
	return result < 0 ? err_sys(e, "cannot bring lo up") : 0;
}
