/* SPDX-License-Identifier: ISC */
/* base/sha256.h: whichever file of it this CPU has, beside BearSSL's own. */
#include "tap.h"

#include <string.h>

#include "base/sha256.h"
#include "base/str.h"

static unsigned char bytes[1000003];

static void is_digest(const br_sha256_context *c, const char *expected, const char *what)
{
	unsigned char sum[br_sha256_SIZE];
	char text[2 * br_sha256_SIZE + 1];
	br_sha256_out(c, sum);
	str_hex(sum, sizeof sum, text);
	is_str(text, expected, "%s", what);
}

static void known(void)
{
	br_sha256_context c;
	memset(bytes, 'a', sizeof bytes);
	br_sha256_init(&c);
	sha256_add(&c, bytes, 1000000);
	is_digest(&c, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", "a million a's (FIPS 180-4's example)");
	br_sha256_init(&c);
	for (int i = 0; i < 1000; i++)
		sha256_add(&c, bytes + 3, 1000);
	is_digest(&c, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", "the same by thousands, at an odd address");
	br_sha256_init(&c);
	sha256_add(&c, bytes, 0);
	is_digest(&c, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "nothing");
}

/* every length up to some blocks behind every number of bytes that may be left of what came before */
static void beside_bearssl(void)
{
	unsigned differ = 0, compared = 0;
	uint32_t random = 1;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)((random = random * 1664525 + 1013904223) >> 24);
	for (size_t before = 0; before < 70; before++)
		for (size_t length = 0; length < 300; length++) {
			unsigned char ours[br_sha256_SIZE], theirs[br_sha256_SIZE];
			br_sha256_context a, b;
			const unsigned char *at = bytes + (before * 300 + length) % 5000;
			br_sha256_init(&a);
			br_sha256_init(&b);
			sha256_add(&a, at, before);
			sha256_add(&a, at + before, length);
			sha256_add(&a, at + before + length, 200);
			br_sha256_update(&b, at, before + length + 200);
			br_sha256_out(&a, ours);
			br_sha256_out(&b, theirs);
			compared++;
			differ += memcmp(ours, theirs, sizeof ours) != 0;
		}
	ok(compared == 21000 && differ == 0, "%u of %u pieces have another digest than BearSSL's", differ, compared);
}

int main(void)
{
	known();
	beside_bearssl();
	return done_testing();
}
