/* SPDX-License-Identifier: ISC */
/* The log that engines read. */
#include "base/log.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/out.h"
#include "base/str.h"
#include "base/when.h"

static struct {
	int fd;
	bool json;
	enum log_level level;
	const char *subject;
} to = { .fd = -1, .level = LOG_WARNING };

static const char *const names[] = { "error", "warning", "info", "debug" };

int log_open(const char *path, bool json, enum log_level level, struct err *e)
{
	to.json = json;
	to.level = level;
	if (!path)
		return 0;
	to.fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0644);
	return to.fd < 0 ? err_sys(e, "cannot open the log %s", path) : 0;
}

void log_subject(const char *subject)
{
	to.subject = subject;
}

bool log_debugging(void)
{
	return to.level >= LOG_DEBUG;
}

/* One line is one write, so that lines of several processes do not mix; a name with a newline in it must not make two. */
static void write_line(int fd, const char *text)
{
	char line[ERR_TEXT_MAX + 1100];
	struct out o;
	out_init(&o, -1, line, sizeof line);
	out_text(&o, "runlet: ");
	if (to.subject) {
		out_text(&o, to.subject);
		out_text(&o, ": ");
	}
	out_text(&o, text);
	str_plain(line, o.used);
	out_text(&o, "\n");
	if (!o.failed)
		(void)!io_write(fd, line, o.used);
}

/* Where strerror's sentence begins, at the end: engines look for Go's words of it, which begin small ("no such file or directory": exit code 127). */
static const char *reason(const char *text)
{
	const char *last = 0;
	for (const char *colon = strstr(text, ": "); colon; colon = strstr(last, ": "))
		last = colon + 2;
	return last && isupper((unsigned char)last[0]) && islower((unsigned char)last[1]) ? last : 0;
}

static void escaped(struct out *o, const char *text, const char *small)
{
	for (; *text; text++) {
		if (text == small)
			out_printf(o, "%c", tolower((unsigned char)*text));
		else if (*text == '"' || *text == '\\')
			out_printf(o, "\\%c", *text);
		else if ((unsigned char)*text < 0x20)
			out_printf(o, "\\u%04x", (unsigned)*text);
		else
			out_bytes(o, text, 1);
	}
}

/* A record for programs: JSON, or the text that runc writes. */
static void write_record(int fd, bool json, enum log_level level, const char *text)
{
	char line[2 * ERR_TEXT_MAX + 2300], when[WHEN_BYTES];
	struct out o;
	when_now(when, 6);
	out_init(&o, -1, line, sizeof line);
	if (json)
		out_printf(&o, "{\"level\":\"%s\",\"msg\":\"", names[level]);
	else
		out_printf(&o, "time=\"%s\" level=%s msg=\"", when, names[level]);
	if (to.subject && json) {
		escaped(&o, to.subject, 0);
		out_text(&o, ": ");
	}
	escaped(&o, text, reason(text));
	if (json)
		out_printf(&o, "\",\"time\":\"%s\"}\n", when);
	else if (to.subject) {
		out_text(&o, "\" subject=\"");
		escaped(&o, to.subject, 0);
	}
	if (!json)
		out_text(&o, "\"\n");
	if (!o.failed)
		(void)!io_write(fd, line, o.used);
}

static void put(enum log_level level, const char *text)
{
	if (level <= LOG_WARNING)
		write_line(2, text);
	else if (to.fd < 0 && level <= to.level)
		write_record(2, to.json, level, text);
	if (to.fd >= 0 && level <= (to.level > LOG_WARNING ? to.level : LOG_WARNING))
		write_record(to.fd, to.json, level, text);
}

void log_at(enum log_level level, const char *format, ...)
{
	if (level > LOG_WARNING && level > to.level)
		return;
	char text[ERR_TEXT_MAX];
	va_list args;
	va_start(args, format);
	if (vsnprintf(text, sizeof text, format, args) < 0)
		text[0] = 0;
	va_end(args);
	put(level, text);
}

void log_err(const struct err *e)
{
	put(LOG_ERROR, e->text);
}
