/* SPDX-License-Identifier: ISC */
/* json: what RFC 8259 accepts and refuses, with the exact message. */
#include <string.h>

#include "json/json.h"
#include "tap.h"

struct json_case { const char *text; size_t length; const char *error; };   /* error 0: accepted */
#define YES(text) { text, sizeof(text) - 1, 0 }
#define NO(text, error) { text, sizeof(text) - 1, error }

static const struct json_case cases[] = {
	/* values */
	YES("{}"), YES("[]"), YES("null"), YES("true"), YES("false"), YES("0"), YES("-0"), YES("\"\""), YES("\"x\""), YES(" \t\r\n1 \t\r\n"),
	YES("[[]]"), YES("[{}]"), YES("{\"a\":{}}"), YES("{\"a\":[]}"), YES("[1,2]"), YES("[ 1 , 2 ]"), YES("{\"a\":1,\"b\":2}"), YES("{ \"a\" : 1 }"),
	YES("[null,true,false]"), YES("{\"\":0}"), YES("[1\n]"), YES("[\"a\",1,{\"b\":[null]}]"), YES("{\"a\":{\"a\":{\"a\":1}}}"), YES("-1 "), YES(" null"),
	NO("", "1:1: JSON: the document is empty"),
	NO(" \n ", "2:2: JSON: the document is empty"),
	NO("\0", "1:1: JSON: a NUL byte is not allowed"),
	NO("1\0", "1:2: JSON: a NUL byte is not allowed"),
	NO("{}\0", "1:3: JSON: a NUL byte is not allowed"),
	NO("[\"a\0b\"]", "1:4: JSON: a NUL byte is not allowed"),
	NO("\xEF\xBB\xBF{}", "1:1: JSON: a byte order mark is not allowed"),
	NO("\xEF\xBB\xBF", "1:1: JSON: a byte order mark is not allowed"),
	NO("\xFE\xFF", "1:1: JSON: expected a value, found byte 0xFE"),
	NO("[1]\f", "1:4: JSON: expected the end of the document, found byte 0x0C"),
	NO("\v1", "1:1: JSON: expected a value, found byte 0x0B"),
	NO("[\xC2\xA0" "1]", "1:2: JSON: expected a value or ']', found byte 0xC2"),
	/* structure */
	NO("[", "1:2: JSON: expected a value or ']', found the end"),
	NO("{", "1:2: JSON: expected a member name or '}', found the end"),
	NO("]", "1:1: JSON: expected a value, found ']'"),
	NO("}", "1:1: JSON: expected a value, found '}'"),
	NO("[}", "1:2: JSON: expected a value or ']', found '}'"),
	NO("{]", "1:2: JSON: expected a member name or '}', found ']'"),
	NO("[1}", "1:3: JSON: expected ',' or ']', found '}'"),
	NO("{\"a\":1]", "1:7: JSON: expected ',' or '}', found ']'"),
	NO("[[1]", "1:5: JSON: expected ',' or ']', found the end"),
	NO("[1]]", "1:4: JSON: expected the end of the document, found ']'"),
	NO("{}}", "1:3: JSON: expected the end of the document, found '}'"),
	NO("{\"a\":1,}", "1:8: JSON: expected a member name, found '}'"),
	NO("{,}", "1:2: JSON: expected a member name or '}', found ','"),
	NO("{\"a\"}", "1:5: JSON: expected ':', found '}'"),
	NO("{\"a\",\"b\"}", "1:5: JSON: expected ':', found ','"),
	NO("{\"a\" \"b\"}", "1:6: JSON: expected ':', found '\"'"),
	NO("{\"a\":}", "1:6: JSON: expected a value, found '}'"),
	NO("{\"a\"::1}", "1:6: JSON: expected a value, found ':'"),
	NO("{\"a\":1 \"b\":2}", "1:8: JSON: expected ',' or '}', found '\"'"),
	NO("{\"a\":1,,\"b\":2}", "1:8: JSON: expected a member name, found ','"),
	NO("{1:1}", "1:2: JSON: expected a member name or '}', found '1'"),
	NO("{a:1}", "1:2: JSON: expected a member name or '}', found 'a'"),
	NO("{null:1}", "1:2: JSON: expected a member name or '}', found 'n'"),
	NO("{[]:1}", "1:2: JSON: expected a member name or '}', found '['"),
	NO("{'a':1}", "1:2: JSON: expected a member name or '}', found '''"),
	NO("{\"a\":1", "1:7: JSON: expected ',' or '}', found the end"),
	NO("{\"a\":", "1:6: JSON: expected a value, found the end"),
	NO("{\"a\"", "1:5: JSON: expected ':', found the end"),
	NO("{\"a\":1,", "1:8: JSON: expected a member name, found the end"),
	NO("[1,", "1:4: JSON: expected a value, found the end"),
	NO("[1 2]", "1:4: JSON: expected ',' or ']', found '2'"),
	NO("[1,]", "1:4: JSON: expected a value, found ']'"),
	NO("[,1]", "1:2: JSON: expected a value or ']', found ','"),
	NO("[1,,2]", "1:4: JSON: expected a value, found ','"),
	NO("[,]", "1:2: JSON: expected a value or ']', found ','"),
	NO("[\"a\":1]", "1:5: JSON: expected ',' or ']', found ':'"),
	NO("[:]", "1:2: JSON: expected a value or ']', found ':'"),
	NO(",", "1:1: JSON: expected a value, found ','"),
	NO(":", "1:1: JSON: expected a value, found ':'"),
	NO("1 2", "1:3: JSON: expected the end of the document, found '2'"),
	NO("{} {}", "1:4: JSON: expected the end of the document, found '{'"),
	NO("{}x", "1:3: JSON: expected the end of the document, found 'x'"),
	NO("\"a\"\"b\"", "1:4: JSON: expected the end of the document, found '\"'"),
	NO("[1],", "1:4: JSON: expected the end of the document, found ','"),
	NO("{}//x", "1:3: JSON: expected the end of the document, found '/'"),
	NO("/* x */{}", "1:1: JSON: expected a value, found '/'"),
	NO("[1/**/]", "1:3: JSON: expected ',' or ']', found '/'"),
	NO("{}#", "1:3: JSON: expected the end of the document, found '#'"),
	/* words */
	NO("nul", "1:1: JSON: unknown word: only true, false and null are values"),
	NO("True", "1:1: JSON: unknown word: only true, false and null are values"),
	NO("NULL", "1:1: JSON: unknown word: only true, false and null are values"),
	NO("truex", "1:5: JSON: expected the end of the document, found 'x'"),
	NO("truetrue", "1:5: JSON: expected the end of the document, found 't'"),
	NO("[nan]", "1:2: JSON: unknown word: only true, false and null are values"),
	NO("[NaN]", "1:2: JSON: unknown word: only true, false and null are values"),
	NO("[Infinity]", "1:2: JSON: unknown word: only true, false and null are values"),
	NO("[-Infinity]", "1:3: JSON: a digit must follow '-'"),
	NO("[undefined]", "1:2: JSON: unknown word: only true, false and null are values"),
	NO("'a'", "1:1: JSON: expected a value, found '''"),
	NO("[abc]", "1:2: JSON: unknown word: only true, false and null are values"),
	NO("[nullnull]", "1:6: JSON: expected ',' or ']', found 'n'"),
	/* numbers */
	YES("[1.5]"), YES("[1e5]"), YES("[1E+5]"), YES("[1.25e-05]"), YES("[-0.0]"), YES("[123456789012345678901234567890]"), YES("[1e999999]"), YES("[0e0]"),
	NO("[01]", "1:2: JSON: a number must not begin with a zero"),
	NO("[-01]", "1:3: JSON: a number must not begin with a zero"),
	NO("[00]", "1:2: JSON: a number must not begin with a zero"),
	NO("[-]", "1:3: JSON: a digit must follow '-'"),
	NO("-", "1:2: JSON: a digit must follow '-'"),
	NO("[--1]", "1:3: JSON: a digit must follow '-'"),
	NO("[+1]", "1:2: JSON: expected a value or ']', found '+'"),
	NO("[.5]", "1:2: JSON: expected a value or ']', found '.'"),
	NO("[-.5]", "1:3: JSON: a digit must follow '-'"),
	NO("[1.]", "1:4: JSON: a digit must follow the point"),
	NO("[1.e1]", "1:4: JSON: a digit must follow the point"),
	NO("1.", "1:3: JSON: a digit must follow the point"),
	NO("[1e]", "1:4: JSON: a digit must follow the exponent"),
	NO("[1e+]", "1:5: JSON: a digit must follow the exponent"),
	NO("[1e+-1]", "1:5: JSON: a digit must follow the exponent"),
	NO("[1ea]", "1:4: JSON: a digit must follow the exponent"),
	NO("[1e1.5]", "1:5: JSON: expected ',' or ']', found '.'"),
	NO("[1.2.3]", "1:5: JSON: expected ',' or ']', found '.'"),
	NO("[0x1]", "1:3: JSON: expected ',' or ']', found 'x'"),
	NO("[1a]", "1:3: JSON: expected ',' or ']', found 'a'"),
	NO("[1_000]", "1:3: JSON: expected ',' or ']', found '_'"),
	NO("[1 000]", "1:4: JSON: expected ',' or ']', found '0'"),
	NO("1e", "1:3: JSON: a digit must follow the exponent"),
	NO("[- 1]", "1:3: JSON: a digit must follow '-'"),
	NO("[\xEF\xBC\x91]", "1:2: JSON: expected a value or ']', found byte 0xEF"),
	/* strings */
	YES("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), YES("\"\\u0041\\u00e9\\u00E9\""), YES("\"\\ud83d\\ude00\""), YES("\"\\uDBFF\\uDFFF\""), YES("\"\\u0000\""),
	YES("\"\x7F\""), YES("\"\xC2\x80\xDF\xBF\""), YES("\"\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\""), YES("\"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\""),
	YES("\"\xEF\xBB\xBF\""), YES("\"\\uFFFF\""), YES("\"'/*\""),
	NO("\"", "1:1: JSON: the string has no end"),
	NO("[\"a]", "1:2: JSON: the string has no end"),
	NO("\"a\\\"", "1:1: JSON: the string has no end"),
	NO("\"\\", "1:1: JSON: the string has no end"),
	NO("{\"a", "1:2: JSON: the string has no end"),
	NO("\"\\x41\"", "1:2: JSON: unknown escape in a string"),
	NO("\"\\a\"", "1:2: JSON: unknown escape in a string"),
	NO("\"\\'\"", "1:2: JSON: unknown escape in a string"),
	NO("\"\\ \"", "1:2: JSON: unknown escape in a string"),
	NO("\"\\U0041\"", "1:2: JSON: unknown escape in a string"),
	NO("\"\\0\"", "1:2: JSON: unknown escape in a string"),
	NO("\"\\\n\"", "1:2: JSON: unknown escape in a string"),
	NO("\"\\u\"", "1:2: JSON: \\u must be followed by four hexadecimal digits"),
	NO("\"\\u00A\"", "1:2: JSON: \\u must be followed by four hexadecimal digits"),
	NO("\"\\u00Ag\"", "1:2: JSON: \\u must be followed by four hexadecimal digits"),
	NO("\"\\u+041\"", "1:2: JSON: \\u must be followed by four hexadecimal digits"),
	NO("\"\\u00", "1:2: JSON: \\u must be followed by four hexadecimal digits"),
	NO("\"\\ud83d\"", "1:2: JSON: lone surrogate \\uD83D in a string"),
	NO("\"\\ude00\"", "1:2: JSON: lone surrogate \\uDE00 in a string"),
	NO("\"\\ude00\\ud83d\"", "1:2: JSON: lone surrogate \\uDE00 in a string"),
	NO("\"\\ud83d\\ud83d\"", "1:2: JSON: lone surrogate \\uD83D in a string"),
	NO("\"\\ud83d\\u0041\"", "1:2: JSON: lone surrogate \\uD83D in a string"),
	NO("\"\\ud83d\\n\"", "1:2: JSON: lone surrogate \\uD83D in a string"),
	NO("\"\\ud83dxude00\"", "1:2: JSON: lone surrogate \\uD83D in a string"),
	NO("\"\\ud83d\\ude0", "1:2: JSON: lone surrogate \\uD83D in a string"),
	NO("{\"\\ud83d\":1}", "1:3: JSON: lone surrogate \\uD83D in a string"),
	NO("\"a\nb\"", "1:3: JSON: control character 0x0A in a string: it must be escaped"),
	NO("\"\t\"", "1:2: JSON: control character 0x09 in a string: it must be escaped"),
	NO("\"\x1F\"", "1:2: JSON: control character 0x1F in a string: it must be escaped"),
	NO("{\"a\rb\":1}", "1:4: JSON: control character 0x0D in a string: it must be escaped"),
	NO("\"\x80\"", "1:2: JSON: invalid UTF-8: byte 0x80"),
	NO("\"\xC0\x80\"", "1:2: JSON: invalid UTF-8: byte 0xC0"),
	NO("\"\xC1\xBF\"", "1:2: JSON: invalid UTF-8: byte 0xC1"),
	NO("\"\xC3\"", "1:2: JSON: invalid UTF-8: byte 0xC3"),
	NO("\"\xC3", "1:2: JSON: invalid UTF-8: byte 0xC3"),
	NO("\"\xE0\x9F\xBF\"", "1:2: JSON: invalid UTF-8: byte 0xE0"),
	NO("\"\xED\xA0\x80\"", "1:2: JSON: invalid UTF-8: byte 0xED"),
	NO("\"\xED\xBF\xBF\"", "1:2: JSON: invalid UTF-8: byte 0xED"),
	NO("\"\xE2\x82\"", "1:2: JSON: invalid UTF-8: byte 0xE2"),
	NO("\"\xF0\x8F\xBF\xBF\"", "1:2: JSON: invalid UTF-8: byte 0xF0"),
	NO("\"\xF4\x90\x80\x80\"", "1:2: JSON: invalid UTF-8: byte 0xF4"),
	NO("\"\xF5\x80\x80\x80\"", "1:2: JSON: invalid UTF-8: byte 0xF5"),
	NO("\"\xF0\x9F\x98\"", "1:2: JSON: invalid UTF-8: byte 0xF0"),
	NO("\"\xFF\"", "1:2: JSON: invalid UTF-8: byte 0xFF"),
	NO("{\"\xFF\":1}", "1:3: JSON: invalid UTF-8: byte 0xFF"),
	/* member names */
	YES("{\"a\":1,\"A\":2}"), YES("{\"a\":{\"a\":1},\"b\":{\"a\":1}}"), YES("[{\"a\":1},{\"a\":1}]"), YES("{\"a\":\"a\",\"b\":\"a\"}"),
	NO("{\"a\":1,\"a\":1}", "1:8: JSON: duplicate member \"a\""),
	NO("{\"a\":1,\"\\u0061\":1}", "1:8: JSON: duplicate member \"\\u0061\""),
	NO("{\"\\u00e9\":1,\"\xC3\xA9\":1}", "1:13: JSON: duplicate member \"\xC3\xA9\""),
	NO("{\"\\ud83d\\ude00\":1,\"\xF0\x9F\x98\x80\":1}", "1:19: JSON: duplicate member \"\xF0\x9F\x98\x80\""),
	NO("{\"\":1,\"\":2}", "1:7: JSON: duplicate member \"\""),
	NO("{\"\\/\":1,\"/\":2}", "1:9: JSON: duplicate member \"/\""),
	NO("{\"\\u0000\":1,\"\\u0000\":2}", "1:13: JSON: duplicate member \"\\u0000\""),
	NO("{\"x\":[{\"a\":1,\n\"b\":2,\n \"a\":3}]}", "3:2: JSON: duplicate member \"a\""),
	NO("{\"a\":{\"b\":1},\"c\":[{}],\"a\":2}", "1:23: JSON: duplicate member \"a\""),
	NO("{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"b\":1}", "1:56: JSON: duplicate member \"b\""),
	NO("{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"\\u0068\":1,\"b\":1}", "1:50: JSON: duplicate member \"\\u0068\""),
	/* places */
	NO("{\n  \"a\": 1,\n  \"b\" 2\n}", "3:7: JSON: expected ':', found '2'"),
	NO("[\r\n1,\r\n\r\n]", "4:1: JSON: expected a value, found ']'"),
	NO("[\"\xC3\xA9\" x]", "1:7: JSON: expected ',' or ']', found 'x'"),
};

