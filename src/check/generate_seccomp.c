/* SPDX-License-Identifier: ISC */
/* linux.seccomp by flags: "read,write" or "read:INDEX:VALUE:VALUE2:OP" for each action, in oci-runtime-tool's words or the specification's. */
#include "check/generate.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "spec/seccomp.h"

/* Its words beside the specification's, which are SCMP_ACT_, SCMP_ARCH_, SCMP_CMP_ and the same in capitals. */
static const char *const others[][2] = { { "AMD64", "X86_64" }, { "ARM64", "AARCH64" }, { "ME", "MASKED_EQ" } };

/* "errno" → "SCMP_ACT_ERRNO", checked against the field's words; 0: unknown. */
static const char *full(struct generate *g, const struct field *f, const char *prefix, const char *text)
{
	char word[64], rest[48];
	size_t i;
	text += str_starts(text, prefix) ? strlen(prefix) : 0;
	for (i = 0; text[i] && i < sizeof rest - 1; i++)
		rest[i] = text[i] == '-' ? '_' : text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 32) : text[i];
	rest[i] = '\0';
	for (unsigned o = 0; o < sizeof others / sizeof *others; o++)
		if (strcmp(rest, others[o][0]) == 0)
			strcpy(rest, others[o][1]);
	snprintf(word, sizeof word, "%s%s", prefix, rest);
	int found = str_word(word, f->words->words, f->words->count);
	if (found < 0)
		err_set(g->e, "unknown word \"%.60s\"", text);
	return found < 0 ? 0 : f->words->words[found];
}

static bool has_name(const struct seccomp_rule *r, const char *name)
{
	return r->names.count == 1 && strcmp(r->names.items[0], name) == 0;
}

/* Rules of one action (of all: 0), or of one system call, go. */
static void drop(struct seccomp_spec *s, const char *action, const char *name)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < s->syscalls.count; i++)
		if (name ? !has_name(&s->syscalls.items[i], name) : action && strcmp(s->syscalls.items[i].action, action) != 0)
			s->syscalls.items[kept++] = s->syscalls.items[i];
	s->syscalls.count = kept;
}

static int add(struct generate *g, struct seccomp_spec *s, const char *action, char *part)
{
	const struct object *of = 0;
	size_t name = strcspn(part, ":");
	bool plain = part[name] == '\0', drops;
	part[name] = '\0';
	if (plain && strcmp(s->defaultAction, action) == 0)
		return 0;
	for (uint32_t i = 0; plain && i < s->syscalls.count; i++)
		if (has_name(&s->syscalls.items[i], part) && !s->syscalls.items[i].args.count) {
			s->syscalls.items[i].action = action;
			return 0;
		}
	struct seccomp_rule *r = generate_grow(g, &s->syscalls, sizeof *r);
	const char **names = r ? generate_grow(g, &r->names, sizeof *names) : 0;
	if (!names)
		return -1;
	*names = part;
	r->action = action;
	if (plain)
		return 0;
	char *operator = strrchr(part + name + 1, ':');
	for (unsigned i = 0; i < seccomp_rule_object.count; i++)
		if (seccomp_rule_object.fields[i].kind == KIND_LIST)
			of = seccomp_rule_object.fields[i].of;
	struct seccomp_arg *a = generate_grow(g, &r->args, sizeof *a);
	if (!a || !operator)
		return a ? err_set(g->e, "expected NAME:INDEX:VALUE:VALUE2:OP") : -1;
	*operator++ = '\0';
	if (generate_form(g, of, a, "index:value:valueTwo", part + name + 1, &drops) < 0)
		return -1;
	a->op = full(g, &of->fields[3], "SCMP_CMP_", operator);
	return a->op ? 0 : -1;
}

static int each(struct generate *g, struct seccomp_spec *s, const char *what, const char *action, const char *value)
{
	struct slot arches;
	for (const char *at = value;; at++) {
		size_t length = strcspn(at, ",");
		char *part = arena_string(&g->document->arena, at, length, g->e);
		if (!part)
			return -1;
		if (!*part)
			return err_set(g->e, "a name is empty");
		if (action && add(g, s, action, part) < 0)
			return -1;
		if (strcmp(what, "remove") == 0)
			drop(s, 0, part);
		if (strcmp(what, "arch") == 0) {
			if (generate_find(g, "linux.seccomp.architectures", true, &arches) < 0)
				return -1;
			const char *word = full(g, arches.field, "SCMP_ARCH_", part), **to = 0;
			for (uint32_t i = 0; word && i < s->architectures.count; i++)
				if (strcmp(s->architectures.items[i], word) == 0)
					to = &s->architectures.items[i];
			if (!word || (!to && !(to = generate_grow(g, &s->architectures, sizeof *to))))
				return -1;
			*to = word;
		}
		at += length;
		if (!*at)
			return 0;
	}
}

int generate_seccomp(struct generate *g, const char *what, const char *value)
{
	struct slot slot;
	bool is_default = strcmp(what, "default") == 0 || strcmp(what, "force") == 0, other = strcmp(what, "arch") == 0 || strcmp(what, "remove") == 0;
	const char *action = 0;
	bool removes = str_starts(what, "remove");
	if (generate_find(g, "linux.seccomp.defaultAction", !removes, &slot) < 0)
		return removes ? 0 : -1;
	struct seccomp_spec *s = slot.holder;
	if (!s->defaultAction)
		s->defaultAction = full(g, slot.field, "SCMP_ACT_", "allow");
	if (strcmp(what, "remove-all") == 0)
		return drop(s, 0, 0), 0;
	if (!other && !(action = full(g, slot.field, "SCMP_ACT_", is_default ? value : what)))
		return err_at(g->e, "linux.seccomp");
	if (!is_default)
		return each(g, s, what, action, value) < 0 ? err_at(g->e, "linux.seccomp") : 0;
	s->defaultAction = action;
	if (strcmp(what, "default") == 0)
		drop(s, action, 0);
	return 0;
}
