/* SPDX-License-Identifier: ISC */
/* /proc/PID/mountinfo, read in a stream through a fixed buffer; proc_pid_mountinfo(5). */
#ifndef KERNEL_MOUNTINFO_H
#define KERNEL_MOUNTINFO_H

#include "base/err.h"

struct mountinfo {                 /* one line; strings are unescaped and valid during the call */
	unsigned id, parent_id;
	const char *root, *mount_point, *options, *type, *source, *super_options;
};
/* mountinfo_each: calls `each` for every line of the open file from where it stands. A return other than 0 ends it and is returned; -1 with e where reading fails. A line
 * longer than the buffer (two paths and 8 KB) or without the fields is skipped. */
int mountinfo_each(int fd, int (*each)(void *context, const struct mountinfo *), void *context, struct err *e);
/* mountinfo_self: the same for this process's own, read from its beginning. */
int mountinfo_self(int (*each)(void *context, const struct mountinfo *), void *context, struct err *e);

/* lines_each: the same for any text file: each line without its newline, which the callee may change. Lines that are longer than 16 KB are skipped. */
int lines_each(int fd, int (*each)(void *context, char *line), void *context, struct err *e);

#endif
