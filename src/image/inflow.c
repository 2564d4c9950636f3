/* SPDX-License-Identifier: ISC */
/* An archive that is not a plain file. */
#include "image/inflow.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/proc.h"
#include "image/decode.h"
#include "image/interrupt.h"

static LARGE uint8_t raw[LIMIT_READ_BYTES], made[LIMIT_READ_BYTES];

enum compression inflow_magic(const uint8_t *bytes, size_t length)
{
	if (length >= 2 && memcmp(bytes, "\x1f\x8b", 2) == 0)
		return COMPRESSION_GZIP;
	/* a frame, or a skippable one before it */
	if (length >= 4 && (memcmp(bytes, "\x28\xb5\x2f\xfd", 4) == 0 || (memcmp(bytes + 1, "\x2a\x4d\x18", 3) == 0 && (bytes[0] & 0xf0) == 0x50)))
		return COMPRESSION_ZSTD;
	return COMPRESSION_NONE;
}

static ssize_t read_some(int fd, struct err *e)
{
	for (;;) {
		ssize_t n = read(fd, raw, sizeof raw);
		if (n >= 0 || errno != EINTR)
			return n < 0 ? err_sys(e, "cannot read") : n;
	}
}

/* What decoding one piece of input makes goes on. 0 or -1. */
static int pass_on(struct decoder *d, size_t length, uint64_t *total, int to, struct err *e)
{
	struct decode_io io = { .in = raw, .in_length = length };
	do {
		io.out = made;
		io.out_size = sizeof made;
		if (decode_step(d, &io, e) < 0)
			return -1;
		size_t n = sizeof made - io.out_size;
		*total += n;
		if (n && io_write(to, made, n) < 0)
			return err_sys(e, "cannot pass it on");
	} while (io.in_length || !io.out_size);
	return 0;
}

static int decode_all(int from, int to, struct err *e)
{
	struct decoder d;
	uint64_t in = 0, out = 0;
	/* a whole block first: by it the compression is known */
	ssize_t n = io_read(from, raw, 512);
	if (n < 0)
		return err_sys(e, "cannot read");
	if (decode_start(&d, inflow_magic(raw, (size_t)n), e) < 0)
		return -1;
	while (n > 0) {
		in += (uint64_t)n;
		if (pass_on(&d, (size_t)n, &out, to, e) < 0)
			return -1;
		if (out > LIMIT_RATIO_FREE_BYTES && out / LIMIT_RATIO > in)
			return ERR_LIMIT(e, "a decompression bomb: bytes made of each byte read", LIMIT_RATIO);
		n = read_some(from, e);
	}
	return n < 0 ? -1 : decode_finish(&d, e);
}

static void child(int from, int to, int why, pid_t parent)
{
	struct err e;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT, SIG_IGN);   /* a terminal sends it to all; the parent decides */
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (getppid() != parent || decode_all(from, to, &e) == 0)
		_exit(0);
	(void)!write(why, &e, sizeof e);
	_exit(1);
}

static int start_child(struct inflow *in, int from, struct err *e)
{
	int data[2], why[2];
	pid_t parent = getpid();
	if (pipe2(data, O_CLOEXEC) < 0)
		return err_sys(e, "cannot make a pipe");
	if (pipe2(why, O_CLOEXEC) < 0) {
		err_sys(e, "cannot make a pipe");
		io_close(data[0]);
		io_close(data[1]);
		return -1;
	}
	fcntl(data[1], F_SETPIPE_SZ, LIMIT_RING_BYTES);
	in->child = proc_clone(0, -1);
	if (in->child == 0) {
		io_close(data[0]);
		io_close(why[0]);
		child(from, data[1], why[1], parent);
	}
	int saved = errno;
	io_close(data[1]);
	io_close(why[1]);
	in->fd = data[0];
	in->why = why[0];
	return in->child < 0 ? err_num(e, saved, "cannot make a process") : 0;
}

int inflow_open(struct inflow *in, const char *name, struct err *e)
{
	struct stat st;
	uint8_t first[4];
	*in = (struct inflow){ .fd = -1, .why = -1 };
	int fd = strcmp(name, "-") == 0 ? fcntl(0, F_DUPFD_CLOEXEC, 0) : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0) {
		err_sys(e, "cannot open");
		io_close(fd);
		return -1;
	}
	bool regular = S_ISREG(st.st_mode), whole = regular && lseek(fd, 0, SEEK_CUR) <= 0;
	ssize_t n = whole ? pread(fd, first, sizeof first, 0) : 0;
	if (n == sizeof first && memcmp(first, "PK\3\4", sizeof first) == 0) {
		io_close(fd);
		return err_set(e, "a ZIP archive: not supported; unpack it, and name the directory");
	}
	if (whole && n >= 0 && inflow_magic(first, (size_t)n) == COMPRESSION_NONE) {
		in->fd = fd;
		in->plain = true;
		return 0;
	}
	int result = !regular && !S_ISFIFO(st.st_mode) && !S_ISSOCK(st.st_mode) ? err_set(e, "is neither a file nor a pipe") : start_child(in, fd, e);
	io_close(fd);
	if (result < 0)
		inflow_close(in);
	return result;
}

void inflow_close(struct inflow *in)
{
	in->fd = io_close(in->fd);
	in->why = io_close(in->why);
	if (in->child > 0) {
		kill(in->child, SIGKILL);
		proc_wait(in->child);
	}
	in->child = 0;
}

int inflow_finish(struct inflow *in, struct err *e)
{
	ssize_t n = 0;
	struct err why;
	int result = 0;
	if (!in->plain) {
		while (!interrupted() && (n = read_some(in->fd, e)) > 0)
			;
		if (interrupted())
			result = err_set(e, "interrupted");
		else if (n < 0)
			result = -1;
		else if (io_read(in->why, &why, sizeof why) == sizeof why) {
			*e = why;
			result = -1;
		} else if (proc_wait(in->child) != 0) {
			in->child = 0;
			result = err_set(e, "the process that decodes it ended early");
		} else
			in->child = 0;
	}
	inflow_close(in);
	return result;
}

int inflow_temporary(const char *directory, struct err *e)
{
	char name[40];
	int dirfd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0)
		return err_sys(e, "--spool %.200s", directory);
	snprintf(name, sizeof name, ".runlet-spool.%d", (int)getpid());
	int fd = openat(dirfd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0)
		unlinkat(dirfd, name, 0);
	if (fd < 0)
		err_sys(e, "--spool %.200s: cannot make a file", directory);
	io_close(dirfd);
	return fd;
}

int inflow_spool(struct inflow *in, const char *directory, struct err *e)
{
	ssize_t n = -1;
	int fd = inflow_temporary(directory, e), result = fd < 0 ? -1 : 0;
	while (result == 0 && !interrupted() && (n = read_some(in->fd, e)) > 0)
		if (io_write(fd, raw, (size_t)n) < 0)
			result = err_sys(e, "--spool %.200s: cannot write", directory);
	if (result == 0 && n == 0 && !interrupted())
		result = inflow_finish(in, e);
	else {
		if (result == 0 && interrupted())
			err_set(e, "interrupted");
		result = -1;
		inflow_close(in);
	}
	return result < 0 ? io_close(fd) : fd;
}
