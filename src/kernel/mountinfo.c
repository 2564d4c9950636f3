/* SPDX-License-Identifier: ISC */
/* /proc/PID/mountinfo by lines. proc_pid_mountinfo(5): ID parent major:minor root mountpoint options [optional…] - type source super-options. */
#include "kernel/mountinfo.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <errno.h>
#include <fcntl.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/str.h"

static LARGE char buffer[16384];

int lines_each(int fd, int (*each)(void *context, char *line), void *context, struct err *e)
{
	size_t used = 0;
	bool skipping = false;
	for (;;) {
		ssize_t n = io_read_some(fd, buffer + used, sizeof buffer - used);
		if (n < 0)
			return err_sys(e, "cannot read");
		if (n == 0)
			break;
		used += (size_t)n;
		char *line = buffer, *end;
		while ((end = memchr(line, '\n', used - (size_t)(line - buffer)))) {
			*end = 0;
			int result = skipping ? 0 : each(context, line);
			if (result)
				return result;
			skipping = false;
			line = end + 1;
		}
		used -= (size_t)(line - buffer);
		memmove(buffer, line, used);
		if (used == sizeof buffer) {
			used = 0;
			skipping = true;
		}
	}
	if (!used || skipping)
		return 0;
	buffer[used] = 0;   /* used is below the buffer's size here */
	return each(context, buffer);
}

/* \040 and so on stand for space, tab, newline and backslash. */
static void unescape(char *s)
{
	char *to = strchr(s, '\\');
	if (!to)
		return;
	for (s = to; *s; to++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' && s[3] >= '0' && s[3] <= '7') {
			*to = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 4;
		} else {
			*to = *s++;
		}
	}
	*to = 0;
}

static char *field(char **at)
{
	char *start = *at;
	char *space = strchr(start, ' ');
	if (!space) {
		*at = start + strlen(start);
		return start;
	}
	*space = 0;
	*at = space + 1;
	return start;
}

struct call { int (*each)(void *, const struct mountinfo *); void *context; };

static int one_line(void *context, char *line)
{
	const struct call *call = context;
	struct mountinfo m;
	char *at = line, *word;
	uint64_t id, parent_id;
	if (str_u64(field(&at), &id) < 0 || str_u64(field(&at), &parent_id) < 0)
		return 0;
	m.id = (unsigned)id;
	m.parent_id = (unsigned)parent_id;
	field(&at);
	char *root = field(&at), *mount_point = field(&at);
	m.options = field(&at);
	do
		word = field(&at);
	while (*word && strcmp(word, "-") != 0);
	if (!*word)
		return 0;
	char *type = field(&at), *source = field(&at);
	m.super_options = field(&at);
	unescape(root);
	unescape(mount_point);
	unescape(source);
	m.root = root;
	m.mount_point = mount_point;
	m.type = type;
	m.source = source;
	return call->each(call->context, &m);
}

int mountinfo_each(int fd, int (*each)(void *context, const struct mountinfo *), void *context, struct err *e)
{
	struct call call = { each, context };
	return lines_each(fd, one_line, &call, e);
}

int mountinfo_self(int (*each)(void *context, const struct mountinfo *), void *context, struct err *e)
{
	int fd = openat(AT_FDCWD, "/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "cannot open /proc/self/mountinfo");
	int result = mountinfo_each(fd, each, context, e);
	io_close(fd);
	return result;
}
