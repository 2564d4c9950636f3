/* SPDX-License-Identifier: ISC */
/* json: navigation, strings, exact integers, quoting. */
#include <inttypes.h>
#include <string.h>

#include "base/out.h"
#include "json/json.h"
#include "tap.h"

static struct json_token tokens[64];
static char text[4096];
static struct json j;
static struct err e;

static void parse(const char *document)
{
	strcpy(text, document);
	e.text[0] = '\0';
	if (json_parse(&j, text, strlen(text), tokens, 64, &e) < 0)
		ok(false, "%s: %s", document, e.text);
}

static void navigation(void)
{
	uint32_t key, value, length;
	const char *span;

	parse(" {\"a\": [1, [2, {\"x\": 3}], []], \"b\": {\"c\": null}, \"d\": true, \"e\": false, \"f\": \"s\"} ");
	is_int(json_type(&j, 0), JSON_OBJECT, "the document is an object");
	is_int(json_count(&j, 0), 5, "of five members");
	key = json_first(&j, 0);
	ok(json_is(&j, key, "a") && !json_is(&j, key, "") && !json_is(&j, key, "ab") && json_is(&j, key, "a"), "the first is called a");
	value = json_next(&j, key);
	is_int(json_type(&j, value), JSON_ARRAY, "its value is behind it");
	is_int(json_count(&j, value), 3, "an array of three");
	span = json_span(&j, value, &length);
	ok(length == 22 && memcmp(span, "[1, [2, {\"x\": 3}], []]", length) == 0, "json_span is its text");
	value = json_next(&j, json_first(&j, value));
	is_int(json_count(&j, value), 2, "its second element has two");
	value = json_next(&j, value);
	ok(json_type(&j, value) == JSON_ARRAY && json_count(&j, value) == 0, "its third has none");
	key = json_next(&j, json_next(&j, key));
	ok(json_is(&j, key, "b") && json_type(&j, key + 1) == JSON_OBJECT && json_type(&j, key + 3) == JSON_NULL, "the next member is b: an object with null");
	key = json_next(&j, key + 1);
	ok(json_is(&j, key, "d") && json_type(&j, key + 1) == JSON_TRUE && json_count(&j, key + 1) == 0, "then d: true");
	key = json_next(&j, key + 1);
	is_int(json_type(&j, key + 1), JSON_FALSE, "then e: false");
	key = json_next(&j, key + 1);
	span = json_span(&j, key + 1, &length);
	ok(length == 3 && memcmp(span, "\"s\"", 3) == 0, "a string's span has its quotes");
	is_int(json_next(&j, key + 1), j.count, "behind the last is the end");
	parse("17");
	ok(j.count == 1 && json_type(&j, 0) == JSON_NUMBER && json_next(&j, 0) == 1, "a number may be the document");
	parse(" null ");
	is_int(json_type(&j, 0), JSON_NULL, "a word may be the document");
	parse("\"s\"");
	is_int(json_type(&j, 0), JSON_STRING, "a string may be the document");
}

static void string(const char *document, const char *want)
{
	uint32_t length = 99;
	const char *got;

	parse(document);
	got = json_string(&j, 0, &length);
	is_str(got, want, "%s", document);
	ok(got == 0 || length == strlen(got), "its length");
}

static void strings(void)
{
	string("\"\"", "");
	string("\"plain\"", "plain");
	string("\"a\\\"b\\\\c\\/d\"", "a\"b\\c/d");
	string("\"\\b\\f\\n\\r\\t\"", "\b\f\n\r\t");
	string("\"\\u0041\\u00e9\\u20AC\\uFFFD\"", "A\xC3\xA9\xE2\x82\xAC\xEF\xBF\xBD");
	string("\"\\ud83d\\ude00\\uD800\\uDC00\\udbff\\udfff\"", "\xF0\x9F\x98\x80\xF0\x90\x80\x80\xF4\x8F\xBF\xBF");
	string("\"\\u007F\\u0080\\u07FF\\u0800\"", "\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80");
	parse("\"a\\u0000b\"");
	uint32_t length;
	ok(json_string(&j, 0, &length) == 0, "U+0000 is refused");
	parse("[\"a\\u0000b\",\"\\u0061\\n\"]");
	ok(!json_is(&j, 1, "a"), "json_is does not stop at U+0000");
	ok(json_resembles(&j, 2, "A\n") && !json_is(&j, 2, "A\n") && !json_resembles(&j, 2, "A") && !json_resembles(&j, 2, "B\n"), "json_resembles looks at no case");
	parse("[\"Env \",\"\\u0013\",\"[\"]");
	ok(!json_resembles(&j, 1, "Env") && !json_resembles(&j, 2, "3") && !json_resembles(&j, 3, "{"), "nor takes the end, digits or signs for other letters");
	parse("[\"a\\u0000b\",\"\\u0061\\n\"]");
	ok(json_is(&j, 2, "a\n") && !json_is(&j, 2, "a"), "json_is resolves escapes");
	is_str(json_string(&j, 2, &length), "a\n", "and the next string is whole");
}

