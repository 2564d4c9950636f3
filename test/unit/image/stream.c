/* SPDX-License-Identifier: ISC */
/* image/stream.h, image/source.h, image/decode.h: blobs verified while they stream, in one process and in three. */
#include "tap.h"
#include "archive.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

/* `printf hello | gzip -n9`, and twice "hi\n" by zstd */
static const uint8_t hello_gzip[] = {
	0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 2, 3, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0, 0x86, 0xa6, 0x10, 0x36, 5, 0, 0, 0,
};
static const uint8_t hi_zstd[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x20, 3, 0x19, 0, 0, 'h', 'i', '\n' };

static struct err e;

static void reads(const char *what, const void *blob, size_t length, enum compression compression, const char *text)
{
	struct stream s;
	const uint8_t *bytes;
	archive_size = strlen(text);
	memcpy(archive, text, archive_size);
	ok(open_stream(&s, blob, length, compression, &e) == 0, "%s opens", what);
	char got[64] = "";
	size_t used = 0;
	int64_t n;
	while ((n = stream_need(&s, 1, &bytes, &e)) > 0 && used + (size_t)n < sizeof got) {
		memcpy(got + used, bytes, (size_t)n);
		used += (size_t)n;
		stream_take(&s, (uint32_t)n);
	}
	is_str(got, text, "%s reads", what);
	ok(n == 0 && stream_finish(&s, &e) == 0, "%s is verified", what);
	stream_close(&s);
	close(s.blob.fd);
}

static void refuses(const char *what, const void *blob, size_t length, enum compression compression, const char *message)
{
	struct stream s;
	archive_size = 5;
	memcpy(archive, "hello", 5);
	int result = open_stream(&s, blob, length, compression, &e) < 0 ? -2 : stream_finish(&s, &e);
	is_int(result, -1, "%s is refused", what);
	ok(strstr(e.text, message), "%s: %s", what, e.text);
	stream_close(&s);
	close(s.blob.fd);
}

static void small(void)
{
	uint8_t two[2 * sizeof hello_gzip + 20] = { 0 };
	memcpy(two, hello_gzip, sizeof hello_gzip);
	memcpy(two + sizeof hello_gzip, hello_gzip, sizeof hello_gzip);
	reads("a plain blob", "hello", 5, COMPRESSION_NONE, "hello");
	reads("an empty blob", "", 0, COMPRESSION_NONE, "");
	reads("gzip", hello_gzip, sizeof hello_gzip, COMPRESSION_GZIP, "hello");
	reads("two gzip members", two, 2 * sizeof hello_gzip, COMPRESSION_GZIP, "hellohello");
	reads("padded gzip", two, sizeof two, COMPRESSION_GZIP, "hellohello");
	reads("zstd", hi_zstd, sizeof hi_zstd, COMPRESSION_ZSTD, "hi\n");
	two[sizeof hello_gzip + sizeof hello_gzip + 5] = 1;
	refuses("gzip and garbage in the padding", two, sizeof two, COMPRESSION_GZIP, "gzip: trailing garbage");
	memcpy(two + sizeof hello_gzip, "garbage", 7);
	refuses("gzip and garbage", two, sizeof hello_gzip + 7, COMPRESSION_GZIP, "gzip: trailing garbage");
	refuses("no gzip", "hello", 5, COMPRESSION_GZIP, "gzip: not gzip data");
	refuses("nothing at all", "", 0, COMPRESSION_GZIP, "gzip: truncated");
	refuses("half of it", hello_gzip, sizeof hello_gzip - 9, COMPRESSION_GZIP, "gzip: truncated");
	memcpy(two, hello_gzip, sizeof hello_gzip);
	two[sizeof hello_gzip - 6] ^= 1;
	refuses("a wrong checksum", two, sizeof hello_gzip, COMPRESSION_GZIP, "gzip: ");
	refuses("no zstd", "hello", 5, COMPRESSION_ZSTD, "zstd: not zstd data");
	refuses("half of zstd", hi_zstd, sizeof hi_zstd - 2, COMPRESSION_ZSTD, "zstd: truncated");
	refuses("another archive", "hallo", 5, COMPRESSION_NONE, "diff_id mismatch");
}

/* Reads all in pieces of many sizes and compares. */
static bool same_bytes(struct stream *s)
{
	const uint8_t *bytes;
	size_t at = 0;
	int64_t n;
	for (uint32_t piece = 1; (n = stream_need(s, at % 512 ? 1 : 512, &bytes, &e)) > 0; piece = piece * 7 % 100003) {
		uint32_t some = n < piece ? (uint32_t)n : piece;
		if (memcmp(bytes, archive + at, some) != 0)
			return false;
		stream_take(s, some);
		at += some;
	}
	return n == 0 && at == archive_size;
}

