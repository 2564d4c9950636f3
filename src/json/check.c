/* SPDX-License-Identifier: ISC */
/* Grammar, depth, UTF-8 and surrogates of a JSON text (RFC 8259, sections 2 to 8): a machine of six states over one pass; which of the open
 * containers are objects is one bit each. */
#include <stdbool.h>
#include "base/limits.h"
#include "json/check.h"
#include "json/utf8.h"

_Static_assert(LIMIT_JSON_DEPTH <= 64, "the open containers are the bits of a uint64_t");

enum state { VALUE, VALUE_OR_END, KEY, KEY_OR_END, COLON, COMMA_OR_END };

struct scan {
	const char *text;
	size_t at, length;       /* at: the byte looked at, and where an error is */
	size_t tokens, token_max;
	const char *token_limit;
	uint64_t objects;        /* bit 0: the innermost open container is an object */
	unsigned depth;
	enum state state;
	struct err *e;
};

static bool is_digit(const struct scan *s, size_t at)
{
	return at < s->length && s->text[at] >= '0' && s->text[at] <= '9';
}

/* What was expected in s->state but something else stands at s->at. */
static int unexpected(struct scan *s)
{
	static const char *const words[] = {
		[VALUE] = "a value", [VALUE_OR_END] = "a value or ']'", [KEY] = "a member name", [KEY_OR_END] = "a member name or '}'", [COLON] = "':'",
	};
	const char *expected;
	unsigned char c;

	if (s->state == COMMA_OR_END)
		expected = s->depth == 0 ? "the end of the document" : s->objects & 1 ? "',' or '}'" : "',' or ']'";
	else
		expected = words[s->state];
	if (s->at >= s->length)
		return s->tokens == 0 ? err_set(s->e, "the document is empty") : err_set(s->e, "expected %s, found the end", expected);
	c = (unsigned char)s->text[s->at];
	if (c == 0)
		return err_set(s->e, "a NUL byte is not allowed");
	if (c > ' ' && c < 0x7F)
		return err_set(s->e, "expected %s, found '%c'", expected, c);
	return err_set(s->e, "expected %s, found byte 0x%02X", expected, c);
}

static int count_token(struct scan *s)
{
	if (s->tokens++ < s->token_max)
		return 0;
	return err_limit(s->e, "tokens", s->token_limit, s->token_max);
}

/* The escape at s->at, a backslash; moves behind it. */
static int check_escape(struct scan *s)
{
	size_t left = s->length - s->at;
	int32_t first, second = -1;

	if (left < 2)
		return 0;   /* the string's own end will be missed */
	switch (s->text[s->at + 1]) {
	case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
		s->at += 2;
		return 0;
	case 'u':
		break;
	default:
		return err_set(s->e, "unknown escape in a string");
	}
	first = left < 6 ? -1 : utf8_hex4(s->text + s->at + 2);
	if (first < 0)
		return err_set(s->e, "\\u must be followed by four hexadecimal digits");
	s->at += 6;
	if (first < 0xD800 || first > 0xDFFF)
		return 0;
	if (first < 0xDC00 && left >= 12 && s->text[s->at] == '\\' && s->text[s->at + 1] == 'u')
		second = utf8_hex4(s->text + s->at + 2);
	if (second < 0xDC00 || second > 0xDFFF) {
		s->at -= 6;
		return err_set(s->e, "lone surrogate \\u%04X in a string", (unsigned)first);
	}
	s->at += 6;
	return 0;
}

/* Lower-case letters are most of what there is. */
static bool is_plain(unsigned char c)
{
	return (unsigned char)(c - ']') < 0x80 - ']' || (c >= ' ' && c < '\\' && c != '"');
}

static int check_string(struct scan *s)
{
	size_t start = s->at++;
	const char *end = s->text + s->length;

	while (s->at < s->length) {
		const char *from = s->text + s->at;

		while (from < end && is_plain((unsigned char)*from))
			from++;
		s->at = (size_t)(from - s->text);
		if (from == end)
			break;
		unsigned char c = (unsigned char)*from;

		if (c == '"') {
			s->at++;
			return 0;
		}
		if (c == '\\') {
			size_t before = s->at;

			if (check_escape(s) < 0)
				return -1;
			if (s->at == before)
				break;
		} else if (c < 0x20) {
			return c == 0 ? err_set(s->e, "a NUL byte is not allowed") : err_set(s->e, "control character 0x%02X in a string: it must be escaped", c);
		} else {
			unsigned length = utf8_length(s->text + s->at, s->length - s->at);

			if (length == 0)
				return err_set(s->e, "invalid UTF-8: byte 0x%02X", c);
			s->at += length;
		}
	}
	s->at = start;
	return err_set(s->e, "the string has no end");
}

