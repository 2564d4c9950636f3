/* SPDX-License-Identifier: ISC */
/* image/tar.h: headers, PAX, GNU names, sparse maps, ends. */
#include "tap.h"
#include "archive.h"

#include "image/tar.h"

static struct tar tar;
static struct stream stream;
static struct err e;

static void begin(void)
{
	archive_size = 0;
}

static void start(void)
{
	if (open_stream(&stream, archive, archive_size, COMPRESSION_NONE, &e) < 0)
		_exit(98);
	tar_start(&tar, &stream);
}

static void stop(void)
{
	stream_close(&stream);
	close(stream.blob.fd);
}

/* The archive's next answer is that error. */
static void fails(const char *text, const char *what)
{
	end_blocks();
	start();
	int found;
	while ((found = tar_next(&tar, &e)) > 0)
		;
	is_int(found, -1, "%s is refused", what);
	ok(strstr(e.text, text), "%s: %s", what, e.text);
	stop();
}

static void plain(void)
{
	const uint8_t *bytes;
	uint64_t offset;
	begin();
	entry("dir/", '5', "");
	entry("dir/file", '0', "hello");
	uint8_t *h = header("name", '2', 0);
	memcpy(h + 157, "target", 7);
	memcpy(h + 345, "prefix/of", 9);
	header_end(h);
	h = header("device", '3', 0);
	memcpy(h + 329, "0000010\0" "0000377\0", 16);
	header_end(h);
	end_blocks();
	start();
	is_int(tar_next(&tar, &e), 1, "an entry");
	is_int(tar.entry.type, TAR_DIR, "a directory");
	is_int(tar.entry.mtime.seconds, 1500000000, "its time");
	is_int(tar.entry.atime.seconds, 1500000000, "the access time goes along");
	is_int(tar.entry.uid, 1, "its owner");
	is_int(tar.entry.gid, 2, "its group");
	is_int(tar.entry.mode, 0644, "its mode");
	is_int(tar_next(&tar, &e), 1, "another entry");
	is_int(tar.entry.size, 5, "its size");
	is_int(tar_data(&tar, &offset, &bytes, &e), 5, "its content");
	ok(memcmp(bytes, "hello", 5) == 0 && offset == 0, "is right");
	tar_take(&tar, 5);
	is_int(tar_data(&tar, &offset, &bytes, &e), 0, "and ends");
	is_int(tar_next(&tar, &e), 1, "a third");
	is_str(tar.entry.path, "prefix/of/name", "prefix and name");
	is_str(tar.entry.link, "target", "its target");
	is_int(tar_next(&tar, &e), 1, "a fourth");
	ok(tar.entry.type == TAR_CHAR && tar.entry.major == 8 && tar.entry.minor == 255, "a device");
	is_int(tar_next(&tar, &e), 0, "the end");
	is_int(stream_finish(&stream, &e), 0, "all digests are right");
	stop();
}

static void extended(void)
{
	static const char records[] = "12 path=new\n" "14 uid=100000\n" "26 mtime=1234567890.12345\n" "30 SCHILY.xattr.user.a=x\0y=z\n\n" "24 SCHILY.xattr.user.b=\n" "15 linkpath=xy\n";
	begin();
	header_end(header("pax", 'x', sizeof records - 1));
	content(records, sizeof records - 1);
	entry("old", '1', "");
	entry("behind", '0', "");
	start();
	is_int(tar_next(&tar, &e), 1, "an entry with a PAX header");
	is_str(tar.entry.path, "new", "its path");
	is_str(tar.entry.link, "xy", "its target");
	is_int(tar.entry.uid, 100000, "its owner");
	is_int(tar.entry.gid, 2, "its group is the header's");
	ok(tar.entry.mtime.seconds == 1234567890 && tar.entry.mtime.nanoseconds == 123450000, "its time");
	is_int(tar.entry.xattr_count, 2, "two xattrs");
	ok(tar.entry.xattr_count == 2 && strcmp(tar.entry.xattr[0].name, "user.a") == 0 && tar.entry.xattr[0].length == 6 &&
	   memcmp(tar.entry.xattr[0].value, "x\0y=z\n", 6) == 0 && tar.entry.xattr[1].length == 0, "with any bytes, or none");
	is_int(tar_next(&tar, &e), 1, "the next entry");
	ok(strcmp(tar.entry.path, "behind") == 0 && tar.entry.uid == 1 && tar.entry.xattr_count == 0, "has none of that");
	is_int(tar_next(&tar, &e), 0, "an end without end blocks");
	stop();
}

