/* SPDX-License-Identifier: ISC */
/* kernel/tty: a pty, its hand-over, and the relay with all sorts of streams. */
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include "kernel/tty.h"
#include "sandbox.h"

static int master, slave;

static int open_pty(void)
{
	int root = open("/", O_PATH | O_DIRECTORY);
	int result = tty_open(root, &master, &slave, &e);
	close(root);
	return result;
}

static pid_t on_terminal(int (*run)(void))
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		close(master);
		if (tty_control(slave, &e) < 0)
			_exit(99);
		for (int fd = 3; fd < 32; fd++)   /* as exec does: pipes would never end */
			close(fd);
		_exit(run());
	}
	close(slave);
	return pid;
}

static int exit_of(pid_t pid)
{
	int status;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

static struct tty_relay relay;

/* Until the terminal hangs up; at most 10 s. */
static int run_relay(void)
{
	struct pollfd fds[3];
	time_t end = time(0) + 10;
	do {
		unsigned count = tty_relay_poll(&relay, fds);
		if (poll(fds, count, 1000) < 0 && errno != EINTR)
			return -1;
		if (tty_relay_step(&relay, fds, count) == 0)
			return 0;
	} while (time(0) < end);
	return -1;
}

static int is_terminal(void)
{
	struct winsize size;
	for (int fd = 0; fd < 3; fd++)
		if (!isatty(fd) || fcntl(fd, F_GETFD) != 0)
			return 1;
	if (tcgetpgrp(0) != getpgrp() || getsid(0) != getpid())
		return 2;
	return ioctl(0, TIOCGWINSZ, &size) < 0 || size.ws_row != 33 || size.ws_col != 99 ? 3 : 0;
}

static void controlling(void)
{
	if (open_pty() < 0) {
		skip("no pty here: %s", e.text);
		return;
	}
	is_int(tty_set_size(master, 33, 99, &e), 0, "a size is set");
	is_int(exit_of(on_terminal(is_terminal)), 0, "the process leads a session on it, with its size");
	close(master);
}

#define LINES 20000
static int much(void)
{
	for (int i = 0; i < LINES; i++)
		dprintf(1, "line %d of what is written to the terminal\n", i);
	return 0;
}

static void output(void)
{
	char name[] = "/tmp/runlet-test-XXXXXX", line[100];
	int fd = mkstemp(name), lines = 0, wrong = 0, number;
	unlink(name);
	open_pty();
	tty_plain_newlines(master);
	tty_relay_start(&relay, master, -1, fd);
	pid_t pid = on_terminal(much);
	is_int(run_relay(), 0, "much output to a file, no input: the relay ends with the terminal");
	is_int(exit_of(pid), 0, "and the process");
	FILE *f = fdopen(fd, "r");
	rewind(f);
	while (fgets(line, sizeof line, f)) {
		wrong += sscanf(line, "line %d of", &number) != 1 || number != lines || strchr(line, '\r');
		lines++;
	}
	fclose(f);
	is_int(lines, LINES, "nothing is lost");
	is_int(wrong, 0, "nor changed, nor are carriage returns added");
	close(master);
}

static int count_input(void)
{
	char buffer[4096];
	long bytes = 0;
	ssize_t n;
	while ((n = read(0, buffer, sizeof buffer)) > 0)
		bytes += n;
	dprintf(1, "got %ld\n", bytes);
	return 0;
}

/* A pipe as input that ends: a program that reads lines sees the end. */
static void input(void)
{
	int in[2], out[2];
	char text[65536] = "";
	size_t used = 0;
	ssize_t n;
	open_pty();
	if (pipe(in) < 0 || pipe(out) < 0)
		return;
	tty_plain_newlines(master);
	tty_relay_start(&relay, master, in[0], out[1]);
	pid_t pid = on_terminal(count_input);
	if (fork() == 0) {
		for (int i = 0; i < 500; i++)
			dprintf(in[1], "%060d\n", i);
		_exit(0);
	}
	close(in[1]);
	if (fork() == 0) {
		_exit(run_relay() < 0);
	}
	close(out[1]);
	close(in[0]);
	close(master);
	while ((n = read(out[0], text + used, sizeof text - used - 1)) > 0)
		used += (size_t)n;
	close(out[0]);
	is_int(exit_of(pid), 0, "the process ends at the input's end");
	ok(strstr(text, "got 30500\n") != 0, "having read all of it");
	while (waitpid(-1, 0, 0) > 0)
		;
}

static int say(void)
{
	return dprintf(1, "hello") != 5;
}

static void broken(void)
{
	int out[2];
	open_pty();
	if (pipe(out) < 0)
		return;
	signal(SIGPIPE, SIG_IGN);
	close(out[0]);
	tty_plain_newlines(master);
	tty_relay_start(&relay, master, -1, out[1]);
	pid_t pid = on_terminal(much);
	is_int(run_relay(), 0, "an output that nobody reads does not stop the container");
	is_int(exit_of(pid), 0, "which ends by itself");
	is_int(relay.output_error, EPIPE, "and is known");
	close(out[1]);
	close(master);
	signal(SIGPIPE, SIG_DFL);
}

/* The process ended, and another one still has the terminal: what was written comes all the same. */
static void drained(void)
{
	int out[2];
	char text[32] = "";
	open_pty();
	int kept = dup(slave);
	pid_t pid = on_terminal(say);
	is_int(exit_of(pid), 0, "a process ends");
	if (pipe(out) < 0)
		return;
	tty_plain_newlines(master);
	tty_relay_start(&relay, master, -1, out[1]);
	tty_relay_drain(&relay);
	close(out[1]);
	ok(read(out[0], text, sizeof text - 1) == 5 && strcmp(text, "hello") == 0, "and its output is drained while the terminal is still open");
	close(out[0]);
	close(kept);
	close(master);
}

/* An output in non-blocking mode that is full for a while. */
static void nonblocking(void)
{
	int out[2], status;
	char buffer[4096];
	long bytes = 0;
	ssize_t n;
	open_pty();
	if (pipe2(out, 0) < 0)
		return;
	fcntl(out[1], F_SETFL, O_NONBLOCK);
	tty_plain_newlines(master);
	tty_relay_start(&relay, master, -1, out[1]);
	pid_t pid = on_terminal(much);
	pid_t relaying = fork();
	if (relaying == 0)
		_exit(run_relay() < 0);
	close(out[1]);
	close(master);
	nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, 0);
	while ((n = read(out[0], buffer, sizeof buffer)) > 0)
		bytes += n;
	close(out[0]);
	exit_of(pid);
	waitpid(relaying, &status, 0);
	is_int(status, 0, "a full, non-blocking output");
	long want = 0;
	for (int i = 0; i < LINES; i++)
		want += snprintf(0, 0, "line %d of what is written to the terminal\n", i);
	is_int(bytes, want, "loses nothing");
}

