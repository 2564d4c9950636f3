/* SPDX-License-Identifier: ISC */
/* A session keyring of the container's own. session-keyring(7), KEYCTL_JOIN_SESSION_KEYRING(2const). */
#include "kernel/keyring.h"

#include <errno.h>
#include <stdint.h>
#include <linux/keyctl.h>

#include "base/sys.h"
#include "kernel/probe.h"

/* What the kernel gives a new session keyring, and search for its user, so that programs under another session find their keys: possessor all, user view, read,
 * search, link. keyctl_setperm(3) */
#define KEYRING_PERMISSIONS 0x3f1b0000ul

int keyring_join(const char *name, struct err *e)
{
	long id = sys_keyctl(KEYCTL_JOIN_SESSION_KEYRING, (unsigned long)(uintptr_t)name, 0, 0, 0);
	if (id < 0) {
		int number = errno;
		err_num(e, number, "cannot join a session keyring (%s)", probe_option(FACILITY_KEYS));
		return number == ENOSYS || number == EDQUOT ? 1 : -1;
	}
	/* A keyring of that name made by somebody else can't be changed by us: then it stays as it is */
	if (sys_keyctl(KEYCTL_SETPERM, (unsigned long)id, KEYRING_PERMISSIONS, 0, 0) < 0 && errno != EACCES)
		return err_sys(e, "cannot make the session keyring searchable");
	return 0;
}