/* The text in a form that is safe in a line of TAP. */
static const char *shown(const struct json_case *c)
{
	static char text[512];
	size_t used = 0;

	for (size_t i = 0; i < c->length && used < sizeof text - 8; i++) {
		unsigned char b = (unsigned char)c->text[i];

		used += (size_t)snprintf(text + used, sizeof text - used, b > ' ' && b < 0x7F && b != '#' && b != '\\' ? "%c" : "<%02X>", b);
	}
	text[used] = '\0';
	return text;
}

int main(void)
{
	static struct json_token tokens[64];
	static char text[512], before[512];
	struct json j = { 0 };
	struct err e;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct json_case *c = &cases[i];
		char *at = text + sizeof text - c->length;   /* the end is the region's: reading beyond it shows under a sanitizer */
		int result;

		memcpy(at, c->text, c->length);
		memcpy(before, at, c->length);
		e.text[0] = '\0';
		result = json_parse(&j, at, c->length, tokens, 64, &e);
		if (c->error != 0)
			is_str(result < 0 ? e.text : "accepted", c->error, "refused: %s", shown(c));
		else
			is_str(result < 0 ? e.text : "accepted", "accepted", "accepted: %s", shown(c));
		if (memcmp(before, at, c->length) != 0)
			ok(false, "the text stays unchanged: %s", shown(c));
	}
	return done_testing();
}
