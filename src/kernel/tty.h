/* SPDX-License-Identifier: ISC */
/* The container's terminal: pty(7), tty_ioctl(4); runtime-spec, config.md, "terminal", "consoleSize"; runc's docs/terminals.md. */
#ifndef KERNEL_TTY_H
#define KERNEL_TTY_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>
#include "base/err.h"

/* tty_open: a new pty of the devpts mounted at root_fd/dev/pts. *master and *slave are the caller's, close-on-exec, O_NOCTTY. 0 or -1. */
int tty_open(int root_fd, int *master, int *slave, struct err *e);
/* tty_set_size: window size in characters. tty_copy_size: from the terminal `from` to `to`. 0 or -1. */
int tty_set_size(int fd, uint16_t rows, uint16_t columns, struct err *e);
int tty_copy_size(int from, int to);
/* tty_control: setsid (unless already a leader: EPERM is accepted), slave as controlling terminal and as fds 0, 1, 2; slave is closed unless it is one of them. 0 or -1. */
int tty_control(int slave, struct err *e);
/* tty_plain_newlines: fd's pty sends newlines as they are, as runc's does in the foreground: before the program writes. */
void tty_plain_newlines(int fd);
/* tty_own: gives the slave to uid (and leaves its group), as the process's own terminal. 0 or -1. */
int tty_own(int slave, uid_t uid, struct err *e);

/* tty_socket_connect: connects to a console socket as unix_connect_soon does (paths of 108 bytes and more through /proc/self/fd). Returns an fd or -1. */
int tty_socket_connect(const char *path, struct err *e);
/* tty_send: one message with the payload name (not empty) and fd as SCM_RIGHTS. 0 or -1. tty_receive: the fd that comes (close-on-exec), or -1. */
int tty_send(int socket, int fd, const char *name, struct err *e);
int tty_receive(int socket, struct err *e);

/* tty_raw: the caller's terminal fd to raw mode, its former state in *saved. 1: fd is no terminal, nothing done; 0; -1. tty_restore: back again. */
int tty_raw(int fd, struct termios *saved, struct err *e);
void tty_restore(int fd, const struct termios *saved);

#define TTY_RELAY_BYTES 4096      /* PIPE_BUF: so much can be written to a pipe that poll(2) calls writable */
struct tty_relay {
	int master;                   /* of the container's pty */
	int input, output;            /* usually 0 and 1; -1: none. May be anything that can be read or written: files too */
	bool input_ended, hung_up;
	char told;                    /* how the program read when it was last told of the input's end: 'l'ines, 'c'haracters, 0 */
	int output_error;             /* errno of output's failure, 0: none; what comes then is dropped, so that the container never waits for it */
	unsigned in_at, in_end, out_at, out_end;
	char in[TTY_RELAY_BYTES], out[TTY_RELAY_BYTES];
};
/* tty_relay_start: fds stay the caller's; master becomes non-blocking. */
void tty_relay_start(struct tty_relay *r, int master, int input, int output);
/* tty_relay_poll: fills up to 3 pollfds with what the relay waits for now; returns how many. The caller adds its own (signals, the process) behind them. */
unsigned tty_relay_poll(const struct tty_relay *r, struct pollfd fds[3]);
/* tty_relay_step: moves what can be moved after poll(2), with the same array. 1: go on; 0: the terminal hung up, and all its output was written. When the input ends, the
 * terminal's end-of-file character is sent: its own half-close; again when the program has changed between reading lines and characters. */
int tty_relay_step(struct tty_relay *r, const struct pollfd *fds, unsigned count);
/* tty_relay_drain: after the process ended: writes what is still in the pty. Returns when it is empty, also if some other process holds the terminal. */
void tty_relay_drain(struct tty_relay *r);

#endif
