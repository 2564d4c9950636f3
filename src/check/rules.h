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
	struct place place;
};
/* rule_at: the place to complain of, by a format. */
const struct place *rule_at(struct check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define BREAK(c, level, section, text, ...) report_add((c)->report, (level), rule_at((c), __VA_ARGS__), (section), text)
#define BREAK_ABOUT(c, level, section, about, text, ...) report_add((c)->report, (level), rule_at((c), __VA_ARGS__), (section), text, about)

/* rules_bundle: root, mounts, process, annotations; on any platform. rules_linux: config.linux_. rules_host: whether this kernel has what is asked for. */
void rules_bundle(struct check *c);
void rules_linux(struct check *c);
void rules_host(struct check *c);
/* rule_below: whether path is `above` or lies below it, as they are written. */
bool rule_below(const char *path, const char *above);

#endif
