/* notify TEXT…: each to $NOTIFY_SOCKET; then waits for its standard input's end. "BARRIER=1" goes with a pipe, whose hang-up is waited for: "released". */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	int s = socket(AF_UNIX, SOCK_DGRAM, 0), ends[2];
	if (!path || pipe(ends) < 0)
		return 9;
	strncpy(a.sun_path, path, sizeof a.sun_path - 1);
	if (connect(s, (struct sockaddr *)&a, sizeof a) < 0)
		return perror(path), 10;
	for (int i = 1; i < argc; i++) {
		union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } control = { 0 };
		struct iovec text = { argv[i], strlen(argv[i]) };
		struct msghdr m = { .msg_iov = &text, .msg_iovlen = 1 };
		int barrier = !strcmp(argv[i], "BARRIER=1");
		if (barrier) {
			m.msg_control = &control;
			m.msg_controllen = sizeof control;
			control.header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
			memcpy(CMSG_DATA(&control.header), &ends[1], sizeof(int));
		}
		if (sendmsg(s, &m, 0) < 0)
			return perror("send"), 11;
		if (barrier) {
			struct pollfd p = { .fd = ends[0] };
			close(ends[1]);
			puts(poll(&p, 1, 5000) == 1 ? "released" : "stuck");
			fflush(stdout);
		}
	}
	char byte;
	while (read(0, &byte, 1) > 0)
		;
	return 0;
}
