/* SPDX-License-Identifier: ISC */
/* All checks, each in a process of its own, so many at a time; on a tmpfs in a mount namespace of the program's own, which is gone when the program is. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "conform/conform.h"

#define JOBS_MAX 64
#define CALLS_MAX 12   /* of the runtime that one check makes one after the other, each with its time limit */

struct job { pid_t pid; size_t index; long started_ms, end_ms; };
static struct job jobs[JOBS_MAX];
static volatile sig_atomic_t interrupted;
static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };   /* PIPE: nobody reads on. All end the run, and leave nothing */

static void on_signal(int signal)
{
	interrupted = signal;
}

static int copy_self(const char *to, struct err *e)
{
	static char buffer[65536];
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	ssize_t length = -1;
	while (from >= 0 && fd >= 0 && (length = io_read(from, buffer, sizeof buffer)) > 0)
		if (io_write(fd, buffer, (size_t)length) < 0) {
			length = -1;
			break;
		}
	if (length < 0)
		err_sys(e, "cannot copy the program to %s", to);
	io_close(from);
	io_close(fd);
	return length < 0 ? -1 : chmod(to, 0755);
}

/* The place that was made for the tmpfs lies in the caller's namespaces: it alone must be removed again. */
static int make_place(struct run *r, struct err *e)
{
	if (mkdir(r->dir, 0711) < 0)
		return err_sys(e, "cannot make %s", r->dir);
	if (unshare(CLONE_NEWNS) < 0)
		return err_sys(e, "cannot make a mount namespace (CONFIG_NAMESPACES; root is needed)");
	if (mount(0, "/", 0, MS_REC | MS_SLAVE, 0) < 0 || mount("conform", r->dir, "tmpfs", 0, "mode=755") < 0)
		return err_sys(e, "cannot mount a tmpfs on %s (CONFIG_TMPFS)", r->dir);
	/* as where systemd is the first process: everything is shared */
	if (mount(0, r->dir, 0, MS_SHARED, 0) < 0)
		return err_sys(e, "cannot share %s", r->dir);
	snprintf(r->self, sizeof r->self, "%s/conform", r->dir);
	return copy_self(r->self, e);
}

static void remove_place(const struct run *r)
{
	umount2(r->dir, MNT_DETACH);
	rmdir(r->dir);
}

static void start_job(struct run *r, struct job *j, size_t index)
{
	j->index = index;
	j->started_ms = now_ms();
	j->end_ms = j->started_ms + (long)r->limit_ms * CALLS_MAX;
	j->pid = fork();
	if (j->pid == 0) {
		struct sigaction plain = { .sa_handler = SIG_DFL };
		for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
			sigaction(ending[i], &plain, 0);
		setpgid(0, 0);   /* a terminal's interrupt is the runner's to handle */
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		test_process(r, index);
	}
}

static void result_is(struct result *r, const char *text)
{
	r->outcome = FAILED;
	size_t room = sizeof r->text - r->used;
	int length = snprintf(r->text + r->used, room, "%s\n", text);
	if (length > 0 && (size_t)length < room)
		r->used += (size_t)length;
}

/* A check's process that was killed, or died, has not cleaned up: what it left is found by its names, and its orphans are this process's. */
static void clean_after(struct run *r, size_t index)
{
	static struct test t;
	memset(&t, 0, sizeof t);
	test_name(r, index, &t);
	test_cleanup(&t);
}

static void end_job(struct run *r, struct job *j, int status)
{
	struct result *result = &r->results[j->index];
	if (result->outcome == PENDING) {
		char text[96];
		snprintf(text, sizeof text, "the check itself died (wait status %x)", (unsigned)status);
		if (!interrupted)
			result_is(result, text);
		clean_after(r, j->index);
	}
	result->elapsed_ms = (unsigned long)(now_ms() - j->started_ms);
	j->pid = 0;
}

static void kill_job(struct run *r, struct job *j, const char *why)
{
	kill(j->pid, SIGKILL);
	while (waitpid(j->pid, 0, 0) < 0 && errno == EINTR)
		;
	if (r->results[j->index].outcome == PENDING && why)
		result_is(&r->results[j->index], why);
	j->pid = 0;
	clean_after(r, j->index);
}

static bool reap(struct run *r)
{
	int status;
	bool any = false;
	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0; )
		for (int i = 0; i < JOBS_MAX; i++)
			if (jobs[i].pid == pid) {
				end_job(r, &jobs[i], status);
				any = true;
			}
	for (int i = 0; i < JOBS_MAX; i++)
		if (jobs[i].pid && now_ms() >= jobs[i].end_ms) {
			kill_job(r, &jobs[i], "the check did not end within its time");
			any = true;
		}
	return any;
}

static void run_all(struct run *r)
{
	size_t next = 0, shown = 0;
	struct timespec pause = { .tv_nsec = 2000000 };
	while (shown < r->count && !interrupted) {
		for (int i = 0; i < r->jobs && next < r->count; i++)
			if (!jobs[i].pid)
				start_job(r, &jobs[i], next++);
		if (!reap(r))
			nanosleep(&pause, 0);
		while (shown < r->count && r->results[shown].outcome != PENDING && !interrupted)
			output_result(r, shown++);
	}
	for (int i = 0; i < JOBS_MAX; i++)
		if (jobs[i].pid)
			kill_job(r, &jobs[i], 0);
}

int runner_run(struct run *r, struct err *e)
{
	struct sigaction action = { .sa_handler = on_signal };
	const char *base = getenv("TMPDIR");
	r->pid = getpid();
	snprintf(r->dir, sizeof r->dir, "%s/runlet-conform-%d", base && *base == '/' && strlen(base) < 80 ? base : "/tmp", (int)r->pid);
	r->results = mmap(0, sizeof *r->results * (r->count + 1), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r->results == MAP_FAILED)
		return err_sys(e, "cannot map memory");
	for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
		sigaction(ending[i], &action, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	/* the parent has no mount of the tmpfs, and removes the directory below it once the child is gone, however that was */
	pid_t pid = fork();
	if (pid < 0)
		return err_sys(e, "cannot fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
		struct err *shared = (struct err *)(void *)r->results[r->count].text;
		if (make_place(r, shared) < 0)
			_exit(2);
		output_begin(r);
		run_all(r);
		remove_place(r);
		_exit(interrupted ? 3 : 0);
	}
	int status;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		if (interrupted)
			kill(pid, interrupted);
	rmdir(r->dir);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
		return err_set(e, "%s", ((struct err *)(void *)r->results[r->count].text)->text);
	return err_set(e, "interrupted");
}
