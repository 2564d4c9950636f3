/* SPDX-License-Identifier: ISC */
/* Checks of terminals (runtime-spec, config.md, "Process"; the socket is runc's) and of exec, which no specification has but every engine calls. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "conform/agent.h"
#include "conform/conform.h"
#include "conform/inside.h"

#define PROCESS "config.md, Process"
#define EXEC "command line, exec"

/* --- inside ------------------------------------------------------------------------------------------------------------------------------- */
static void in_terminal(struct inside *in)
{
	const struct console_size *size = in->config->process->consoleSize;
	struct winsize window = { 0 };
	struct stat own, console;
	for (int fd = 0; fd < 3; fd++)
		expect(in, isatty(fd), "descriptor %d is no terminal", fd);
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	expect(in, fd >= 0, "there is no controlling terminal: %s", strerror(errno));
	io_close(fd);
	expect(in, getsid(0) == getpid(), "the program is not the leader of its session");
	if (stat("/dev/console", &console) < 0 || fstat(0, &own) < 0)
		wrong(in, "there is no /dev/console: %s", strerror(errno));
	else
		expect(in, console.st_rdev == own.st_rdev, "/dev/console is not the terminal");
	if (size && ioctl(0, TIOCGWINSZ, &window) == 0)
		expect(in, window.ws_row == size->height && window.ws_col == size->width, "the terminal has %u × %u characters, not %u × %u", window.ws_row, window.ws_col,
		       (unsigned)size->height, (unsigned)size->width);
}

static void in_no_terminal(struct inside *in)
{
	for (int fd = 0; fd < 3; fd++)
		expect(in, !isatty(fd), "descriptor %d is a terminal", fd);
	expect(in, access("/dev/console", F_OK) < 0 || open("/dev/tty", O_RDWR | O_CLOEXEC) < 0, "there is a terminal that was not asked for");
}

static volatile sig_atomic_t ended;
static void on_term(int signal) { ended = signal; }
static void wait_for_term(void)
{
	struct sigaction action = { .sa_handler = on_term };
	sigaction(SIGTERM, &action, 0);
	note("ready");
	for (int tries = 0; tries < 30000 && !ended; tries++)
		usleep(1000);
}

static bool executed(const struct inside *in)
{
	return in->argc > 1 && strcmp(in->argv[1], "exec") == 0;
}

static void in_exec(struct inside *in)
{
	if (!executed(in)) {
		wait_for_term();
		return;
	}
	char here[100];
	expect(in, getuid() == 1000 && getgid() == 1001, "is %u:%u, not 1000:1001", (unsigned)getuid(), (unsigned)getgid());
	expect(in, getcwd(here, sizeof here) && strcmp(here, "/tmp") == 0, "the working directory is %s, not /tmp", here);
	const char *value = getenv("KEY");
	expect(in, value && strcmp(value, "a value") == 0, "the environment has no KEY=a value");
	expect(in, access("/conform", F_OK) == 0 && getpid() != 1, "is not in the container, or its first process");
	in_descriptors(in);
}

static void in_affinity(struct inside *in)
{
	cpu_set_t set;
	if (!executed(in)) {
		wait_for_term();
		return;
	}
	CPU_ZERO(&set);
	sched_getaffinity(0, sizeof set, &set);
	expect(in, CPU_COUNT(&set) == 1 && CPU_ISSET(0, &set), "may run on %d CPUs, not on CPU 0 alone", CPU_COUNT(&set));
}

