/* SPDX-License-Identifier: ISC */
/* The relay between the container's pty and the caller's standard streams, two buffers and poll(2). pty(7), termios(3), poll(2). */
#include "kernel/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void tty_relay_start(struct tty_relay *r, int master, int input, int output)
{
	r->master = master;
	r->input = input;
	r->output = output;
	r->input_ended = input < 0;
	r->hung_up = false;
	r->told = 0;
	r->output_error = output < 0 ? EBADF : 0;
	r->in_at = r->in_end = r->out_at = r->out_end = 0;
	fcntl(master, F_SETFL, fcntl(master, F_GETFL) | O_NONBLOCK);
}

static bool is_later(int error)
{
	return error == EAGAIN || error == EINTR;
}

static bool out_is_empty(const struct tty_relay *r)
{
	return r->out_at == r->out_end;
}

static bool in_is_empty(const struct tty_relay *r)
{
	return r->in_at == r->in_end;
}

unsigned tty_relay_poll(const struct tty_relay *r, struct pollfd fds[3])
{
	unsigned count = 0;
	short master = (short)((out_is_empty(r) ? POLLIN : 0) | (in_is_empty(r) ? 0 : POLLOUT));
	if (!r->hung_up && master)
		fds[count++] = (struct pollfd){ .fd = r->master, .events = master };
	if (!r->hung_up && !r->input_ended && in_is_empty(r))
		fds[count++] = (struct pollfd){ .fd = r->input, .events = POLLIN };
	if (!out_is_empty(r))
		fds[count++] = (struct pollfd){ .fd = r->output, .events = POLLOUT };
	return count;
}

/* A pty can't be closed in one direction: the end-of-file character stands for it. The kernel tells a program that reads lines; one that reads characters itself, as a shell
 * that edits lines, has to know it, and would answer for ever where it is echoed. Each way is told once, and anew when a program has changed to it. */
static void tell_end(struct tty_relay *r)
{
	struct termios modes;
	if (!in_is_empty(r) || tcgetattr(r->master, &modes) < 0)
		return;
	char way = modes.c_lflag & ICANON ? 'l' : 'c';
	if (way == r->told || (way == 'c' && modes.c_lflag & ECHO))
		return;
	r->told = way;
	r->in[0] = (char)modes.c_cc[VEOF];
	r->in_at = 0;
	r->in_end = 1;
}

static void read_master(struct tty_relay *r)
{
	ssize_t n = read(r->master, r->out, sizeof r->out);
	if (n > 0) {
		r->out_at = 0;
		r->out_end = r->output_error ? 0 : (unsigned)n;
		if (r->input_ended)
			tell_end(r);
	} else if (n == 0 || !is_later(errno)) {
		r->hung_up = true;   /* EIO: nobody has the slave open any more */
	}
}

static void write_output(struct tty_relay *r)
{
	ssize_t n = write(r->output, r->out + r->out_at, r->out_end - r->out_at);
	if (n >= 0) {
		r->out_at += (unsigned)n;
	} else if (!is_later(errno)) {
		r->output_error = errno;
		r->out_at = r->out_end;
	}
}

static void read_input(struct tty_relay *r)
{
	ssize_t n = read(r->input, r->in, sizeof r->in);
	if (n > 0) {
		r->in_at = 0;
		r->in_end = (unsigned)n;
	} else if (n == 0 || !is_later(errno)) {
		r->input_ended = true;
		tell_end(r);
	}
}

static void write_master(struct tty_relay *r)
{
	ssize_t n = write(r->master, r->in + r->in_at, r->in_end - r->in_at);
	if (n >= 0)
		r->in_at += (unsigned)n;
	else if (!is_later(errno))
		r->in_at = r->in_end;
}

int tty_relay_step(struct tty_relay *r, const struct pollfd *fds, unsigned count)
{
	const short readable = POLLIN | POLLHUP | POLLERR | POLLNVAL, writable = POLLOUT | POLLHUP | POLLERR | POLLNVAL;
	for (unsigned i = 0; i < count; i++) {
		short events = fds[i].events, now = fds[i].revents;
		/* POLLHUP of the master is only believed when a read says so: it also shows while there is still something to be read */
		if (fds[i].fd == r->master && events & POLLIN && now & readable)
			read_master(r);
		if (fds[i].fd == r->master && events & POLLOUT && now & writable)
			write_master(r);
		if (fds[i].fd == r->input && events == POLLIN && now & readable && fds[i].fd != r->master)
			read_input(r);
		if (fds[i].fd == r->output && events == POLLOUT && now & writable && fds[i].fd != r->master)
			write_output(r);
	}
	return r->hung_up && out_is_empty(r) ? 0 : 1;
}

void tty_relay_drain(struct tty_relay *r)
{
	struct pollfd output = { .fd = r->output, .events = POLLOUT };
	for (;;) {
		while (!out_is_empty(r)) {
			if (poll(&output, 1, -1) < 0 && errno != EINTR)
				return;
			write_output(r);
		}
		ssize_t n = r->hung_up ? 0 : read(r->master, r->out, sizeof r->out);
		if (n <= 0 && !(n < 0 && errno == EINTR))
			return;
		if (n > 0 && !r->output_error) {
			r->out_at = 0;
			r->out_end = (unsigned)n;
		}
	}
}
