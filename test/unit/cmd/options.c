/* SPDX-License-Identifier: ISC */
/* cmd: option_parse. */
#include <string.h>

#include "cmd/cmd.h"
#include "tap.h"

static struct {
	bool detach, keep;
	const char *bundle;
	int64_t count;
	struct option_texts env;
} got;

static const struct option options[] = {
	{ "detach", 'd', OPTION_FLAG, &got.detach, 0, "x" },
	{ "keep", 'k', OPTION_FLAG, &got.keep, 0, "x" },
	{ "bundle", 'b', OPTION_TEXT, &got.bundle, "DIR", "x" },
	{ "count", 0, OPTION_NUMBER, &got.count, "N", "x" },
	{ "env", 'e', OPTION_TEXTS, &got.env, "K=V", "x" },
};

static char *argv[OPTION_TEXTS_MAX * 2 + 8];
static bool help;
static struct err e;

/* Parses words separated by single blanks. */
static int parse(const char *line, bool stop)
{
	static char text[4096];
	int argc = 0;
	memset(&got, 0, sizeof got);
	help = false;
	strcpy(text, line);
	for (char *word = strtok(text, " "); word; word = strtok(0, " "))
		argv[argc++] = word;
	argv[argc] = 0;
	return option_parse(options, COUNT(options), stop, argc, argv, &help, &e);
}

int main(void)
{
	is_int(parse("-dk --bundle /b x", false), 1, "letters may stand together");
	ok(got.detach && got.keep && strcmp(got.bundle, "/b") == 0 && strcmp(argv[0], "x") == 0 && !argv[1], "and values are stored");
	is_int(parse("x -b/b --count=-3 y", false), 2, "options may follow arguments");
	ok(strcmp(got.bundle, "/b") == 0 && got.count == -3 && strcmp(argv[1], "y") == 0, "-bVALUE and --name=VALUE");
	is_int(parse("-d x -k", true), 2, "but not where the first argument ends them");
	ok(got.detach && !got.keep && strcmp(argv[1], "-k") == 0, "what follows is the argument's");
	is_int(parse("-d -- -k", false), 1, "two dashes end options");
	is_str(argv[0], "-k", "and are taken away");
	is_int(parse("-e A=1,2 -e B=3 --env=C=4", false), 0, "a repeated option");
	ok(got.env.count == 3 && strcmp(got.env.items[0], "A=1,2") == 0 && strcmp(got.env.items[2], "C=4") == 0, "keeps its commas");
	is_int(parse("--detach=false --keep=true", false), 0, "flags with words");
	ok(!got.detach && got.keep, "are as they say");
	is_int(parse("--detach=0 --keep=T", false), 0, "flags with Go's words");
	ok(!got.detach && got.keep, "are as they say");
	is_int(parse("-bundle /b -count=4 -keep x", false), 1, "a name behind one dash");
	ok(got.bundle && strcmp(got.bundle, "/b") == 0 && got.count == 4 && got.keep && !got.detach, "is that name");
	is_int(parse("-bundl", false), 0, "what is no name is a letter");
	ok(got.bundle && strcmp(got.bundle, "undl") == 0, "and its value");
	is_int(parse("-", false), 1, "a dash alone is an argument");
	parse("--help", false);
	ok(help, "--help");
	is_int(parse("--nope=1", false), -1, "an unknown option");
	is_str(e.text, "unknown option --nope", "is named");
	is_int(parse("-dz", false), -1, "an unknown letter");
	is_str(e.text, "unknown option -z", "is named");
	is_int(parse("--bundle", false), -1, "a missing value");
	is_str(e.text, "--bundle: needs a value (DIR)", "is said");
	is_int(parse("--count 1x", false), -1, "a bad number");
	is_str(e.text, "--count 1x: expected a whole number", "is said");
	is_int(parse("--detach=yes", false), -1, "a bad flag");
	is_str(e.text, "--detach=yes: expected true or false", "is said");
	char many[4096] = "";
	for (int i = 0; i <= OPTION_TEXTS_MAX; i++)
		strcat(many, "-e x ");
	is_int(parse(many, false), -1, "too many values");
	is_str(e.text, "--env: more than 64 (OPTION_TEXTS_MAX in cmd/cmd.h)", "the limit is named");
	return done_testing();
}
