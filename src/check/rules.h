/* SPDX-License-Identifier: ISC */
/* The rules of validate beyond those of the tables: what a runtime need not know before it tries. */
#ifndef CHECK_RULES_H
#define CHECK_RULES_H

#include "spec/config.h"
#include "spec/report.h"

struct check {
	const struct config *config;
	struct report *report;
	enum platform platform;
	uint32_t minor;                 /* of ociVersion 1.x */
	int bundle_fd, root_fd;         /* root_fd: of the root filesystem, set by rules_bundle; -1: there is none */
};
/* rule_broken_at: one complaint, level, section, place and reason in one text for the sake of bytes: "!Rroot.path\1is no volume GUID path". '!' MUST, '~' SHOULD, '.' MAY; the
 * section's letter in the table there; the place and, behind \1, the reason are a printf format, keys cut to 300 bytes. */
void rule_broken_at(struct check *c, const char *rule, ...) __attribute__((format(printf, 2, 3)));

/* rules_bundle: root, mounts, process, annotations; on any platform. rules_linux: config.linux_. rules_host: whether this kernel has what is asked for. */
void rules_bundle(struct check *c);
void rules_linux(struct check *c);
void rules_host(struct check *c);
/* rule_below: whether path is `above` or lies below it, as they are written. */
bool rule_below(const char *path, const char *above);
/* rule_open: an O_PATH descriptor of path below the root filesystem; -1: it is not there (errno); -2: nobody can say, as there is no root, or a mount hides it. rule_executable: whether it
 * is a file that somebody may execute. */
int rule_open(const struct check *c, const char *path, int flags);
bool rule_executable(int fd);

#endif
