/* SPDX-License-Identifier: ISC */
/* base/regex: what matches, what is refused, and that no expression takes long. */
#include <string.h>

#include "base/regex.h"
#include "tap.h"

static struct regex r;
static struct err e;

static const struct { const char *expression, *text; bool matches; } cases[] = {
	{ "web", "web", true }, { "web", "my-web-1", true }, { "web", "we", false }, { "web", "wweb", true }, { "web", "wewe", false },
	{ "^web", "web-1", true }, { "^web", "my-web", false }, { "web$", "my-web", true }, { "web$", "web-1", false }, { "^web$", "web", true },
	{ "^web$", "web1", false }, { "^web$", "1web", false }, { "^$", "", true }, { "^$", "a", false }, { "^", "a", true }, { "$", "a", true },
	{ ".", "", false }, { ".", "x", true }, { "^.$", "xy", false }, { "a.c", "abc", true }, { "a.c", "ac", false }, { "a\\.c", "abc", false }, { "a\\.c", "a.c", true },
	{ "^a*$", "", true }, { "^a*$", "aaa", true }, { "^a*$", "aab", false }, { "^a+$", "", false }, { "^a+$", "aa", true }, { "^ab?c$", "ac", true },
	{ "^ab?c$", "abc", true }, { "^ab?c$", "abbc", false }, { "a*", "b", true }, { "^test-.*", "test-1", true }, { "^test-.*", "a-test-1", false },
	{ "^(a|b)$", "a", true }, { "^(a|b)$", "b", true }, { "^(a|b)$", "c", false }, { "^a|b$", "ac", true }, { "^a|b$", "cb", true }, { "^a|b$", "cac", false },
	{ "^(ab)+$", "abab", true }, { "^(ab)+$", "aba", false }, { "^(a|bc)*d$", "abcad", true }, { "^(a|bc)*d$", "abad", false }, { "^(a|)b$", "b", true },
	{ "^()b$", "b", true }, { "(^|-)web($|-)", "web", true }, { "(^|-)web($|-)", "a-web-b", true }, { "(^|-)web($|-)", "aweb", false },
	{ "^[abc]$", "b", true }, { "^[abc]$", "d", false }, { "^[a-c0-9]+$", "b7", true }, { "^[a-c0-9]+$", "bz", false }, { "^[^a]$", "b", true }, { "^[^a]$", "a", false },
	{ "[^a]", "", false }, { "[^a]", "a", false }, { "^[]x]$", "]", true }, { "^[^]x]$", "]", false }, { "^[a-]$", "-", true }, { "^[-a]$", "-", true },
	{ "^[.]$", "a", false }, { "^[*+?]$", "+", true }, { "a^b", "ab", false }, { "a$b", "ab", false }, { "^(a*)*$", "aa", true }, { "^(a*)*b$", "aac", false },
	{ "^((a+)+)+$", "aaab", false }, { "^a**$", "aa", true }, { "^a?+$", "aa", true }, { "^\xff$", "\xff", true }, { "^[\x80-\xff]$", "\x90", true },
	{ "^[^a]$", "\xff", true }, { "^(web|db)-[0-9]+$", "web-12", true }, { "^(web|db)-[0-9]+$", "web-", false }, { "^(((((a)))))$", "a", true },
	{ "^-$", "-", true }, { "}", "}", true }, { "]", "]", true },
	{ "^a{2}$", "aa", true }, { "^a{2}$", "a", false }, { "^a{2}$", "aaa", false }, { "^a{2,}$", "a", false }, { "^a{2,}$", "aaaaa", true }, { "^a{2,3}$", "aa", true },
	{ "^a{2,3}$", "aaa", true }, { "^a{2,3}$", "aaaa", false }, { "^a{0}b$", "b", true }, { "^a{0}b$", "ab", false }, { "^a{0,}b$", "aaab", true }, { "^a{0,1}b$", "b", true },
	{ "^a{0,1}b$", "aab", false }, { "^(ab|c){2}d$", "abcd", true }, { "^(ab|c){2}d$", "abd", false }, { "^([a-c]{2}-){2}$", "ab-ca-", true }, { "^([a-c]{2}-){2}$", "ab-c-", false },
	{ "^a{2}{3}$", "aaaaaa", true }, { "^a{2}{3}$", "aaaaa", false }, { "^(a*){3}$", "", true }, { "^(a?){3}b$", "aab", true }, { "^\\.{3}$", "...", true }, { "^a{2}*$", "aaaa", true },
	{ "^a{2}*$", "aaa", false }, { "^a{1}$", "a", true }, { "^(){9}{9}{9}{9}{9}{9}{9}{9}a$", "a", true }, { "^xa{2}y$", "xaay", true }, { "^(a{1,2}b){2}$", "aabab", true },
	{ "^[[:digit:]]+$", "0189", true }, { "^[[:digit:]]+$", "a", false }, { "^[[:alpha:]_][[:alnum:]_]*$", "_a9Z", true }, { "^[^[:space:]]$", " ", false }, { "^[[:space:]]$", "\v", true },
	{ "^[[:upper:][:digit:]]+$", "A1", true }, { "^[[:upper:]]$", "a", false }, { "^[[:lower:]]$", "q", true }, { "^[[:punct:]]{4}$", "!/[~", true }, { "^[[:punct:]]$", "a", false },
	{ "^[[:xdigit:]]{8}$", "09afAF00", true }, { "^[[:xdigit:]]$", "g", false }, { "^[[:blank:]]$", "\t", true }, { "^[[:cntrl:]]$", "\x7f", true }, { "^[[:print:]]$", " ", true },
	{ "^[[:graph:]]$", " ", false }, { "^[]:[:digit:]-]+$", "]:7-", true },
};

