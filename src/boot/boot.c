/* SPDX-License-Identifier: ISC */
/* boot: the machine, the files, the services, the end. */
#include "boot/boot.h"

#include <errno.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "boot/machine.h"
#include "boot/supervise.h"

static LARGE struct boot_files files;

static void say_time(const char *what)
{
	struct timespec t;
	clock_gettime(CLOCK_BOOTTIME, &t);
	log_debug("boot: %s, at %lld ms", what, (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

static int run_services(const struct boot_options *o, bool first, int idle, enum supervise_end *end, int *status, struct err *e)
{
	if (mkdir(o->place.state, 0700) < 0 && errno != EEXIST)
		return err_sys(e, "boot: cannot make %s", o->place.state);
	if (supervise(&files, &o->place, idle == IDLE_STAY || (first && idle == IDLE_UNSET), end, e) < 0)
		return -1;
	*status = 0;
	for (uint32_t i = 0; i < files.count; i++)
		*status |= files.slots[i].service.enabled && files.slots[i].service.oneshot && files.slots[i].status && *end == ENDED_IDLE;
	return 0;
}

static int read_files(const struct boot_options *o, const struct machine_words *w, struct err *e)
{
	return files_read(&files, o->config ? o->config : w->config ? w->config : "/etc/runlet", w->only, e);
}

/* Nobody but the machine's own watchdog can help a first process that can't go on; whoever reads the console may still want to. */
static void stay(void)
{
	for (;;)
		pause();
}

int boot_run(const struct boot_options *o, int *status, struct err *e)
{
	struct machine_words w = { .idle = IDLE_UNSET };
	enum supervise_end end = ENDED_STOP;
	bool first = getpid() == 1;
	if (!first) {
		if (read_files(o, &w, e) < 0 || run_services(o, first, files.device.idle, &end, status, e) < 0)
			return -1;
		return 0;
	}
	machine_filesystems();
	reboot(RB_DISABLE_CAD);   /* Ctrl-Alt-Del is SIGINT from here on */
	if (machine_command_line(&w, e) < 0)
		log_err(e);
	if ((w.debug || o->debug) && log_open(0, false, LOG_DEBUG, e) < 0)
		log_err(e);
	say_time("the kernel's filesystems are mounted");
	bool good = read_files(o, &w, e) == 0;
	int idle = w.idle != IDLE_UNSET ? w.idle : files.device.idle;
	if (!good || machine_prepare(&files.device, e) < 0 || run_services(o, first, idle, &end, status, e) < 0) {
		log_err(e);
		if (idle == IDLE_STAY || idle == IDLE_UNSET)
			stay();
	}
	say_time("all services have ended");
	if (machine_end(end == ENDED_REBOOT || (end == ENDED_IDLE && idle == IDLE_REBOOT) || (end != ENDED_REBOOT && !good && idle == IDLE_REBOOT), e) < 0)
		log_err(e);
	stay();
	return -1;
}