static void i64(const char *document, int result, int64_t want)
{
	int64_t got = 0;

	parse(document);
	is_int(json_i64(&j, 0, &got), result, "i64 %s", document);
	if (result == 0)
		is_int(got, want, "is %" PRId64, want);
}

static void u64(const char *document, int result, uint64_t want)
{
	uint64_t got = 0;

	parse(document);
	is_int(json_u64(&j, 0, &got), result, "u64 %s", document);
	if (result == 0)
		ok(got == want, "is %" PRIu64, want);
}

static void numbers(void)
{
	i64("0", 0, 0);
	i64("-0", 0, 0);
	i64("-0.0e-5", 0, 0);
	i64("0e99999999999999999999", 0, 0);
	i64("7", 0, 7);
	i64("-7", 0, -7);
	i64("9223372036854775807", 0, INT64_MAX);
	i64("9223372036854775808", -2, 0);
	i64("-9223372036854775808", 0, INT64_MIN);
	i64("-9223372036854775809", -2, 0);
	i64("18446744073709551616", -2, 0);
	i64("1.0", 0, 1);
	i64("1.00000000000000000000000000000", 0, 1);
	i64("1e3", 0, 1000);
	i64("10E-1", 0, 1);
	i64("-120.0e+1", 0, -1200);
	i64("0.0001e4", 0, 1);
	i64("1000e-3", 0, 1);
	i64("1.5e1", 0, 15);
	i64("1.25e1", -1, 0);
	i64("1.5", -1, 0);
	i64("1e-1", -1, 0);
	i64("0.1", -1, 0);
	i64("1e-99999999999", -1, 0);
	i64("1e18", 0, 1000000000000000000);
	i64("1e19", -2, 0);
	i64("1e999999999999", -2, 0);
	i64("-1e19", -2, 0);
	i64("922337203685477580.7e1", 0, INT64_MAX);
	i64("92233720368547758070e-1", 0, INT64_MAX);
	u64("18446744073709551615", 0, UINT64_MAX);
	u64("18446744073709551616", -2, 0);
	u64("18446744073709551620", -2, 0);
	u64("99999999999999999999999", -2, 0);
	u64("1844674407370955161.5e1", 0, UINT64_MAX);
	u64("1e19", 0, 10000000000000000000u);
	u64("1e20", -2, 0);
	u64("-1", -2, 0);
	u64("-0", 0, 0);
	u64("-1.5", -1, 0);
	u64("9223372036854775808", 0, 9223372036854775808u);
	u64("0.5", -1, 0);
}

static void quote(const char *got, const char *want)
{
	char buffer[256];
	struct out o;

	out_init(&o, -1, buffer, sizeof buffer);
	json_quote(&o, got);
	is_str(buffer, want, "quoted: %s", want);
}

static void quoting(void)
{
	quote("", "\"\"");
	quote("plain / text", "\"plain / text\"");
	quote("a\"b\\c", "\"a\\\"b\\\\c\"");
	quote("\"\\", "\"\\\"\\\\\"");
	quote("\b\f\n\r\t\x01\x1f\x7f", "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
	quote("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
	quote("a\xFF\xC3", "\"a\\ufffd\\ufffd\"");
	quote("\xED\xA0\x80z", "\"\\ufffd\\ufffd\\ufffdz\"");
}

int main(void)
{
	navigation();
	strings();
	numbers();
	quoting();
	return done_testing();
}
