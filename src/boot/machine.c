/* SPDX-License-Identifier: ISC */
/* What PID 1 does to the machine: mount(2), sethostname(2), clock_settime(2), reboot(2). */
#include "boot/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"
#include "kernel/mount.h"
#include "kernel/net.h"
#include "kernel/uts.h"

static const struct { const char *type, *path; unsigned long flags; const char *data; } filesystems[] = {
	{ "proc",     "/proc",     MS_NOSUID | MS_NODEV | MS_NOEXEC, 0 },
	{ "sysfs",    "/sys",      MS_NOSUID | MS_NODEV | MS_NOEXEC, 0 },
	{ "devtmpfs", "/dev",      MS_NOSUID, "mode=755" },
	{ "devpts",   "/dev/pts",  MS_NOSUID | MS_NOEXEC, "mode=620,ptmxmode=666" },
	{ "tmpfs",    "/run",      MS_NOSUID | MS_NODEV, "mode=755" },
};

static bool is_mounted(const char *path)
{
	struct stat here, above;
	char parent[64] = "";
	memcpy(parent, path, (size_t)(strrchr(path, '/') - path) + 1);
	return stat(path, &here) == 0 && stat(parent, &above) == 0 && here.st_dev != above.st_dev;
}

static int mount_missing(const char *type, const char *path, unsigned long flags, const char *data)
{
	if (is_mounted(path))
		return 0;
	mkdir(path, 0755);
	if (mount(type, path, type, flags, data) == 0)
		return 0;
	log_warn("boot: cannot mount %s on %s: %s", type, path, strerror(errno));
	return -1;
}

/* /proc/cgroups: "NAME HIERARCHY COUNT ENABLED" a line, behind a line of titles. */
static void mount_v1(void)
{
	char text[2048], path[64];
	struct err e;
	if (io_read_file(AT_FDCWD, "/proc/cgroups", text, sizeof text, &e) < 0) {
		log_warn("boot: no control groups: %s", e.text);
		return;
	}
	mount_missing("tmpfs", "/sys/fs/cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755");
	for (char *line = text, *next; line; line = next) {
		if ((next = strchr(line, '\n')))
			*next++ = 0;
		size_t name = strcspn(line, "\t"), length = strlen(line);
		if (*line == '#' || !length || line[length - 1] != '1' || line[name] != '\t')
			continue;
		line[name] = 0;
		if (str_format(path, sizeof path, &e, "/sys/fs/cgroup/%s", line) >= 0 && mount_missing("cgroup", path, MS_NOSUID | MS_NODEV | MS_NOEXEC, line) < 0)
			rmdir(path);
	}
}

static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY);
	for (int i = 0; fd >= 0 && i < 3; i++)
		if (fd != i)
			dup2(fd, i);
	if (fd > 2)
		close(fd);
}

