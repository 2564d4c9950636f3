/* SPDX-License-Identifier: ISC */
/* Command lines, read by option tables: --name VALUE, --name=VALUE, -xVALUE, -abc for flags, "--"; and -name and --x where there is such a name, as Go programs take them. */
#include "cmd/cmd.h"

#include <string.h>

#include "base/str.h"

struct reading {
	const struct option *options;
	size_t count;
	int argc, next;           /* argv[next] is read next */
	char **argv;
	struct err *e;
};

static const struct option *by_letter(const struct reading *r, char letter)
{
	for (size_t i = 0; i < r->count; i++)
		if (letter && r->options[i].letter == letter)
			return &r->options[i];
	return 0;
}

static const struct option *by_name(const struct reading *r, const char *name, size_t length)
{
	if (length == 1)
		return by_letter(r, *name);
	for (size_t i = 0; i < r->count; i++) {
		const struct option *o = &r->options[i];
		const struct option_more *more = o->kind == OPTION_MORE ? o->value : 0;
		for (o = more ? more->next(true) : o; o; o = more ? more->next(false) : 0)
			if (strlen(o->name) == length && memcmp(o->name, name, length) == 0)
				return o;
	}
	return 0;
}

static int store_text(struct option_texts *texts, const char *name, const char *value, struct err *e)
{
	if (texts->count == OPTION_TEXTS_MAX)
		return err_set(e, "--%s: more than %d (OPTION_TEXTS_MAX in cmd/cmd.h)", name, OPTION_TEXTS_MAX);
	texts->items[texts->count++] = value;
	return 0;
}

int option_truth(const char *value)
{
	static const char *const words[] = { "false", "0", "f", "F", "FALSE", "False", "true", "1", "t", "T", "TRUE", "True" };
	int found = value ? str_word(value, words, COUNT(words)) : 6;
	return found < 0 ? -1 : found / 6;
}

static int store(const struct option *o, const char *value, struct err *e)
{
	int truth;
	switch (o->kind) {
	case OPTION_FLAG:
		if ((truth = option_truth(value)) < 0)
			return err_set(e, "--%s=%s: expected true or false", o->name, value);
		*(bool *)o->value = truth;
		return 0;
	case OPTION_TEXT:
		if (!*value)
			return 0;
		/* fall through */
	case OPTION_WHOLE_TEXT:
		*(const char **)o->value = value;
		return 0;
	case OPTION_NUMBER:
		if (str_i64(value, o->value) < 0)
			return err_set(e, "--%s %s: expected a whole number", o->name, value);
		return 0;
	case OPTION_TEXTS:
		return store_text(o->value, o->name, value, e);
	case OPTION_EACH: case OPTION_EACH_FLAG:
		return ((const struct option_more *)o->value)->take(value, e);
	case OPTION_MORE:
		break;
	}
	return -1;
}

static int value_of(struct reading *r, const struct option *o, const char *inline_value)
{
	if (o->kind != OPTION_FLAG && o->kind != OPTION_EACH_FLAG && !inline_value) {
		if (r->next == r->argc)
			return err_set(r->e, "--%s: needs a value (%s)", o->name, o->argument);
		inline_value = r->argv[r->next++];
	}
	return store(o, inline_value, r->e);
}

static int read_long(struct reading *r, const char *word, bool *help)
{
	size_t length = strcspn(word, "=");
	const struct option *o = by_name(r, word, length);
	if (!o && strcmp(word, "help") == 0) {
		*help = true;
		return 0;
	}
	if (!o)
		return err_set(r->e, "unknown option --%.*s", (int)length, word);
	return value_of(r, o, word[length] ? word + length + 1 : 0);
}

static int read_short(struct reading *r, const char *letters, bool *help)
{
	for (; *letters; letters++) {
		const struct option *o = by_letter(r, *letters);
		if (!o && *letters == 'h') {
			*help = true;
			continue;
		}
		if (!o)
			return err_set(r->e, "unknown option -%c", *letters);
		if (o->kind == OPTION_FLAG && letters[1] != '=') {
			*(bool *)o->value = true;
			continue;
		}
		const char *rest = letters[1] == '=' ? letters + 2 : letters[1] ? letters + 1 : 0;
		return value_of(r, o, rest);
	}
	return 0;
}

int option_parse(const struct option *options, size_t count, bool stop_at_positional, int argc, char **argv, bool *help, struct err *e)
{
	struct reading r = { .options = options, .count = count, .argc = argc, .argv = argv, .e = e };
	int positional = 0;
	while (r.next < argc) {
		char *word = argv[r.next++];
		if (word[0] != '-' || !word[1]) {
			argv[positional++] = word;
			if (stop_at_positional)
				break;
			continue;
		}
		if (strcmp(word, "--") == 0)
			break;
		bool two = word[1] == '-', is_long = two || by_name(&r, word + 1, strcspn(word + 1, "="));
		if ((is_long ? read_long(&r, word + 1 + two, help) : read_short(&r, word + 1, help)) < 0)
			return -1;
	}
	while (r.next < argc)
		argv[positional++] = argv[r.next++];
	argv[positional] = 0;
	return positional;
}