static void fill(size_t size)
{
	uint32_t random = 1;
	archive_size = size;
	for (size_t i = 0; i < size; i++)
		archive[i] = (uint8_t)((random = random * 1664525 + 1013904223) >> 24);
}

static void large(const char *how)
{
	struct stream s;
	fill(3000003);
	ok(open_stream(&s, archive, archive_size, COMPRESSION_NONE, &e) == 0, "%s: a large blob opens", how);
	ok(same_bytes(&s), "%s: its bytes are the same", how);
	ok(stream_finish(&s, &e) == 0, "%s: and verified", how);
	close(s.blob.fd);

	open_stream(&s, archive, archive_size, COMPRESSION_NONE, &e);
	if (pwrite(s.blob.fd, "x", 1, 2999999) != 1)
		_exit(97);
	is_int(stream_finish(&s, &e), -1, "%s: a changed byte", how);
	ok(strstr(e.text, "digest mismatch: it is sha256:"), "%s: %s", how, e.text);
	close(s.blob.fd);

	open_stream(&s, archive, archive_size, COMPRESSION_NONE, &e);
	if (ftruncate(s.blob.fd, 200000) < 0)
		_exit(97);
	is_int(stream_finish(&s, &e), -1, "%s: a blob that became shorter", how);
	ok(strstr(e.text, "size mismatch: "), "%s: %s", how, e.text);
	close(s.blob.fd);

	struct digest wrong = { .hash = &br_sha256_vtable };
	struct source_blob blob = { .fd = file_of(archive, archive_size), .size = archive_size };
	digest_of(archive, archive_size, &blob.digest);
	ok(stream_open(&s, &blob, &wrong, &e) == 0 && same_bytes(&s), "%s: another diff_id", how);
	is_int(stream_finish(&s, &e), -1, "%s: is told at the end", how);
	ok(strstr(e.text, "diff_id mismatch: the archive is sha256:"), "%s: %s", how, e.text);
	close(blob.fd);

	/* the caller's own error gives way to the blob's */
	open_stream(&s, archive, archive_size, COMPRESSION_NONE, &e);
	if (pwrite(s.blob.fd, "x", 1, 2999999) != 1)
		_exit(97);
	err_set(&e, "mine");
	stream_blame(&s, &e);
	ok(strstr(e.text, "digest mismatch"), "%s: blamed on the blob: %s", how, e.text);
	close(s.blob.fd);
	open_stream(&s, archive, archive_size, COMPRESSION_NONE, &e);
	err_set(&e, "mine");
	stream_blame(&s, &e);
	is_str(e.text, "mine", "%s: or not", how);
	close(s.blob.fd);
}

static void bombs(void)
{
	struct stream s;
	fill(0);
	/* an RLE block of zstd: 128 KB of each 4 bytes */
	static uint8_t bomb[200000];
	size_t at = 0;
	static const uint8_t head[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50 };
	memcpy(bomb, head, sizeof head);
	for (at = sizeof head; at + 8 < sizeof bomb; at += 4)
		memcpy(bomb + at, "\x02\x00\x10\0", 4);
	memcpy(bomb + at, "\x03\x00\x00\0", 4);
	ok(open_stream(&s, bomb, at + 4, COMPRESSION_ZSTD, &e) == 0, "a bomb opens");
	is_int(stream_finish(&s, &e), -1, "and is refused");
	ok(strstr(e.text, "LIMIT_RATIO"), "%s", e.text);
	close(s.blob.fd);
}

/* One of the processes is killed: the others notice. */
static void deaths(void)
{
	struct stream s;
	const uint8_t *bytes;
	fill(3000000);
	for (int i = 0; i < 2; i++) {
		open_stream(&s, archive, archive_size, COMPRESSION_NONE, &e);
		if (!s.decoder) {
			stream_finish(&s, &e);
			close(s.blob.fd);
			skip("one CPU");
			continue;
		}
		stream_need(&s, 1, &bytes, &e);
		kill(i ? s.hash_reader : s.decoder, SIGKILL);
		is_int(stream_finish(&s, &e), -1, "a process is killed");
		ok(strstr(e.text, "was killed by signal 9"), "%s", e.text);
		close(s.blob.fd);
	}
	is_int(waitpid(-1, 0, WNOHANG), -1, "no process is left");
	is_int(errno, ECHILD, "none at all");
}

int main(void)
{
	cpu_set_t one;
	small();
	large("as many processes as CPUs");
	deaths();
	bombs();
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	if (sched_setaffinity(0, sizeof one, &one) == 0)
		large("one CPU");
	else
		skip("the CPU cannot be chosen");
	return done_testing();
}
