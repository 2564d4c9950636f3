/* SPDX-License-Identifier: ISC */
/* What a cgroup has used so far: the parts that are alike in both versions. cgroups(7); the kernel's cgroup-v1/memory, cgroup-v1/hugetlb, cgroup-v2 documents. */
#include "kernel/cgroup_stats.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/str.h"
#include "kernel/cgroup_parts.h"
#include "kernel/cgroup_stats_parts.h"
#include "kernel/mountinfo.h"

uint64_t stats_number(const char *text)
{
	uint64_t value;
	if (strcmp(text, "max") == 0)
		return UINT64_MAX;
	return str_u64(text, &value) < 0 ? 0 : value;
}

uint64_t stats_get(const char *directory, const char *file)
{
	char text[32];
	struct err unread;
	if (cgroup_get(directory, file, text, sizeof text, &unread) < 0)
		return 0;
	text[strcspn(text, "\n")] = 0;
	return stats_number(text);
}

struct lines { int (*each)(void *, char *); void *context; int result; };

static int one_line(void *context, char *line)
{
	struct lines *lines = context;
	return lines->result = lines->each(lines->context, line);
}

int stats_lines(const char *directory, const char *file, int (*each)(void *context, char *line), void *context)
{
	struct lines lines = { each, context, 0 };
	struct err unread;
	char path[LIMIT_PATH_BYTES];
	int fd = cgroup_open(directory, file, O_RDONLY, path);
	if (fd >= 0)
		lines_each(fd, one_line, &lines, &unread);
	io_close(fd);
	return lines.result;
}

char *stats_word(char **at)
{
	char *word = *at + strspn(*at, " \t");
	if (!*word)
		return 0;
	*at = word + strcspn(word, " \t");
	if (**at)
		*(*at)++ = 0;
	return word;
}

struct keyed { const struct stats_key *keys; unsigned count; struct cgroup_stats *s; };

static int take_keyed(void *context, char *line)
{
	const struct keyed *k = context;
	char *at = line, *name = stats_word(&at), *value = stats_word(&at);
	for (unsigned i = 0; value && i < k->count; i++)
		if (strcmp(name, k->keys[i].name) == 0)
			*(uint64_t *)((char *)k->s + k->keys[i].offset) = stats_number(value) * k->keys[i].factor;
	return 0;
}

void stats_keyed(const char *directory, const char *file, const struct stats_key *keys, unsigned count, struct cgroup_stats *s)
{
	stats_lines(directory, file, take_keyed, &(struct keyed){ keys, count, s });
}

struct memory { struct cgroup_stats *s; const char *cache; struct err *e; };

static int take_memory(void *context, char *line)
{
	struct memory *m = context;
	struct cgroup_stats *s = m->s;
	char *at = line, *name = stats_word(&at), *value = stats_word(&at);
	if (!value || strlen(name) >= sizeof s->memory_counter->name)
		return 0;
	if (s->memory_counters == LIMIT_MEMORY_COUNTERS)
		return ERR_LIMIT(m->e, "lines of memory.stat", LIMIT_MEMORY_COUNTERS);
	struct cgroup_memory_counter *one = &s->memory_counter[s->memory_counters++];
	strcpy(one->name, name);
	one->value = stats_number(value);
	if (strcmp(name, m->cache) == 0)
		s->cache = one->value;
	return 0;
}

int stats_memory(const char *directory, const char *cache, struct cgroup_stats *s, struct err *e)
{
	struct memory m = { s, cache, e };
	s->memory_counters = 0;
	return stats_lines(directory, "memory.stat", take_memory, &m);
}

int stats_io(struct cgroup_stats *s, enum cgroup_io kind, const char *device, const char *op, uint64_t value, struct err *e)
{
	char major[16];
	size_t length = strcspn(device, ":");
	if (s->io_counters == LIMIT_IO_COUNTERS)
		return ERR_LIMIT(e, "counters of block devices", LIMIT_IO_COUNTERS);
	if (device[length] != ':' || length >= sizeof major || strlen(op) >= sizeof s->io->op)
		return 0;
	memcpy(major, device, length);
	major[length] = 0;
	struct cgroup_io_counter *one = &s->io[s->io_counters++];
	*one = (struct cgroup_io_counter){ .kind = (uint8_t)kind, .value = value, .major = (uint32_t)stats_number(major), .minor = (uint32_t)stats_number(device + length + 1) };
	strcpy(one->op, op);
	return 0;
}

static void read_huge_pages(const char *directory, bool v2, struct cgroup_huge_pages *h)
{
	char file[64];
	uint64_t value = 0;
	const char *rsvd = ".rsvd";   /* reservations, where the kernel counts them (Linux 5.7) */
	snprintf(file, sizeof file, "hugetlb.%s%s%s", h->size, rsvd, v2 ? ".current" : ".usage_in_bytes");
	if (!cgroup_has_file(directory, file))
		rsvd = "";
	snprintf(file, sizeof file, "hugetlb.%s%s%s", h->size, rsvd, v2 ? ".current" : ".usage_in_bytes");
	h->usage = stats_get(directory, file);
	snprintf(file, sizeof file, "hugetlb.%s%s%s", h->size, v2 ? "" : rsvd, v2 ? ".events" : ".failcnt");
	h->failcnt = !v2 ? stats_get(directory, file) : cgroup_get_keyed(directory, file, "max", &value) < 0 ? 0 : value;
	snprintf(file, sizeof file, "hugetlb.%s%s.max_usage_in_bytes", h->size, rsvd);
	h->max = v2 ? 0 : stats_get(directory, file);
}

int stats_huge_pages(const char *directory, bool v2, struct cgroup_stats *s, struct err *e)
{
	struct dir d;
	struct dir_entry entry;
	const char *suffix = v2 ? ".current" : ".usage_in_bytes";
	int fd = openat(AT_FDCWD, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result = 0;
	s->huge_page_sizes = 0;
	if (fd < 0)
		return 0;
	dir_start(&d, fd);
	while (result == 0 && dir_next(&d, &entry) > 0) {
		if (!str_starts(entry.name, "hugetlb.") || !str_ends(entry.name, suffix) || strstr(entry.name, ".rsvd."))
			continue;
		size_t length = strlen(entry.name) - 8 - strlen(suffix);
		struct cgroup_huge_pages *h = &s->huge_pages[s->huge_page_sizes];
		if (length >= sizeof h->size)
			continue;
		if (s->huge_page_sizes == LIMIT_HUGE_PAGE_SIZES) {
			result = ERR_LIMIT(e, "sizes of huge pages", LIMIT_HUGE_PAGE_SIZES);
			break;
		}
		memcpy(h->size, entry.name + 8, length);
		h->size[length] = 0;
		read_huge_pages(directory, v2, h);
		s->huge_page_sizes++;
	}
	io_close(fd);
	return result;
}

int cgroup_stats_read(const struct cgroup *g, struct cgroup_stats *s, struct err *e)
{
	struct err unread;
	size_t processes = 0;
	memset(s, 0, offsetof(struct cgroup_stats, percpu));
	for (int version = 2; version >= 1; version--)
		for (unsigned i = 0; i < g->count; i++) {
			if (g->dirs[i].v2 != (version == 2))
				continue;
			const char *directory = cgroup_path(g, i);
			if ((version == 2 ? stats_v2(directory, s, e) : stats_v1(directory, g->dirs[i].controllers, s, e)) < 0)
				return -1;
		}
	/* a v1 container without a pids controller */
	if (!s->pids.current && cgroup_pids(g, 0, 0, &processes, &unread) == 0)
		s->pids.current = processes;
	return 0;
}
