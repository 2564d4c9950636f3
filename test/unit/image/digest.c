/* SPDX-License-Identifier: ISC */
/* image/digest.h, image/number.h, image/whiteout.h, image/media.h: small grammars. */
#include "tap.h"

#include "image/digest.h"
#include "image/media.h"
#include "image/number.h"
#include "image/place.h"
#include "image/whiteout.h"

static void digests(void)
{
	static const char abc[] = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	struct err e;
	struct digest d;
	struct hasher h;
	char found[DIGEST_TEXT_MAX], path[320];
	ok(digest_parse(abc, &d, &e) == 0, "a sha256 digest");
	hasher_start(&h, &d);
	hasher_add(&h, "a", 1);
	hasher_add(&h, "bc", 2);
	ok(hasher_matches(&h, &d, found), "of abc, in two pieces");
	is_str(found, abc, "told as text");
	hasher_add(&h, "d", 1);
	ok(!hasher_matches(&h, &d, found), "abcd has another one");
	is_str(digest_blob_path(abc, path, sizeof path), "blobs/sha256/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "a blob's path");
	ok(digest_parse("sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
	                "454d4423643ce80e2a9ac94fa54ca49f", &d, &e) == 0, "a sha512 digest");
	hasher_start(&h, &d);
	hasher_add(&h, "abc", 3);
	ok(hasher_matches(&h, &d, found), "of abc");
	ok(digest_parse("sha384:cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7", &d, &e) == 0, "a sha384 digest");
	hasher_start(&h, &d);
	hasher_add(&h, "abc", 3);
	ok(hasher_matches(&h, &d, found), "of abc");
}

static void digest_grammar(void)
{
	static const char *const good[] = { "blake3:00", "a+b:c", "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8", "x:=_-" };
	static const char *const bad[] = {
		"", ":", "sha256", "sha256:", "sha256:abc", "SHA256:00", "sha256+:00", "+x:00", "x:a/b", "x:../y", "x:.", "sha256/../..:00",
		"sha256:BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0",
	};
	struct err e;
	struct digest d;
	for (unsigned i = 0; i < sizeof good / sizeof *good; i++)
		ok(digest_check(good[i], &e) == 0, "\"%s\" is well formed", good[i]);
	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++)
		ok(digest_check(bad[i], &e) < 0, "\"%s\" is not", bad[i]);
	ok(digest_parse("blake3:00", &d, &e) < 0, "blake3 cannot be verified");
	is_str(e.text, "blake3: not supported", "and it says so");
}

static void fields(void)
{
	static const struct { const char *bytes; size_t length; int result; int64_t value; } cases[] = {
		{ "0000644\0", 8, 0, 0644 }, { "    644 ", 8, 0, 0644 }, { "644\0   \0", 8, 0, 0644 }, { "\0\0\0\0\0\0\0\0", 8, 0, 0 }, { "77777777777\0", 12, 0, 8589934591 },
		{ "777777777777", 12, 0, 68719476735 }, { "0000648\0", 8, -1, 0 }, { "-000644\0", 8, -1, 0 }, { "644x\0\0\0\0", 8, -1, 0 }, { "6 44\0\0\0\0", 8, -1, 0 },
		{ "\x80\0\0\0\0\0\0\1", 8, 0, 1 }, { "\x80\0\0\0\0\0\0\0\0\0\0\xff", 12, 0, 255 }, { "\xff\xff\xff\xff\xff\xff\xff\xfe", 8, 0, -2 },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00", 12, 0, -256 }, { "\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", 12, 0, INT64_MAX },
		{ "\x80\0\0\0\x80\0\0\0\0\0\0\0", 12, -1, 0 }, { "\x80\0\0\1\0\0\0\0\0\0\0\0", 12, -1, 0 }, { "\xff\xff\xff\xff\x80\0\0\0\0\0\0\0", 12, 0, INT64_MIN },
		{ "\xff\xff\xff\xff\x7f\xff\xff\xff\xff\xff\xff\xff", 12, -1, 0 },
	};
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t value = 0;
		int result = number_field((const uint8_t *)cases[i].bytes, cases[i].length, &value);
		ok(result == cases[i].result && (result < 0 || value == cases[i].value), "numeric field %u: %lld", i, (long long)value);
	}
}

