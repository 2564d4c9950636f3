/* SPDX-License-Identifier: ISC */
/* What cgroup files held before they were written, so that a failed update can put it back: the last one first, so that every state on the way was a valid one.
 * The kernel's cgroup-v2 document, "Format"; cgroup-v1 documents. */
#include "base/limits.h"
#include "kernel/cgroup_parts.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"

/* An entry: PATH, what was written, what was in it, each with its NUL. What no longer fits is not put back. */
#define JOURNAL_BYTES 65536
#define JOURNAL_FILES 256
static LARGE char text[JOURNAL_BYTES];
static uint32_t at[JOURNAL_FILES];
static unsigned count;
static size_t used;
static bool keeping;

void cgroup_journal(bool keep)
{
	keeping = keep;
	count = 0;
	used = 0;
}

bool cgroup_updating(void)
{
	return keeping;
}

void cgroup_journal_drop(void)
{
	used = at[--count];
}

bool cgroup_journal_note(const char *path, const char *written)
{
	struct err unused;
	size_t path_bytes = strlen(path) + 1, written_bytes = strlen(written) + 1;
	if (!keeping || count == JOURNAL_FILES || used + path_bytes + written_bytes + 2 > sizeof text)
		return false;
	char *to = text + used;
	memcpy(to, path, path_bytes);
	memcpy(to + path_bytes, written, written_bytes);
	to += path_bytes + written_bytes;
	ssize_t n = io_read_kernel_file(path, to, (size_t)(text + sizeof text - to), &unused);
	if (n < 0)
		return false;
	at[count++] = (uint32_t)used;
	used = (size_t)(to - text) + (size_t)n + 1;
	return true;
}

/* Files of one line for each device or interface: "8:0 …", "eth0 …". */
static bool is_keyed(const char *file, const char *written)
{
	size_t key = strcspn(written, " ");
	return memchr(written, ':', key) || strcmp(file, "rdma.max") == 0 || strcmp(file, "net_prio.ifpriomap") == 0;
}

/* How a line that was not there is taken out again. */
static const char *nothing(const char *file)
{
	if (strcmp(file, "io.max") == 0)
		return "rbps=max wbps=max riops=max wiops=max";
	if (strcmp(file, "rdma.max") == 0)
		return "hca_handle=max hca_object=max";
	return strncmp(file, "io.", 3) == 0 ? "default" : "0";
}

static void put_back(const char *path)
{
	char line[512];
	const char *file = strrchr(path, '/') + 1, *written = path + strlen(path) + 1, *old = written + strlen(written) + 1;
	size_t key = strcspn(written, " ") + 1;
	snprintf(line, sizeof line, "%.*s", (int)strcspn(old, "\n"), old);
	if (strcmp(file, "memory.oom_control") == 0 && strchr(line, ' '))
		memmove(line, strchr(line, ' ') + 1, strlen(strchr(line, ' ')));
	if (is_keyed(file, written)) {
		snprintf(line, sizeof line, "%.*s%s", (int)key, written, nothing(file));
		for (; *old; old += strcspn(old, "\n"), old += *old != 0)
			if (strncmp(old, written, key) == 0)
				snprintf(line, sizeof line, "%.*s", (int)strcspn(old, "\n"), old);
	}
	int fd = openat(AT_FDCWD, path, O_WRONLY | O_CLOEXEC);
	size_t length = strlen(line);
	line[length] = '\n';   /* an empty list of CPUs is an empty line */
	if (fd < 0 || io_write(fd, line, length + (length == 0)) < 0)
		log_warn("%s could not be set back to \"%.*s\"", path, (int)length, line);
	io_close(fd);
}

void cgroup_journal_undo(void)
{
	keeping = false;
	while (count)
		put_back(text + at[--count]);
}
