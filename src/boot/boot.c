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
#include "base/out.h"
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

static const char *or(const char *text, const char *other)
{
	return text ? text : other;
}

int boot_plan(const struct boot_options *o, struct out *out, struct err *e)
{
	const struct device *d = &files.device;
	int64_t unused;
	if (read_files(o, &(struct machine_words){ 0 }, e) < 0 || (d->clockFloor && machine_clock_floor(d->clockFloor, &unused, e) < 0))
		return -1;
	if (d->hostname)
		out_printf(out, "hostname %s\n", d->hostname);
	if (d->clockFloor)
		out_printf(out, "clock not before %s\n", d->clockFloor);
	for (uint32_t i = 0; i < d->mounts.count; i++)
		out_printf(out, "mount %s on %s\n", or(d->mounts.items[i].source, or(d->mounts.items[i].type, "none")), d->mounts.items[i].destination);
	for (uint32_t i = 0; i < files.count; i++) {
		const struct service *s = &files.slots[i].service;
		out_printf(out, s->enabled ? "start %s: " : "leave %s: ", files.slots[i].name);
		if (s->image)
			out_printf(out, "image %s of %s\n", or(s->image->digest, or(s->image->ref, "(the only one)")), or(s->image->layout, or(d->storage ? d->storage->layout : 0, "?")));
		else
			out_printf(out, "bundle %s\n", s->bundle);
	}
	out_printf(out, "at the end %s\n", boot_idle_words.words[d->idle == IDLE_UNSET ? IDLE_STAY : d->idle]);
	return out_flush(out, e);
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