static void times(void)
{
	static const struct { const char *text; int result; int64_t seconds; uint32_t nanoseconds; } cases[] = {
		{ "1500000000", 0, 1500000000, 0 }, { "1500000000.5", 0, 1500000000, 500000000 }, { "0.000000001", 0, 0, 1 }, { "1.1234567899", 0, 1, 123456789 },
		{ "-1", 0, -1, 0 }, { "-1.5", 0, -2, 500000000 }, { "-0.25", 0, -1, 750000000 }, { "1.", 0, 1, 0 }, { "", -1, 0, 0 }, { ".5", -1, 0, 0 }, { "1e9", -1, 0, 0 },
		{ "--1", -1, 0, 0 }, { "99999999999999999999", -1, 0, 0 }, { "1 ", -1, 0, 0 },
	};
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t seconds = 0;
		uint32_t nanoseconds = 0;
		int result = number_time(cases[i].text, &seconds, &nanoseconds);
		ok(result == cases[i].result && (result < 0 || (seconds == cases[i].seconds && nanoseconds == cases[i].nanoseconds)), "time \"%s\"", cases[i].text);
	}
}

static void whiteouts(void)
{
	static const struct { const char *path; enum whiteout is; } cases[] = {
		{ "a", WHITEOUT_NONE }, { ".", WHITEOUT_NONE }, { "a/b.wh.c", WHITEOUT_NONE }, { ".wha/b", WHITEOUT_NONE }, { ".wh.a", WHITEOUT_FILE }, { "a/b/.wh.c", WHITEOUT_FILE },
		{ "a/.wh...c", WHITEOUT_FILE }, { ".wh..wh..opq", WHITEOUT_DIR }, { "a/.wh..wh..opq", WHITEOUT_DIR }, { ".wh.", WHITEOUT_BAD }, { "a/.wh..", WHITEOUT_BAD },
		{ "a/.wh...", WHITEOUT_BAD }, { ".wh.a/b", WHITEOUT_BAD }, { ".wh./b", WHITEOUT_BAD }, { ".wh..wh.plnk", WHITEOUT_SKIP }, { ".wh..wh.plnk/1.2", WHITEOUT_SKIP },
		{ "a/.wh..wh..implied", WHITEOUT_SKIP }, { ".wh..wh..opqx", WHITEOUT_SKIP }, { ".wh..wh..opq/x", WHITEOUT_SKIP },
	};
	struct err e;
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
		is_int(whiteout_of(cases[i].path, &e), cases[i].is, "\"%s\"", cases[i].path);
}

static void paths(void)
{
	static const struct { const char *path, *clean; } cases[] = {
		{ "a", "a" }, { "./", "." }, { "/", "." }, { ".", "." }, { "..", "." }, { "../../a", "a" }, { "/a//b/./c/", "a/b/c" }, { "a/../..", "." }, { "a/b/../c", "a/c" },
		{ "/..", "." }, { "...", "..." }, { "a/..b", "a/..b" },
	};
	static char to[LIMIT_TAR_PATH_BYTES];
	struct err e;
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		ok(place_clean(cases[i].path, to, &e) == 0, "a path");
		is_str(to, cases[i].clean, "\"%s\" cleaned", cases[i].path);
	}
	ok(place_clean("", to, &e) < 0, "an empty name is none");
	is_str(place_name("a/b/c"), "c", "the last component");
	is_str(place_name("c"), "c", "the only component");
}

static void media(void)
{
	enum compression c = COMPRESSION_NONE;
	is_int(media_of("application/vnd.oci.image.layer.v1.tar+zstd", &c), MEDIA_LAYER, "a layer");
	is_int(c, COMPRESSION_ZSTD, "compressed by zstd");
	is_int(media_of("application/vnd.docker.image.rootfs.diff.tar.gzip", &c), MEDIA_LAYER, "Docker's layer");
	is_int(c, COMPRESSION_GZIP, "compressed by gzip");
	is_int(media_of("application/vnd.oci.image.layer.v1.tar+xz", &c), MEDIA_OTHER, "an unknown one");
	is_int(media_of("application/vnd.docker.distribution.manifest.list.v2+json", 0), MEDIA_INDEX, "Docker's index");
}

int main(void)
{
	digests();
	digest_grammar();
	fields();
	times();
	whiteouts();
	paths();
	media();
	return done_testing();
}
