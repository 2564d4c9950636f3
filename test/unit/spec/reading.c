/* SPDX-License-Identifier: ISC */
/* spec: documents from files; all complaints in one report. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "spec/config.h"
#include "documents.h"

static struct config c;
static int directory;

static void write_file(const char *name, const char *bytes, size_t length)
{
	int fd = openat(directory, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || io_write(fd, bytes, length) < 0)
		ok(false, "%s is written", name);
	io_close(fd);
}

static const char *read_file(const char *file, const char *name)
{
	DOCUMENT_INIT(&d, file, region);
	e.text[0] = '\0';
	return document_read(&d, directory, name, &e) < 0 ? e.text : "ok";
}

static void files(void)
{
	static char text[65540];

	static const char least[] = "{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"r\"}}";

	write_file("config.json", least, sizeof least - 1);
	is_str(read_file("config.json", "config.json"), "ok", "a file is read");
	is_int(document_decode_first(&d, &config_object, &c, &e), 0, "and decoded");
	is_str(c.root->path, "r", "its root");
	is_int(d.length, sizeof least - 1, "its length");
	is_str(read_file("x/config.json", "nothing"), "x/config.json: cannot open: No such file or directory", "a missing file");
	is_str(read_file(0, "nothing"), "nothing: cannot open: No such file or directory", "without a name for messages");
	is_str(read_file("d", "."), "d: cannot read: Is a directory", "a directory");
	write_file("empty", "", 0);
	is_str(read_file("empty", "empty"), "empty:1:1: JSON: the document is empty", "an empty file");
	write_file("nul", "{}\0", 3);
	is_str(read_file("nul", "nul"), "nul:1:3: JSON: a NUL byte is not allowed", "a NUL");
	memset(text, '\n', sizeof text);
	text[0] = '1';
	write_file("long", text, 65536);
	is_str(read_file("long", "long"), "ok", "a file as long as its region");
	write_file("long", text, 65537);
	is_str(read_file("long", "long"), "long:65536:1: JSON: bytes: more than 65536 (LIMIT_DOCUMENT_BYTES in base/limits.h)", "a longer one");
	write_file("long", text, sizeof text);
	is_str(read_file("long", "long"), "long:65536:1: JSON: bytes: more than 65536 (LIMIT_DOCUMENT_BYTES in base/limits.h)", "a still longer one");
	memset(text, 'n', 3000);
	text[3000] = '\0';
	write_file("bad", "[", 1);
	ok(strstr(read_file(text, "bad"), "n:1:2: JSON: expected a value or ']', found the end") != 0, "a very long name leaves room for the message");
	unlinkat(directory, "config.json", 0);
	unlinkat(directory, "empty", 0);
	unlinkat(directory, "nul", 0);
	unlinkat(directory, "long", 0);
	unlinkat(directory, "bad", 0);
}

static char collected[4096];

static int collect(struct report *r, enum level level, const char *place, const char *section, const char *text)
{
	size_t used = strlen(collected);

	(void)r;
	snprintf(collected + used, sizeof collected - used, "%s%s: %s%s\n", level == LEVEL_MUST ? "MUST " : level == LEVEL_SHOULD ? "SHOULD " : "MAY ", place, text,
	         section != 0 ? " @" : "");
	return 0;
}

static void all_complaints(void)
{
	struct report report = { .add = collect };
	static const char text[] = "{\"ociVersion\":\"1.9.0\",\"zzz\":1,\"root\":{},\"process\":{\"cwd\":\"x\",\"args\":[1,2],\"env\":[\"a\"]},\"mounts\":[{\"destination\":\"a\"},7,{\"type\":\"t\"}],"
		"\"linux\":{\"namespaces\":[{\"type\":\"x\"},{\"type\":\"pid\"}],\"sysctl\":{\"a\":1,\"b\":2}}}";

	DOCUMENT_INIT(&d, "F", region);
	memcpy(d.text, text, sizeof text);
	is_int(document_parse(&d, sizeof text - 1, &e), 0, "a document with many faults is JSON");
	is_int(document_decode(&d, &config_object, &c, &report), -1, "and is not a config");
	is_str(collected,
	       "MAY zzz: unknown member, ignored\n"
	       "MUST root.path: missing @\n"
	       "MUST process.args[0]: expected a string, found a number\n"
	       "MUST process.args[1]: expected a string, found a number\n"
	       "SHOULD process.user: missing @\n"
	       "SHOULD process.env[0]: \"a\" is not NAME=VALUE\n"
	       "MUST process.cwd: \"x\" is not an absolute path\n"
	       "SHOULD mounts[0].destination: a relative path is deprecated @\n"
	       "MUST mounts[1]: expected an object, found a number\n"
	       "MUST mounts[2].destination: missing @\n"
	       "MUST linux.namespaces[0].type: unknown value \"x\"\n"
	       "MUST linux.sysctl[\"a\"]: expected a string, found a number\n"
	       "MUST linux.sysctl[\"b\"]: expected a string, found a number\n"
	       "MAY ociVersion: version 1.9.0 is newer than 1.3.0 @\n", "every fault is reported once");
	is_int(report.errors, 9, "9 of them errors");
	is_int(report.warnings, 5, "5 not");
}

/* What could not be decoded is zero: rules and walks may look at it. */
static void failed_members(void)
{
	struct report report = { .add = collect };
	static const char text[] = "{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"r\"},\"linux\":{\"namespaces\":[{\"type\":\"x\"}],\"rootfsPropagation\":\"x\",\"timeOffsets\":{\"\\u0000\":{}},\"maskedPaths\":[1]},"
		"\"annotations\":{},\"zos\":null}";

	DOCUMENT_INIT(&d, "F", region);
	memcpy(d.text, text, sizeof text);
	document_parse(&d, sizeof text - 1, &e);
	document_decode(&d, &config_object, &c, &report);
	is_int(report.errors, 4, "four members fail");
	is_int(c.linux_->namespaces.items[0].type, 0, "an unknown word is not stored");
	ok(c.linux_->timeOffsets.count == 1 && *c.linux_->timeOffsets.items[0].key == '\0', "a key is text whatever it was");
	ok(c.linux_->rootfsPropagation == 0, "nor where it is text");
	is_int(c.linux_->maskedPaths.count, 0, "nor half a list");
}