static int need_digits(struct scan *s, const char *behind)
{
	if (!is_digit(s, s->at))
		return err_set(s->e, "a digit must follow %s", behind);
	while (is_digit(s, s->at))
		s->at++;
	return 0;
}

static int check_number(struct scan *s)
{
	if (s->text[s->at] == '-') {
		s->at++;
		if (!is_digit(s, s->at))
			return err_set(s->e, "a digit must follow '-'");
	}
	if (s->text[s->at] == '0' && is_digit(s, s->at + 1))
		return err_set(s->e, "a number must not begin with a zero");
	while (is_digit(s, s->at))
		s->at++;
	if (s->at < s->length && s->text[s->at] == '.') {
		s->at++;
		if (need_digits(s, "the point") < 0)
			return -1;
	}
	if (s->at < s->length && (s->text[s->at] == 'e' || s->text[s->at] == 'E')) {
		s->at++;
		if (s->at < s->length && (s->text[s->at] == '+' || s->text[s->at] == '-'))
			s->at++;
		return need_digits(s, "the exponent");
	}
	return 0;
}

static int check_word(struct scan *s)
{
	static const char words[][6] = { "true", "false", "null" };

	for (unsigned i = 0; i < 3; i++) {
		size_t n = 0;

		while (words[i][n] != '\0' && s->at + n < s->length && s->text[s->at + n] == words[i][n])
			n++;
		if (words[i][n] == '\0') {
			s->at += n;
			return 0;
		}
	}
	return err_set(s->e, "unknown word: only true, false and null are values");
}

static int open_container(struct scan *s, bool object)
{
	if (s->depth == LIMIT_JSON_DEPTH)
		return ERR_LIMIT(s->e, "nesting", LIMIT_JSON_DEPTH);
	s->depth++;
	s->objects = s->objects << 1 | object;
	s->state = object ? KEY_OR_END : VALUE_OR_END;
	s->at++;
	return 0;
}

static int check_value(struct scan *s, char c)
{
	int result;

	if (count_token(s) < 0)
		return -1;
	if (c == '{' || c == '[')
		return open_container(s, c == '{');
	if (c == '"')
		result = check_string(s);
	else if (c == '-' || (c >= '0' && c <= '9'))
		result = check_number(s);
	else
		result = check_word(s);
	s->state = COMMA_OR_END;
	return result;
}

static bool begins_value(char c)
{
	return c == '{' || c == '[' || c == '"' || c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* One of the punctuation marks that s->state allows; 1: it was not one. */
static int check_mark(struct scan *s, char c)
{
	bool object = s->objects & 1;

	if (s->state == COLON && c == ':') {
		s->state = VALUE;
	} else if (s->state == COMMA_OR_END && s->depth > 0 && c == ',') {
		s->state = object ? KEY : VALUE;
	} else if (s->state != KEY && s->state != VALUE && s->state != COLON && s->depth > 0 && c == (object ? '}' : ']')) {
		s->depth--;
		s->objects >>= 1;
		s->state = COMMA_OR_END;
	} else {
		return 1;
	}
	s->at++;
	return 0;
}

static void skip_space(struct scan *s)
{
	const char *from = s->text + s->at, *end = s->text + s->length;

	while (from < end && (unsigned char)*from <= ' ' && (*from == ' ' || *from == '\n' || *from == '\t' || *from == '\r'))
		from++;
	s->at = (size_t)(from - s->text);
}

static int check_document(struct scan *s)
{
	while (skip_space(s), s->at < s->length) {
		char c = s->text[s->at];
		int result;

		if ((s->state == VALUE || s->state == VALUE_OR_END) && begins_value(c)) {
			result = check_value(s, c);
		} else if ((s->state == KEY || s->state == KEY_OR_END) && c == '"') {
			result = count_token(s) < 0 ? -1 : check_string(s);
			s->state = COLON;
		} else {
			result = check_mark(s, c);
		}
		if (result > 0)
			return unexpected(s);
		if (result < 0)
			return -1;
	}
	return s->depth == 0 && s->state == COMMA_OR_END ? 0 : unexpected(s);
}

int json_check(const char *text, size_t length, size_t token_max, const char *token_limit, size_t *at, struct err *e)
{
	struct scan s = { .text = text, .length = length, .token_max = token_max, .token_limit = token_limit, .state = VALUE, .e = e };
	int result;

	if (length >= 3 && (unsigned char)text[0] == 0xEF && (unsigned char)text[1] == 0xBB && (unsigned char)text[2] == 0xBF)
		result = err_set(e, "a byte order mark is not allowed");
	else
		result = check_document(&s);
	*at = s.at;
	return result;
}
