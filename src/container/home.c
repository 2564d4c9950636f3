/* SPDX-License-Identifier: ISC */
/* passwd(5): NAME:PASSWORD:UID:GID:GECOS:DIRECTORY:SHELL, one line a user; the first line of the UID counts. */
#include "container/home.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/str.h"

enum { FIELD_UID = 2, FIELD_HOME = 5 };
#define BUFFER_BYTES 1024

struct line { unsigned field; size_t length; char uid[12]; char home[256]; };   /* of the line that is being read; what is too long is cut, and then no match */

static void take(struct line *l, char c)
{
	if (c == ':') {
		l->field++;
		l->length = 0;
		return;
	}
	char *to = l->field == FIELD_UID ? l->uid : l->field == FIELD_HOME ? l->home : 0;
	size_t size = l->field == FIELD_UID ? sizeof l->uid : sizeof l->home;
	if (!to)
		return;
	if (l->length + 1 < size) {
		to[l->length++] = c;
		to[l->length] = 0;
	} else {
		*to = 0;
		l->length = size;
	}
}

static int matches(const struct line *l, uint32_t uid)
{
	uint64_t number;
	return *l->home == '/' && *l->uid && str_u64(l->uid, &number) == 0 && number == uid;
}

void home_find(uint32_t uid, char *text, size_t size)
{
	char buffer[BUFFER_BYTES];
	struct line l = { 0 };
	ssize_t got = 0;
	/* O_NONBLOCK: the file may be a pipe that nobody writes to */
	int fd = openat(AT_FDCWD, "/etc/passwd", O_RDONLY | O_NONBLOCK | O_CLOEXEC), found = 0;
	while (!found && fd >= 0 && (got = io_read(fd, buffer, sizeof buffer)) > 0)
		for (ssize_t i = 0; i < got && !found; i++) {
			if (buffer[i] != '\n') {
				take(&l, buffer[i]);
			} else if (!(found = matches(&l, uid))) {
				l = (struct line){ 0 };
			}
		}
	if (!found)
		found = matches(&l, uid);   /* a last line without its newline */
	io_close(fd);
	snprintf(text, size, "HOME=%s", found && strlen(l.home) + 6 <= size ? l.home : "/");
}
