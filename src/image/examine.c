/* SPDX-License-Identifier: ISC */
/* A blob that comes by once. */
#include "image/examine.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "image/interrupt.h"
#include "image/stack.h"

bool examine_is_document(const uint8_t *bytes, size_t length)
{
	size_t i = 0;
	while (i < length && bytes[i] && strchr(" \t\r\n", bytes[i]))
		i++;
	return i < length && (bytes[i] == '{' || bytes[i] == '[');
}

/* "blobs/sha256/0123…" tells a digest; any other name none. 0, or -1: it is none, or one that cannot be verified. */
static int digest_in(const char *path, struct digest *d, struct err *e)
{
	char text[LIMIT_PATH_BYTES];
	d->hash = 0;
	if (!str_starts(path, "blobs/"))
		return 0;
	path += strlen("blobs/");
	size_t length = strlen(path), algorithm = strcspn(path, "/");
	memcpy(text, path, length + 1);
	if (algorithm < length)
		text[algorithm] = ':';
	return digest_parse(text, d, e);
}

int examine_blob(const char *path, struct source_blob *blob, struct examination *found, struct err *e)
{
	struct digest any = { .hash = &br_sha256_vtable, .any = true };
	struct stream s;
	struct err *problem = &found->problem, no_digest;
	bool named = digest_in(path, &blob->digest, &no_digest) == 0;
	problem->text[0] = 0;
	if (!named)
		blob->digest.hash = 0;
	if (blob->digest.hash)
		any.hash = blob->digest.hash;
	if (stream_open(&s, blob, &any, e) < 0)
		return -1;
	bool layer = stack_try(&s, problem) == 0;
	if (!layer && (interrupted() || (problem->number && problem->number != E2BIG))) {
		*e = *problem;
		return -1;
	}
	found->bad_blob = !layer && (str_starts(problem->text, "digest mismatch") || str_starts(problem->text, "size mismatch"));
	if (!named) {
		found->bad_blob = true;
		*problem = no_digest;
	}
	if (layer)
		digest_parse(s.found, &found->diff_id, &no_digest);
	return 0;
}
