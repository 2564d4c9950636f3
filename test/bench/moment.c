/* SPDX-License-Identifier: ISC */
/* Says when it began to run: "moment NAME: N us" of the monotonic clock, which starts with the kernel; then becomes the program that it is told, if any.
 * Without arguments NAME is "first", the container's first instructions. usage: moment [NAME [PROGRAM…]] */
#define _GNU_SOURCE
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct timespec now;
	char line[96];
	clock_gettime(CLOCK_MONOTONIC, &now);
	int n = snprintf(line, sizeof line, "moment %.40s: %lld us\n", argc > 1 ? argv[1] : "first", now.tv_sec * 1000000LL + now.tv_nsec / 1000);
	if (write(1, line, (size_t)n) != n)
		return 1;
	if (argc < 3)
		return 0;
	execv(argv[2], argv + 2);
	return 127;
}