static void sockets(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char directory[] = "/tmp/runlet-test-XXXXXX", path[300], text[8] = "";
	if (!mkdtemp(directory) || chdir(directory) < 0)
		return;
	snprintf(path, sizeof path, "%s/%0150d", directory, 0);
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	strcpy(address.sun_path, "socket");
	is_int(bind(listener, (struct sockaddr *)&address, sizeof address) | listen(listener, 2), 0, "a console socket");
	is_int(rename("socket", path), 0, "with a long name");
	int fd = tty_socket_connect(path, &e);
	if (!ok(fd >= 0, "is connected to"))
		return;
	int peer = accept(listener, 0, 0), pipes[2];
	if (pipe(pipes) == 0) {
		is_int(tty_send(fd, pipes[1], "/dev/ptmx", &e), 0, "an fd is sent");
		int got = tty_receive(peer, &e);
		ok(got >= 0 && write(got, "x", 1) == 1 && read(pipes[0], text, 1) == 1, "and received");
		close(got);
		close(fd);
		is_int(tty_receive(peer, &e), -1, "none is an error");
		close(pipes[0]);
		close(pipes[1]);
	}
	close(peer);
	close(listener);
	is_int(tty_socket_connect(path, &e), -1, "nobody listens");
	ok(strstr(e.text, path), "and the path is named");
	unlink(path);
	rmdir(directory);
}

static void raw(void)
{
	struct termios saved, now;
	int pipes[2];
	if (pipe(pipes) < 0 || open_pty() < 0)
		return;
	is_int(tty_raw(pipes[0], &saved, &e), 1, "a pipe is no terminal");
	is_int(tty_raw(slave, &saved, &e), 0, "a terminal becomes raw");
	tcgetattr(slave, &now);
	ok(!(now.c_lflag & (ICANON | ECHO | ISIG)), "no lines, no echo, no signals");
	tty_restore(slave, &saved);
	tcgetattr(slave, &now);
	is_int(now.c_lflag, saved.c_lflag, "and comes back");
	is_int(tty_set_size(master, 10, 20, &e) | tty_copy_size(master, slave), 0, "sizes are copied");
	is_int(tty_copy_size(pipes[0], master), -1, "not from a pipe");
	close(master);
	close(slave);
}

int main(void)
{
	controlling();
	if (!tap_failures && open_pty() == 0) {
		close(master);
		close(slave);
		output();
		input();
		broken();
		drained();
		nonblocking();
		raw();
	}
	sockets();
	return done_testing();
}
