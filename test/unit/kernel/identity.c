/* SPDX-License-Identifier: ISC */
/* kernel: capabilities, IDs and namespaces of a process, for real in children. */
#include <net/if.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <linux/capability.h>
#include "base/limits.h"
#include "kernel/caps.h"
#include "kernel/ids.h"
#include "kernel/keyring.h"
#include "kernel/net.h"
#include "kernel/ns.h"
#include "kernel/procattr.h"
#include "kernel/sysctl.h"
#include "kernel/uts.h"
#include "sandbox.h"

/* A line of /proc/self/status: "CapEff:\t00…" */
static unsigned long long status(const char *key)
{
	char line[256];
	unsigned long long value = ~0ull;
	FILE *f = fopen("/proc/self/status", "r");
	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, key, strlen(key)) == 0)
			value = strtoull(line + strlen(key) + 1, 0, 16);
	fclose(f);
	return value;
}

#define BIT(n) (1ull << (n))
#define FEW (BIT(CAP_KILL) | BIT(CAP_NET_BIND_SERVICE) | BIT(CAP_AUDIT_WRITE))

static int as_root(void)
{
	struct caps_sets sets = { FEW, FEW, 0, FEW, 0 };
	uint64_t refused;
	must(caps_have(CAP_SYS_ADMIN), "all before");
	must(caps_bounding(&sets, &e) == 0, "bounding");
	must(ids_set(0, 0, 0, 0, false, false, &e) == 0, "ids");
	must(caps_apply(&sets, &refused, &e) == 0 && refused == 0, "apply");
	must(status("CapEff:") == FEW && status("CapPrm:") == FEW && status("CapBnd:") == FEW && status("CapInh:") == 0, "the sets");
	must(status("CapAmb:") == 0 && !caps_have(CAP_SYS_ADMIN) && caps_have(CAP_KILL), "and no more");
	return 0;
}

static int as_user(void)
{
	struct caps_sets sets = { BIT(CAP_KILL), FEW, FEW, FEW, BIT(CAP_NET_BIND_SERVICE) };
	const gid_t groups[] = { 5, 70000 };
	gid_t got[4];
	uint64_t refused;
	must(caps_bounding(&sets, &e) == 0 && caps_keep(&e) == 0, "before");
	must(ids_set(12345, 54321, groups, 2, false, false, &e) == 0, "ids");
	must(getuid() == 12345 && geteuid() == 12345 && getgid() == 54321 && getegid() == 54321, "user");
	must(getgroups(4, got) == 2 && got[0] + got[1] == 70005, "groups");
	must(caps_apply(&sets, &refused, &e) == 0 && refused == 0, "apply: %llx", (unsigned long long)refused);
	must(status("CapEff:") == BIT(CAP_KILL) && status("CapPrm:") == FEW && status("CapInh:") == FEW && status("CapAmb:") == BIT(CAP_NET_BIND_SERVICE), "the sets");
	must(setuid(0) < 0, "no way back");
	return 0;
}

static int none_left(void)
{
	struct caps_sets sets = { 0, 0, 0, 0, 0 };
	uint64_t refused;
	must(caps_bounding(&sets, &e) == 0 && ids_set(1, 1, 0, 0, false, false, &e) == 0 && caps_apply(&sets, &refused, &e) == 0, "apply");
	must(status("CapEff:") == 0 && status("CapPrm:") == 0 && status("CapBnd:") == 0 && refused == 0, "nothing");
	return 0;
}

static int ungrantable(void)
{
	uint64_t all = (BIT(CAPS_COUNT) - 1), refused, less = all & ~BIT(CAP_SYS_MODULE);
	struct caps_sets lose = { less, all, 0, less, 0 }, sets = { all, all, all, all, all };
	must(caps_apply(&lose, &refused, &e) == 0, "lose one");
	must(caps_apply(&sets, &refused, &e) == 0, "ask for all");
	must(refused & BIT(CAP_SYS_MODULE) && !(refused & BIT(CAP_KILL)), "what was lost is refused: %llx", (unsigned long long)refused);
	must(!(status("CapEff:") & BIT(CAP_SYS_MODULE)) && status("CapEff:") & BIT(CAP_KILL), "the others are there");
	must(status("CapAmb:") & BIT(CAP_KILL), "ambient too");
	sets = (struct caps_sets){ FEW, all, 0, BIT(CAP_KILL), 0 };
	must(caps_apply(&sets, &refused, &e) == 0 && refused == (FEW & ~BIT(CAP_KILL)), "effective without permitted is refused");
	must(status("CapAmb:") == 0, "ambient ones go by themselves");
	return 0;
}

static int old_ambient(void)
{
	uint64_t all = status("CapPrm:") & ~BIT(CAP_SYS_RESOURCE), refused;
	struct caps_sets raise = { all, all, all, all, FEW }, sets = { all, all, all, all, BIT(CAP_KILL) };
	must(caps_apply(&raise, &refused, &e) == 0 && status("CapAmb:") == FEW, "raised");
	must(caps_apply(&sets, &refused, &e) == 0 && status("CapAmb:") == BIT(CAP_KILL), "and what is not asked for cleared: %llx", status("CapAmb:"));
	return 0;
}

