/* SPDX-License-Identifier: ISC */
/* A kernel's .config, in place of the kernel: which facilities of the probe table (kernel/probe.h) it will have. */
#ifndef CHECK_KCONFIG_H
#define CHECK_KCONFIG_H

#include <stddef.h>
#include <stdint.h>
#include "kernel/probe.h"

struct kconfig {
	unsigned version;         /* major << 16 | minor, from the file's first lines; 0: unknown */
	char release[32];         /* "6.12.57", "" */
	uint64_t built, module;   /* a bit each facility, of an option that is y, m */
	unsigned options;         /* lines that set one */
	size_t used;
	char line[192];           /* so far; of longer ones the beginning */
};
enum kernel_answer { ANSWER_PRESENT, ANSWER_MODULE, ANSWER_MISSING };

/* kconfig_feed: the file's next bytes; zero k first, and feed a newline last. */
void kconfig_feed(struct kconfig *k, const char *bytes, size_t length);
/* kconfig_answer: a facility that a Linux version alone brings is there from that version on. */
enum kernel_answer kconfig_answer(const struct kconfig *k, enum facility f);

#endif