/* A list that is all its table knows may stand alone. */
static void lists(void)
{
	struct mount_list list;

	is_str(decode(&mount_list_object, &list, "[{'destination':'/a'},{'destination':'/b','options':['ro']}]"), "ok", "an array of mounts");
	is_int(list.mounts.count, 2, "two");
	is_str(list.mounts.items[1].options.items[0], "ro", "the second's option");
	is_str(decode(&mount_list_object, &list, "{'mounts':[{'destination':'/c'}]}"), "ok", "an object of them");
	is_str(list.mounts.items[0].destination, "/c", "its one");
	is_str(decode(&mount_list_object, &list, "[]"), "ok", "none");
	is_int(list.mounts.count, 0, "counted");
	is_str(decode(&mount_list_object, &list, "[{'destination':'/a'},{}]"), "F: mounts[1].destination: missing", "the place in an array");
	is_str(decode(&mount_list_object, &list, "[7]"), "F: mounts[0]: expected an object, found a number", "a number in it");
	is_str(decode(&mount_list_object, &list, "7"), "F: expected an array, found a number", "a number");
	is_str(decode(&mount_list_object, &list, "{}"), "F: mounts: missing", "an object without");
	is_str(decode(&config_object, &c, "{'OciVersion':'1.0.0','ROOT':{'Path':'r','readOnly':true}}"), "ok", "keys in any case");
	ok(strcmp(c.ociVersion, "1.0.0") == 0 && strcmp(c.root->path, "r") == 0 && c.root->readonly, "all taken");
	is_str(decode(&config_object, &c, "[]"), "F: expected an object, found an array", "an array for a config");
}

int main(void)
{
	char path[] = "/tmp/runlet-unit-XXXXXX";

	if (mkdtemp(path) == 0 || (directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
		ok(false, "a directory of its own");
		return done_testing();
	}
	files();
	all_complaints();
	failed_members();
	lists();
	rmdir(path);
	return done_testing();
}