static int user_namespace(void)
{
	int hold[2], ready[2], result;
	char byte;
	const struct idmap maps[] = { { 0, 5000, 1 }, { 1, 100000, 1000 } };
	must(pipe(hold) == 0 && pipe(ready) == 0, "pipes");
	pid_t pid = fork();
	if (pid == 0) {
		if (unshare(CLONE_NEWUSER) < 0)
			_exit(SANDBOX_SKIP);
		close(hold[1]);
		if (write(ready[1], "x", 1) != 1 || read(hold[0], &byte, 1) < 0)
			_exit(1);
		_exit(ids_set(0, 0, 0, 0, false, false, &e) < 0 || getuid() != 0 || ids_set(2000, 0, 0, 0, false, false, &e) == 0 || !strstr(e.text, "not mapped"));
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1) {
		waitpid(pid, 0, 0);
		return SANDBOX_SKIP;
	}
	int uids = ids_write_uid_map(pid, maps, 2, &e), gids = ids_write_gid_map(pid, maps, 2, false, &e);
	close(hold[1]);
	waitpid(pid, &result, 0);
	must(uids == 0 && gids == 0, "maps");
	must(WIFEXITED(result) && WEXITSTATUS(result) == 0, "the child");
	must(ids_write_uid_map(1, maps, LIMIT_ID_MAPPINGS + 1, &e) < 0, "too many lines");
	must(strstr(e.text, "LIMIT_ID_MAPPINGS"), "are named");
	return 0;
}

static int names(void)
{
	struct utsname u;
	must(uts_set("container", "domain", &e) == 0 && uname(&u) == 0, "set");
	must(strcmp(u.nodename, "container") == 0 && strcmp(u.domainname, "domain") == 0, "both");
	must(uts_set(0, 0, &e) == 0 && uname(&u) == 0 && strcmp(u.nodename, "container") == 0, "none changes none");
	must(uts_set("", 0, &e) == 0 && uname(&u) == 0 && !*u.nodename, "an empty name is a name");
	char longest[80];
	memset(longest, 'a', 70);
	longest[70] = 0;
	must(uts_set(longest, 0, &e) < 0, "too long a name");
	return 0;
}

static int loopback(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	must(ioctl(fd, SIOCGIFFLAGS, &request) == 0 && !(request.ifr_flags & IFF_UP), "down at first");
	must(net_loopback_up(&e) == 0, "up");
	must(ioctl(fd, SIOCGIFFLAGS, &request) == 0 && request.ifr_flags & IFF_UP && request.ifr_flags & IFF_LOOPBACK, "it is");
	must(sysctl_write("net.ipv4.ip_forward", "1", &e) == 0, "a parameter of the namespace's");
	must(sysctl_write("net/ipv4/conf/lo/forwarding", "0", &e) == 0, "with slashes");
	must(sysctl_write("net.ipv4.none", "0", &e) < 0 && strstr(e.text, "/proc/sys/net/ipv4/none"), "a missing one is named");
	return 0;
}

static int joining(void)
{
	struct utsname u;
	int uts = ns_find("uts"), before = ns_open("/proc/self/ns/uts", uts, &e);
	must(before >= 0 && unshare(CLONE_NEWUTS) == 0 && uts_set("other", 0, &e) == 0, "another one");
	must(ns_join(before, uts, &e) == 0 && uname(&u) == 0 && strcmp(u.nodename, "other") != 0, "and back");
	must(ns_join(before, ns_find("network"), &e) < 0, "not as another type");
	close(before);
	before = ns_open_pid(getppid(), ns_find("mount"), &e);
	must(before >= 0, "of a process");
	return 0;
}

static int time_offsets(void)
{
	const struct ns_time_offset offsets[] = { { true, 1000000, 0 }, { false, 5, 7 } };
	struct timespec before, after;
	int status;
	if (access("/proc/self/timens_offsets", F_OK) < 0 || unshare(0x80) < 0)
		return SANDBOX_SKIP;
	must(ns_write_time_offsets(offsets, 2, &e) == 0, "written");
	clock_gettime(CLOCK_BOOTTIME, &before);
	pid_t pid = fork();
	if (pid == 0) {
		clock_gettime(CLOCK_BOOTTIME, &after);
		_exit(after.tv_sec - before.tv_sec < 1000000);
	}
	must(waitpid(pid, &status, 0) == pid && status == 0, "the child's clock is ahead");
	return 0;
}

static int session_keyring(void)
{
	int result = keyring_join("runlet-test", &e);
	if (result == 1)
		return SANDBOX_SKIP;
	must(result == 0, "joined");
	char text[256] = "";
	must(syscall(SYS_keyctl, 6 /* describe */, -3 /* session */, text, sizeof text, 0) > 0, "described");
	must(strstr(text, ";3f1b0000;runlet-test"), "its name and permissions: %s", text);
	return 0;
}

static int privileges(void)
{
	must(procattr_no_new_privs(&e) == 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1, "no_new_privs");
	must(procattr_personality("LINUX32", 0, &e) == 0, "a personality");
	return 0;
}

int main(void)
{
	sandbox("capabilities of root", 0, as_root);
	sandbox("capabilities over a change of user", 0, as_user);
	sandbox("no capabilities", 0, none_left);
	sandbox("capabilities that can't be granted", 0, ungrantable);
	sandbox("ambient ones of before", 0, old_ambient);
	sandbox("ID maps", 0, user_namespace);
	sandbox("host and domain name", CLONE_NEWUTS, names);
	sandbox("lo", CLONE_NEWNET, loopback);
	sandbox("joining namespaces", 0, joining);
	sandbox("time offsets", 0, time_offsets);
	sandbox("a session keyring", 0, session_keyring);
	sandbox("no_new_privs, personality", 0, privileges);
	return done_testing();
}
