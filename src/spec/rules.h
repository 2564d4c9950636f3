/* SPDX-License-Identifier: ISC */
/* Rules that many members share: for `check` of a field (member is its address in the struct), and their parts. All return the number of complaints. */
#ifndef SPEC_RULES_H
#define SPEC_RULES_H

#include "spec/field.h"
#include "spec/report.h"

/* member: const char * */
int check_not_empty(const void *member, struct place *, struct report *);
int check_absolute(const void *member, struct place *, struct report *);
/* check_path: absolute on POSIX or on Windows */
int check_path(const void *member, struct place *, struct report *);
/* member: struct strings; NAME=VALUE each */
int check_env(const void *member, struct place *, struct report *);
/* member: struct strings; each begins with '/' */
int check_absolute_each(const void *member, struct place *, struct report *);
/* member: struct string_map; no key is empty */
int check_keys(const void *member, struct place *, struct report *);
/* field.range of what has 16 or 32 bits, is not negative, or is in bytes with -1 for none */
extern const struct range range_u16, range_u32, range_natural, range_bytes;

/* rule_limit: count is at most limit, whose name in base/limits.h is given. Use through RULE_LIMIT. */
int rule_limit(uint32_t count, uint32_t limit, const char *name, struct place *p, struct report *r);
#define RULE_LIMIT(count, LIMIT, p, r) rule_limit((count), (LIMIT), #LIMIT, (p), (r))
/* RULE: complains about `member` below p unless the condition holds. */
#define RULE(condition, p, r, level, member, ...) ((condition) ? 0 : rule_broken((p), (r), (level), (member), __VA_ARGS__))
int rule_broken(struct place *p, struct report *r, enum level level, const char *member, const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
