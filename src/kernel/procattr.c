/* SPDX-License-Identifier: ISC */
/* Small attributes of the calling process. proc_pid_oom_score_adj(5), PR_SET_NO_NEW_PRIVS(2const), personality(2). */
#include "kernel/procattr.h"

#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>

#include "kernel/procfs.h"

int procattr_oom_score(pid_t pid, int score, struct err *e)
{
	char path[40] = "self/oom_score_adj", text[16];
	if (pid)
		snprintf(path, sizeof path, "%d/oom_score_adj", (int)pid);
	snprintf(text, sizeof text, "%d", score);
	return procfs_write(path, text, e);
}

int procattr_no_new_privs(struct err *e)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? err_sys(e, "cannot set no_new_privs") : 0;
}

int procattr_personality(const char *domain, size_t flag_count, struct err *e)
{
	unsigned long value = PER_LINUX;
	if (strcmp(domain, "LINUX32") == 0)
		value = PER_LINUX32;
	else if (strcmp(domain, "LINUX") != 0)
		return err_set(e, "domain: unknown \"%s\"", domain);
	if (flag_count)
		return err_set(e, "flags: the specification defines none");
	return personality(value) < 0 ? err_sys(e, "cannot set personality %s", domain) : 0;
}