static void global(void)
{
	begin();
	header_end(header("g", 'g', 24));
	content("13 comment=x\n" "11 uid=777\n", 24);
	entry("one", '0', "");
	header_end(header("p", 'x', 9));
	content("9 uid=78\n", 9);
	entry("two", '0', "");
	header_end(header("g", 'g', 7));
	content("7 uid=\n", 7);
	entry("three", '0', "");
	end_blocks();
	start();
	ok(tar_next(&tar, &e) == 1 && tar.entry.uid == 777, "a global record");
	ok(tar_next(&tar, &e) == 1 && tar.entry.uid == 78, "a local one wins");
	ok(tar_next(&tar, &e) == 1 && tar.entry.uid == 1, "an empty one takes it back");
	is_int(tar_next(&tar, &e), 0, "the end");
	stop();
}

static void gnu(void)
{
	char name[300];
	memset(name, 'n', sizeof name);
	begin();
	header_end(header("././@LongLink", 'K', 200));
	content(name, 199);
	archive[archive_size - 512 + 199] = 0;
	header_end(header("././@LongLink", 'L', sizeof name));
	content(name, sizeof name - 1);
	uint8_t *h = header("cut", '2', 0);
	memcpy(h + 257, "ustar  \0", 8);
	memcpy(h + 345, "not a prefix", 12);
	header_end(h);
	entry("short", '0', "");
	h = header("v7dir/", 0, 0);
	memset(h + 257, 0, 8);
	header_end(h);
	end_blocks();
	start();
	is_int(tar_next(&tar, &e), 1, "GNU long names");
	is_int(strlen(tar.entry.path), 299, "the name");
	is_int(strlen(tar.entry.link), 199, "the target");
	ok(tar_next(&tar, &e) == 1 && strcmp(tar.entry.path, "short") == 0, "the next one has its own");
	ok(tar_next(&tar, &e) == 1 && tar.entry.type == TAR_DIR, "v7's directory");
	is_int(tar_next(&tar, &e), 0, "the end");
	stop();
}

static void sparse(void)
{
	const uint8_t *bytes;
	uint64_t offset;
	static const char records[] = "22 GNU.sparse.major=1\n" "22 GNU.sparse.minor=0\n" "29 GNU.sparse.realsize=10000\n" "21 GNU.sparse.name=s\n";
	begin();
	header_end(header("p", 'x', sizeof records - 1));
	content(records, sizeof records - 1);
	header_end(header("x", '0', 512 + 5));
	content("2\n100\n3\n9000\n2\n", 15);
	content("abcde", 5);
	end_blocks();
	start();
	is_int(tar_next(&tar, &e), 1, "a sparse entry");
	is_str(tar.entry.path, "s", "its name");
	ok(tar.entry.sparse && tar.entry.size == 10000, "its size");
	ok(tar_data(&tar, &offset, &bytes, &e) == 3 && offset == 100 && memcmp(bytes, "abc", 3) == 0, "the first extent");
	tar_take(&tar, 2);
	ok(tar_data(&tar, &offset, &bytes, &e) == 1 && offset == 102 && *bytes == 'c', "half taken");
	tar_take(&tar, 1);
	ok(tar_data(&tar, &offset, &bytes, &e) == 2 && offset == 9000 && memcmp(bytes, "de", 2) == 0, "the second");
	tar_take(&tar, 2);
	is_int(tar_data(&tar, &offset, &bytes, &e), 0, "no more");
	is_int(tar_next(&tar, &e), 0, "the end");
	stop();
}

static void broken(void)
{
	begin();
	header("x", '0', 0);
	fails("bad header checksum", "no checksum");
	begin();
	entry("x", 'Q', "");
	fails("\"x\": unknown entry type 0x51", "an unknown type");
	begin();
	memset(archive, 0, 512);
	archive_size = 512;
	entry("x", '0', "");
	fails("a lone zero block", "a lone zero block");
	begin();
	header_end(header("p", 'x', 2000000));
	fails("LIMIT_PAX_BYTES", "a PAX header beyond the limit");
	begin();
	header_end(header("p", 'x', 9));
	content("99 path=x", 9);
	fails("malformed record at byte 0", "a record longer than its header");
	begin();
	header_end(header("p", 'L', 70000));
	fails("LIMIT_TAR_PATH_BYTES", "a name beyond the limit");
	begin();
	uint8_t *h = header("x", '0', 0);
	memset(h + 124, 0xff, 12);
	header_end(h);
	fails("size out of range: -1", "a negative size");
	begin();
	header_end(header("x", '0', 5000));
	fails("truncated archive", "a file that ends early");
	begin();
	header_end(header("p", 'x', 9));
	content("9 path=x\n", 9);
	fails("truncated archive", "a PAX header of nothing");
}

int main(void)
{
	plain();
	extended();
	global();
	gnu();
	sparse();
	broken();
	return done_testing();
}