void machine_filesystems(void)
{
	bool closed = fcntl(2, F_GETFD) < 0;
	umask(022);
	for (size_t i = 0; i < sizeof filesystems / sizeof *filesystems; i++) {
		mount_missing(filesystems[i].type, filesystems[i].path, filesystems[i].flags, filesystems[i].data);
		if (closed && fcntl(2, F_GETFD) < 0)
			open_console();
	}
	if (is_mounted("/sys/fs/cgroup"))
		return;
	if (mount("cgroup2", "/sys/fs/cgroup", "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0) < 0)
		mount_v1();
}

int machine_command_line(struct machine_words *w, struct err *e)
{
	static LARGE char text[4096];   /* COMMAND_LINE_SIZE of the largest CPUs */
	int idle;
	*w = (struct machine_words){ .idle = IDLE_UNSET };
	if (io_read_file(AT_FDCWD, "/proc/cmdline", text, sizeof text, e) < 0)
		return -1;
	for (char *word = text + strspn(text, " \n"), *next; *word; word = next) {
		next = word + strcspn(word, " \n");
		if (*next)
			*next++ = 0;
		next += strspn(next, " \n");
		if (str_starts(word, "runlet.config="))
			w->config = word + 14;
		else if (str_starts(word, "runlet.only="))
			w->only = word + 12;
		else if (str_starts(word, "runlet.idle=") && (idle = str_word(word + 12, boot_idle_words.words, boot_idle_words.count)) >= 0)
			w->idle = idle;
		else if (str_starts(word, "runlet.idle="))
			log_warn("boot: kernel command line: %s: expected stay, poweroff or reboot", word);
		else if (strcmp(word, "runlet.debug") == 0)
			w->debug = true;
	}
	return 0;
}

static int days_of(int64_t year, int64_t month)
{
	if (month == 2)
		return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static int64_t days_before(int64_t year, int64_t month)
{
	int64_t days = 0;
	for (int64_t y = 1970; y < year; y++)
		days += 337 + days_of(y, 2);
	for (int64_t m = 1; m < month; m++)
		days += days_of(year, m);
	return days;
}

/* "2026-01-02T03:04:05Z" to seconds since 1970. */
static int read_time(const char *text, int64_t *seconds)
{
	static const char form[] = "0000-00-00T00:00:00Z";
	static const uint8_t at[] = { 0, 5, 8, 11, 14, 17 };
	int64_t n[6];
	for (size_t i = 0; i < sizeof form; i++)
		if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return -1;
	for (int i = 0; i < 6; i++) {
		n[i] = (text[at[i]] - '0') * 10 + text[at[i] + 1] - '0';
		if (i == 0)
			n[i] = n[i] * 100 + (text[2] - '0') * 10 + text[3] - '0';
	}
	if (n[0] < 1970 || n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > days_of(n[0], n[1]) || n[3] > 23 || n[4] > 59 || n[5] > 60)
		return -1;
	*seconds = (((days_before(n[0], n[1]) + n[2] - 1) * 24 + n[3]) * 60 + n[4]) * 60 + n[5];
	return 0;
}

int machine_clock_floor(const char *text, int64_t *seconds, struct err *e)
{
	return read_time(text, seconds) < 0 ? err_set(e, "clockFloor: \"%.40s\" is not a time like 2026-01-02T03:04:05Z", text) : 0;
}

static int set_clock(const char *floor, struct err *e)
{
	int64_t seconds;
	struct timespec now = { 0 };
	if (!floor)
		return 0;
	if (machine_clock_floor(floor, &seconds, e) < 0)
		return -1;
	clock_gettime(CLOCK_REALTIME, &now);
	if (now.tv_sec >= seconds)
		return 0;
	now = (struct timespec){ .tv_sec = (time_t)seconds };
	return clock_settime(CLOCK_REALTIME, &now) < 0 ? err_sys(e, "clockFloor: cannot set the clock") : 0;
}

static int mount_one(int root_fd, const struct mount *m, struct err *e)
{
	static LARGE struct mount_options options;
	const char *type = m->type ? m->type : "";
	mount_options_clear(&options);
	for (uint32_t i = 0; i < m->options.count; i++)
		if (mount_option_add(&options, m->options.items[i], e) < 0)
			return err_at(e, "options[%u]", (unsigned)i);
	if (strcmp(type, "bind") == 0 || strcmp(type, "rbind") == 0)
		options.flags |= MS_BIND | (*type == 'r' ? MS_REC : 0);
	struct mount_request r = { .root_fd = root_fd, .destination = m->destination, .source = m->source, .source_fd = -1, .userns_fd = -1, .type = type, .options = &options };
	return mount_apply(&r, e);
}

int machine_prepare(const struct device *d, struct err *e)
{
	struct err unused;
	if ((d->hostname && uts_set(d->hostname, 0, e) < 0) || set_clock(d->clockFloor, e) < 0)
		return err_at(e, "device.json");
	net_loopback_up(&unused);   /* a kernel without a network is as good */
	int root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), result = 0;
	for (uint32_t i = 0; i < d->mounts.count && result == 0; i++)
		if ((result = mount_one(root_fd, &d->mounts.items[i], e)) < 0)
			err_at(e, "device.json: mounts[%u] \"%s\"", (unsigned)i, d->mounts.items[i].destination);
	io_close(root_fd);
	return result;
}

int machine_end(bool reboots, struct err *e)
{
	sync();
	reboot(reboots ? RB_AUTOBOOT : RB_POWER_OFF);
	return err_sys(e, "cannot %s", reboots ? "reboot" : "power off");
}
