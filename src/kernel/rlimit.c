/* SPDX-License-Identifier: ISC */
/* Resource limits. prlimit(2); the words of runtime-spec, config.md, rlimits. */
#include "kernel/rlimit.h"

#include <string.h>
#include <sys/resource.h>

static const struct { const char *word; int resource; } limits[] = {
	{ "RLIMIT_AS", RLIMIT_AS }, { "RLIMIT_CORE", RLIMIT_CORE }, { "RLIMIT_CPU", RLIMIT_CPU }, { "RLIMIT_DATA", RLIMIT_DATA },
	{ "RLIMIT_FSIZE", RLIMIT_FSIZE }, { "RLIMIT_LOCKS", RLIMIT_LOCKS }, { "RLIMIT_MEMLOCK", RLIMIT_MEMLOCK },
	{ "RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE }, { "RLIMIT_NICE", RLIMIT_NICE }, { "RLIMIT_NOFILE", RLIMIT_NOFILE },
	{ "RLIMIT_NPROC", RLIMIT_NPROC }, { "RLIMIT_RSS", RLIMIT_RSS }, { "RLIMIT_RTPRIO", RLIMIT_RTPRIO }, { "RLIMIT_RTTIME", RLIMIT_RTTIME },
	{ "RLIMIT_SIGPENDING", RLIMIT_SIGPENDING }, { "RLIMIT_STACK", RLIMIT_STACK },
};
#define LIMITS (sizeof limits / sizeof *limits)

int rlimit_find(const char *word)
{
	for (size_t i = 0; i < LIMITS; i++)
		if (strcmp(limits[i].word, word) == 0)
			return limits[i].resource;
	return -1;
}

const char *rlimit_word(size_t i)
{
	return i < LIMITS ? limits[i].word : 0;
}

static const char *word_of(int resource)
{
	for (size_t i = 0; i < LIMITS; i++)
		if (limits[i].resource == resource)
			return limits[i].word;
	return "RLIMIT_?";
}

int rlimit_set(pid_t pid, int resource, uint64_t soft, uint64_t hard, struct err *e)
{
	struct rlimit limit = { .rlim_cur = (rlim_t)soft, .rlim_max = (rlim_t)hard };
	if (prlimit(pid, (unsigned)resource, &limit, 0) == 0)
		return 0;
	return err_sys(e, "cannot set %s to %llu:%llu", word_of(resource), (unsigned long long)soft, (unsigned long long)hard);
}
