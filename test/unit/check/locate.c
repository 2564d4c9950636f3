/* SPDX-License-Identifier: ISC */
/* check/locate: from a place in a message to the value in the document. */
#include "check/locate.h"
#include "spec/config.h"
#include "tap.h"

static struct json_token tokens[256];
static char text[] = "{\"linux\":{\"devices\":[{\"path\":\"/a\"},{\"path\":\"/b\",\"type\":\"c\"}],\"sysctl\":{\"net.a\":\"1\",\"net\":\"2\",\"q\\\"]\":\"3\"},"
	"\"netDevices\":{\"eth0\":{\"name\":\"e\"}},\"seccomp\":{\"syscalls\":[{\"names\":[\"read\"]}]}},\"a.b\":{\"c\":4},\"a\":{\"b\":5},\"\\u006cist\":[6],\"t\\tb\":7}";

static void at(const char *place, const char *value, const char *field)
{
	struct json j = { 0 };
	struct err e;
	uint32_t length;
	char found[64] = "";
	if (json_parse(&j, text, sizeof text - 1, tokens, 256, &e) < 0)
		tap_ok(false, __FILE__, __LINE__, "%s", e.text);
	struct location l = locate(&j, &config_object, place);
	const char *span = json_span(&j, l.token, &length);
	snprintf(found, sizeof found, "%.*s", length < 40 ? (int)length : 3, span);
	is_str(l.exact ? found : "none", value, "%s: %s", place, value);
	is_str(l.exact && l.field ? l.field->name : "none", field, "%s: field", place);
}

int main(void)
{
	at("linux.devices[1].path", "\"/b\"", "path");
	at("linux.devices[2].path", "none", "none");
	at("linux.devices[1].major", "none", "none");
	at("linux.sysctl[\"net.a\"]", "\"1\"", "none");
	at("linux.sysctl[\"net\"]", "\"2\"", "none");
	at("linux.sysctl[\"q\"]\"]", "\"3\"", "none");
	at("linux.netDevices[\"eth0\"].name", "\"e\"", "name");
	at("linux.seccomp.syscalls[0].names[0]", "\"read\"", "names");
	at("a.b", "{\"c\":4}", "none");
	at("a.b.c", "4", "none");
	at("a", "{\"b\":5}", "none");
	at("list[0]", "6", "none");
	at("list[4294967296]", "none", "none");
	at("t?b", "7", "none");
	at("hostname", "none", "none");
	return done_testing();
}
