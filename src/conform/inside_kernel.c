/* SPDX-License-Identifier: ISC */
/* What a container's program finds of the kernel's doing: scheduling, sysctls, namespaces' contents (runtime-spec, config.md, config-linux.md). */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "conform/inside.h"

struct attributes { uint32_t size, policy; uint64_t flags; int32_t nice; uint32_t priority; uint64_t runtime, deadline, period; uint32_t clamp_min, clamp_max; };

void in_scheduler(struct inside *in)
{
	static const uint32_t policies[] = { 0, 1, 2, 3, 4, 5, 6 };   /* in the order of scheduler_policy_words */
	const struct scheduler_spec *s = in->config->process->scheduler;
	struct attributes a = { .size = 0 };
	if (syscall(SYS_sched_getattr, 0, &a, sizeof a, 0) < 0) {
		wrong(in, "sched_getattr fails: %s", strerror(errno));
		return;
	}
	expect(in, a.policy == policies[s->policy], "the policy is %u, not %s", (unsigned)a.policy, scheduler_policy_words.words[s->policy]);
	if (spec_has(&scheduler_object, s, "nice"))   /* else it may be what this program was begun with */
		expect(in, a.nice == s->nice, "nice is %d, not %d", (int)a.nice, (int)s->nice);
	expect(in, a.priority == (uint32_t)s->priority, "the priority is %u, not %d", (unsigned)a.priority, (int)s->priority);
	for (uint32_t i = 0; i < s->flags.count; i++)
		if (strcmp(s->flags.items[i], "SCHED_FLAG_RESET_ON_FORK") == 0)
			expect(in, a.flags & 1, "SCHED_FLAG_RESET_ON_FORK is not set");
}

void in_io_priority(struct inside *in)
{
	const struct io_priority *p = in->config->process->ioPriority;
	long found = syscall(SYS_ioprio_get, 1, 0);
	expect(in, found >> 13 == p->class_ + 1, "the class is %ld, not %d", found >> 13, (int)p->class_ + 1);
	expect(in, (found & 0x1fff) == p->priority, "the priority is %ld, not %d", found & 0x1fff, (int)p->priority);
}

void in_sysctl(struct inside *in)
{
	const struct linux_config *l = in->config->linux_;
	char path[256], text[256];
	struct err e;
	for (uint32_t i = 0; i < l->sysctl.count; i++) {
		snprintf(path, sizeof path, "/proc/sys/%s", l->sysctl.items[i].key);
		for (char *dot = path; (dot = strchr(dot, '.')); )
			*dot = '/';
		if (io_read_file(AT_FDCWD, path, text, sizeof text, &e) < 0) {
			wrong(in, "%s", e.text);
			continue;
		}
		text[strcspn(text, "\n")] = 0;
		expect(in, strcmp(text, l->sysctl.items[i].value) == 0, "%s is %s, not %s", l->sysctl.items[i].key, text, l->sysctl.items[i].value);
	}
}

static void map_file(struct inside *in, const char *file, const struct id_mapping *items, uint32_t count)
{
	char text[1024], *at = text;
	struct err e;
	if (io_read_file(AT_FDCWD, file, text, sizeof text, &e) < 0) {
		wrong(in, "%s", e.text);
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		unsigned long inner = strtoul(at, &at, 10), outer = strtoul(at, &at, 10), size = strtoul(at, &at, 10);
		expect(in, inner == items[i].containerID && outer == items[i].hostID && size == items[i].size, "%s has %lu %lu %lu, not %u %u %u", file, inner, outer, size,
		       (unsigned)items[i].containerID, (unsigned)items[i].hostID, (unsigned)items[i].size);
	}
	expect(in, at[strspn(at, " \n")] == 0, "%s has more mappings than were asked for", file);
}

void in_mappings(struct inside *in)
{
	const struct linux_config *l = in->config->linux_;
	map_file(in, "/proc/self/uid_map", l->uidMappings.items, l->uidMappings.count);
	map_file(in, "/proc/self/gid_map", l->gidMappings.items, l->gidMappings.count);
}

void in_time_offsets(struct inside *in)
{
	const struct linux_config *l = in->config->linux_;
	char text[256] = "";
	struct err e;
	if (io_read_file(AT_FDCWD, "/proc/self/timens_offsets", text, sizeof text, &e) < 0)
		wrong(in, "%s", e.text);
	for (uint32_t i = 0; i < l->timeOffsets.count; i++) {
		const struct time_offset *offset = l->timeOffsets.items[i].value;
		char *line = strstr(text, l->timeOffsets.items[i].key);
		long long seconds = line ? strtoll(line + strlen(l->timeOffsets.items[i].key), &line, 10) : 0;
		unsigned long nanoseconds = line ? strtoul(line, 0, 10) : 0;
		expect(in, line && seconds == offset->secs && nanoseconds == offset->nanosecs, "the offset of %s is %lld s %lu ns, not %lld s %lu ns",
		       l->timeOffsets.items[i].key, seconds, nanoseconds, (long long)offset->secs, (unsigned long)offset->nanosecs);
	}
}

void in_personality(struct inside *in)
{
	int found = personality(0xffffffff), wanted = strcmp(in->config->linux_->personality->domain, "LINUX32") == 0 ? PER_LINUX32 : PER_LINUX;
	expect(in, (found & PER_MASK) == wanted, "the personality is %#x, not %#x", (unsigned)found, (unsigned)wanted);
}

void in_memory_policy(struct inside *in)
{
	static const char *const modes[] = { "MPOL_DEFAULT", "MPOL_PREFERRED", "MPOL_BIND", "MPOL_INTERLEAVE", "MPOL_LOCAL", "MPOL_PREFERRED_MANY", "MPOL_WEIGHTED_INTERLEAVE" };
	const char *mode = in->config->linux_->memoryPolicy->mode;
	int found = -1;
	unsigned long nodes[16] = { 0 };
	if (syscall(SYS_get_mempolicy, &found, nodes, sizeof nodes * 8, (void *)0, 0ul) < 0) {
		wrong(in, "get_mempolicy fails: %s", strerror(errno));
		return;
	}
	found &= 0xff;
	expect(in, found == str_word(mode, modes, sizeof modes / sizeof *modes), "the mode is %d, not %s", found, mode);
	if (in->config->linux_->memoryPolicy->nodes)
		expect(in, nodes[0] == 1, "the nodes are %#lx, not 0x1", nodes[0]);
}

void in_loopback(struct inside *in)
{
	struct ifreq request = { .ifr_name = "lo" };
	struct sockaddr_in local = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	expect(in, fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &request) == 0, "there is no interface lo: %s", strerror(errno));
	expect(in, request.ifr_flags & IFF_UP, "the interface lo is down");
	expect(in, bind(fd, (struct sockaddr *)&local, sizeof local) == 0, "127.0.0.1 cannot be used: %s", strerror(errno));
	io_close(fd);
}