/* --- outside ------------------------------------------------------------------------------------------------------------------------------ */
/* The program's report comes through the terminal, with its carriage returns. */
static void read_terminal(struct test *t, int master)
{
	char text[4096], path[400];
	size_t used = 0, kept = 0;
	struct pollfd p = { .fd = master, .events = POLLIN };
	while (used + 1 < sizeof text && poll(&p, 1, (int)t->limit_ms) == 1) {
		ssize_t got = read(master, text + used, sizeof text - 1 - used);
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	for (size_t i = 0; i < used; i++)
		if (text[i] != '\r')
			text[kept++] = text[i];
	snprintf(path, sizeof path, "%s/report", t->dir);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	must(t, fd >= 0 && io_write(fd, text, kept) == 0, "cannot write %s", path);
	io_close(fd);
}

static void terminal(struct test *t)
{
	char path[400], name[256];
	unsigned fds;
	int socket = agent_listen(t, "console");
	config_own(t);
	snprintf(path, sizeof path, "%s/console", t->dir);
	char *words[] = { (char *)(uintptr_t)"create", (char *)(uintptr_t)"--console-socket", path, (char *)(uintptr_t)"--bundle", t->dir, t->id, 0 };
	must(t, call_in(t, words, "report", 0) == 0, "`create --console-socket` fails: %s", complaint(t));
	int master = agent_accept(t, socket, name, sizeof name, &fds);
	must(t, master >= 0 && isatty(master), "no terminal came over the console socket");
	life_adopt(t);
	life_start(t);
	read_terminal(t, master);
	life_wait(t);
	life_report(t);
	life_delete(t);
}

static void terminal_without_socket(struct test *t)
{
	config_own(t);
	life_create_fails(t, "a terminal without a console socket");
}

static bool is_ready(struct test *t) { return strstr(life_events(t), "ready\n") != 0; }

static void begin(struct test *t)
{
	config_own(t);
	life_create(t);
	life_start(t);
	must(t, until(t, is_ready), "the program did not start");
}

static int execute(struct test *t, const char *process)
{
	char text[2048], path[400];
	config_expand(t, process, text, sizeof text);
	snprintf(path, sizeof path, "%s/process.json", t->dir);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	must(t, fd >= 0 && io_write(fd, text, strlen(text)) == 0, "cannot write %s", path);
	io_close(fd);
	char *words[] = { (char *)(uintptr_t)"exec", (char *)(uintptr_t)"--process", path, t->id, 0 };
	return call_in(t, words, "report", 0);
}

static void end(struct test *t)
{
	kill(t->pid, SIGTERM);
	life_wait(t);
	life_delete(t);
}

static void exec_process(struct test *t)
{
	begin(t);
	int status = execute(t, "{'terminal':false,'cwd':'/tmp','user':{'uid':1000,'gid':1001},'env':['KEY=a value'],'args':['/conform','inside','@NAME@','exec']}");
	want(t, status == 0, "`exec` ends with %d: %s", status, complaint(t));
	life_report(t);
	end(t);
}

static void exec_status(struct test *t)
{
	begin(t);
	int status = execute(t, "{'terminal':false,'cwd':'/','user':{'uid':0,'gid':0},'args':['/conform','inside','no-such-check']}");
	want(t, status == 90, "`exec` ends with %d, not with the program's 90", status);
	status = execute(t, "{'terminal':false,'cwd':'/','user':{'uid':0,'gid':0},'args':['/nowhere']}");
	want(t, status != 0, "`exec` of a program that does not exist succeeds");
	end(t);
}

static bool is_stopped(struct test *t) { return strcmp(life_status(t), "stopped") == 0; }
static void exec_stopped(struct test *t)
{
	begin(t);
	kill(t->pid, SIGTERM);
	life_wait(t);
	must(t, until(t, is_stopped), "the status is not \"stopped\" after the program's end");
	int status = execute(t, "{'terminal':false,'cwd':'/','user':{'uid':0,'gid':0},'args':['/conform','inside','@NAME@','exec']}");
	want(t, status != 0, "`exec` in a stopped container succeeds");
	life_delete(t);
}

static void affinity(struct test *t)
{
	begin(t);
	int status = execute(t, "{'terminal':false,'cwd':'/','user':{'uid':0,'gid':0},'execCPUAffinity':{'initial':'0','final':'0'},'args':['/conform','inside','@NAME@','exec']}");
	want(t, status == 0, "`exec` ends with %d: %s", status, complaint(t));
	life_report(t);
	end(t);
}

static const char *one_cpu(struct test *t)
{
	cpu_set_t set;
	(void)t;
	CPU_ZERO(&set);
	sched_getaffinity(0, sizeof set, &set);
	return CPU_COUNT(&set) > 1 && CPU_ISSET(0, &set) ? 0 : "one CPU alone";
}

static const struct check checks[] = {
	{ .name = "process.terminal", .section = PROCESS, .needs = { FACILITY_DEVPTS }, .inside = in_terminal, .outside = terminal, .config = "{'process':{'terminal':true}}" },
	{ .name = "process.consoleSize", .section = PROCESS, .needs = { FACILITY_DEVPTS }, .inside = in_terminal, .outside = terminal,
	  .config = "{'process':{'terminal':true,'consoleSize':{'height':33,'width':111}}}" },
	{ .name = "process.consoleSize.ignored", .section = PROCESS, .inside = in_no_terminal, .config = "{'process':{'terminal':false,'consoleSize':{'height':33,'width':111}}}" },
	{ .name = "process.terminal.no-socket", .section = "command line, create", .outside = terminal_without_socket, .config = "{'process':{'terminal':true}}" },
	{ .name = "exec", .section = EXEC, .inside = in_exec, .outside = exec_process },
	{ .name = "exec.status", .section = EXEC, .inside = in_exec, .outside = exec_status },
	{ .name = "exec.stopped", .section = EXEC, .inside = in_exec, .outside = exec_stopped },
	{ .name = "process.execCPUAffinity", .since = SPEC_1_2, .section = "config.md, Linux Process", .unable = one_cpu, .inside = in_affinity, .outside = affinity },
};
const struct chapter chapter_console = { checks, sizeof checks / sizeof *checks };
