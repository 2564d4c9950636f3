/* SPDX-License-Identifier: ISC */
/* Capabilities: names, and the five sets in the order in which the kernel lets them be set. capabilities(7), capset(2), PR_CAP_AMBIENT(2const). */
#include "kernel/caps.h"

#include <errno.h>
#include <linux/capability.h>
#include <strings.h>
#include <sys/prctl.h>

#include "base/sys.h"

static const char *const names[CAPS_COUNT] = {
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP",
	"CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER",
	"CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE",
	"CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP",
	"CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF",
	"CAP_CHECKPOINT_RESTORE",
};
#define PREFIX "CAP_"
#define CASE 0x20   /* what a letter's cases differ in */
#define BIT(number) ((uint64_t)1 << (number))

struct triple { uint64_t effective, permitted, inheritable; };

const char *caps_name(unsigned number)
{
	return number < CAPS_COUNT ? names[number] : 0;
}

int caps_find(const char *name)
{
	if (strncasecmp(name, PREFIX, sizeof PREFIX - 1) != 0)
		return -1;
	name += sizeof PREFIX - 1;
	for (int i = 0; i < CAPS_COUNT; i++) {
		const char *known = names[i] + sizeof PREFIX - 1;
		if (*known == (*name & ~CASE) && strcasecmp(known, name) == 0)
			return i;
	}
	return -1;
}

static int get(struct triple *t, struct err *e)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	if (sys_capget(&header, data) < 0)
		return err_sys(e, "cannot read capabilities");
	t->effective = (uint64_t)data[1].effective << 32 | data[0].effective;
	t->permitted = (uint64_t)data[1].permitted << 32 | data[0].permitted;
	t->inheritable = (uint64_t)data[1].inheritable << 32 | data[0].inheritable;
	return 0;
}

static int set(const struct triple *t)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	for (int i = 0; i < 2; i++) {
		data[i].effective = (uint32_t)(t->effective >> 32 * i);
		data[i].permitted = (uint32_t)(t->permitted >> 32 * i);
		data[i].inheritable = (uint32_t)(t->inheritable >> 32 * i);
	}
	return sys_capset(&header, data);
}

int caps_bounding(const struct caps_sets *sets, struct err *e)
{
	/* The kernel says EINVAL behind its last capability: that ends the loop, so that also those younger than the table are dropped */
	for (unsigned i = 0; i < 64; i++) {
		if (sets->bounding >> i & 1 && i < CAPS_COUNT)
			continue;
		if (prctl(PR_CAPBSET_DROP, i, 0, 0, 0) < 0) {
			if (errno == EINVAL)
				break;
			return err_sys(e, "cannot drop %s from the bounding set", i < CAPS_COUNT ? names[i] : "a capability");
		}
	}
	return 0;
}

int caps_keep(struct err *e)
{
	return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 ? err_sys(e, "cannot keep capabilities over the change of user") : 0;
}

/* Where all at once is refused, what we don't have ourselves is left out. */
static int set_possible(struct triple *want, struct err *e)
{
	struct triple have;
	if (set(want) == 0)
		return 0;
	if (errno != EPERM)
		return err_sys(e, "cannot set capabilities");
	if (get(&have, e) < 0)
		return -1;
	want->permitted &= have.permitted;
	want->effective &= want->permitted;
	/* with CAP_SETPCAP the bounding set's capabilities can be inheritable too; without, only permitted ones */
	struct triple wide = *want;
	want->inheritable &= have.permitted | have.inheritable;
	if (set(&wide) == 0) {
		*want = wide;
		return 0;
	}
	return set(want) < 0 ? err_sys(e, "cannot set capabilities") : 0;
}

/* The kernel lowers an ambient capability by itself when it stops being permitted or inheritable; what an outer program left raised beyond
 * that must be cleared, and is only there if some capability is in both. */
static int set_ambient(const struct triple *t, uint64_t ambient, uint64_t *refused, struct err *e)
{
	if (t->permitted & t->inheritable & ~ambient && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 && errno != EINVAL)
		return err_sys(e, "cannot clear the ambient capabilities");
	for (unsigned i = 0; i < CAPS_COUNT; i++)
		if (ambient >> i & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
			*refused |= BIT(i);
	return 0;
}

int caps_apply(const struct caps_sets *sets, uint64_t *refused, struct err *e)
{
	struct triple want = { .effective = sets->effective, .permitted = sets->permitted, .inheritable = sets->inheritable };
	*refused = 0;
	/* an effective capability that is not permitted is against capset's rule, and would refuse all */
	*refused |= want.effective & ~want.permitted;
	want.effective &= want.permitted;
	struct triple asked = want;
	if (set_possible(&want, e) < 0)
		return -1;
	*refused |= asked.permitted & ~want.permitted;
	*refused |= asked.effective & ~want.effective;
	*refused |= asked.inheritable & ~want.inheritable;
	return set_ambient(&want, sets->ambient, refused, e);
}

int caps_have(unsigned number)
{
	struct triple have;
	struct err e;
	return get(&have, &e) == 0 && (have.effective >> number & 1);
}