static const struct { const char *expression, *why; } refused[] = {
	{ "", "empty" }, { "*", "nothing to repeat" }, { "a|*", "nothing to repeat" }, { "(+a)", "nothing to repeat" }, { "(a", "unmatched (" }, { "a)", "unmatched )" },
	{ "[a", "unmatched [" }, { "[]", "unmatched [" }, { "[^]", "unmatched [" }, { "[z-a]", "backward" }, { "a{", "no {m}" }, { "a{}", "no {m}" }, { "a{,2}", "no {m}" }, { "a{3,2}", "no {m}" },
	{ "a{256}", "no {m}" }, { "a{1", "no {m}" }, { "a{x}", "no {m}" }, { "{2}", "nothing to repeat" }, { "(a{200}){2}", "LIMIT_REGEX_POSITIONS" }, { "a{2}{2}{2}{2}{2}{2}{2}{2}{2}", "LIMIT_REGEX_POSITIONS" },
	{ "[[:digits:]]", "unknown class" }, { "[[:digit", "unknown class" }, { "[[.a.]]", "unknown class" }, { "[[:digit:]", "unmatched [" },
	{ "a\\", "ends with" }, { "\\d", "letter or digit" },
};

/* Backtracking matchers need 2^n steps for these; the count of steps here is text × positions. */
static void pathological(void)
{
	char expression[4096] = "^", text[256];
	for (int i = 0; i < 100; i++)
		strcat(expression, "a?");
	for (int i = 0; i < 100; i++)
		strcat(expression, "a");
	memset(text, 'a', sizeof text);
	text[100] = 0;
	is_int(regex_compile(&r, expression, &e), 0, "(a?){100}a{100} is read");
	ok(regex_match(&r, text), "and matches a hundred");
	text[99] = 0;
	ok(!regex_match(&r, text), "but not one less");
	memset(text, 'a', sizeof text);
	text[255] = 0;
	is_int(regex_compile(&r, "^(a|a|aa|a*)*(a|b|a+)*((a*)*)*c$", &e), 0, "stars of stars are read");
	ok(!regex_match(&r, text), "and do not match what lacks the end");
}

static void limits(void)
{
	char text[2 * LIMIT_REGEX_POSITIONS + 8];
	memset(text, 'a', sizeof text);
	text[LIMIT_REGEX_POSITIONS] = 0;
	is_int(regex_compile(&r, text, &e), 0, "as many characters as the limit says");
	ok(regex_match(&r, text) && !regex_match(&r, text + 1), "are all compared");
	text[LIMIT_REGEX_POSITIONS] = 'a', text[LIMIT_REGEX_POSITIONS + 1] = 0;
	ok(regex_compile(&r, text, &e) == -1 && strstr(e.text, "LIMIT_REGEX_POSITIONS"), "one more is refused by name");
	memset(text, '(', sizeof text);
	text[LIMIT_REGEX_DEPTH] = 0;
	ok(regex_compile(&r, text, &e) == -1 && strstr(e.text, "LIMIT_REGEX_DEPTH"), "so are groups in groups");
	*text = 0;
	for (int i = 0; i <= LIMIT_REGEX_BRACKETS; i++)
		strcat(text, "[a]");
	ok(regex_compile(&r, text, &e) == -1 && strstr(e.text, "LIMIT_REGEX_BRACKETS"), "and brackets");
}

int main(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool read = regex_compile(&r, cases[i].expression, &e) == 0;
		ok(read && regex_match(&r, cases[i].text) == cases[i].matches, "case %zu: %s and \"%s\"", i, cases[i].expression, cases[i].text);
	}
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		ok(regex_compile(&r, refused[i].expression, &e) == -1 && strstr(e.text, refused[i].why), "refused: %s", refused[i].expression);
	pathological();
	limits();
	return done_testing();
}
