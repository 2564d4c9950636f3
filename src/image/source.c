/* SPDX-License-Identifier: ISC */
/* A blob as a stream. */
#include "image/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int source_start(struct source *s, const struct source_blob *blob, struct err *e)
{
	s->blob = blob;
	s->read = s->made = 0;
	s->at = s->end = 0;
	s->ended = false;
	if (blob->digest.hash)
		hasher_start(&s->hasher, &blob->digest);
	if (blob->offset >= 0)
		posix_fadvise(blob->fd, (off_t)blob->offset, (off_t)blob->size, POSIX_FADV_SEQUENTIAL);
	return decode_start(&s->decoder, blob->compression, e);
}

static int verify(struct source *s, struct err *e)
{
	char found[DIGEST_TEXT_MAX];
	if (s->read != s->blob->size)
		return err_set(e, "size mismatch: %llu bytes, not %llu", (unsigned long long)s->read, (unsigned long long)s->blob->size);
	if (s->blob->digest.hash && !hasher_matches(&s->hasher, &s->blob->digest, found))
		return err_set(e, "digest mismatch: it is %s", found);
	return 0;
}

static ssize_t read_some(struct source *s, size_t most)
{
	const struct source_blob *b = s->blob;
	ssize_t n;
	if (s->read < b->head_length) {
		most = most < b->head_length - s->read ? most : (size_t)(b->head_length - s->read);
		memcpy(s->input, b->head + s->read, most);
		return (ssize_t)most;
	}
	do
		n = b->offset < 0 ? read(b->fd, s->input, most) : pread(b->fd, s->input, most, (off_t)(b->offset + (int64_t)s->read));
	while (n < 0 && errno == EINTR);
	return n;
}

/* Reads the next piece. 1, 0 at the end, -1. */
static int refill(struct source *s, struct err *e)
{
	uint64_t left = s->blob->size - s->read;
	ssize_t n = left ? read_some(s, left < sizeof s->input ? (size_t)left : sizeof s->input) : 0;
	if (n < 0)
		return err_sys(e, "cannot read");
	s->at = 0;
	s->end = (size_t)n;
	if (s->blob->digest.hash)
		hasher_add(&s->hasher, s->input, s->end);
	s->read += s->end;
	/* it will hardly be read again soon: what the machine has cached for others is worth more */
	if (n && s->blob->offset >= 0 && s->read % LIMIT_CACHE_BYTES < s->end)
		posix_fadvise(s->blob->fd, (off_t)s->blob->offset, (off_t)s->read, POSIX_FADV_DONTNEED);
	return n != 0;
}

/* The stream does not decode: say that the blob is not the one its digest names, if that is why. */
static int undecodable(struct source *s, struct err *e)
{
	struct err why;
	int more;
	while ((more = refill(s, &why)) > 0)
		;
	if (more < 0 || verify(s, &why) < 0)
		*e = why;
	return -1;
}

static int check_ratio(const struct source *s, struct err *e)
{
	if (s->made > LIMIT_RATIO_FREE_BYTES && s->made / LIMIT_RATIO > s->read)
		return ERR_LIMIT(e, "a decompression bomb: bytes made of each byte read", LIMIT_RATIO);
	return 0;
}

int64_t source_fill(struct source *s, uint8_t *out, size_t size, struct err *e)
{
	struct decode_io io = { .out = out, .out_size = size };
	while (io.out_size == size && !s->ended) {
		int more = s->at == s->end ? refill(s, e) : 1;
		if (more < 0)
			return -1;
		io.in = s->input + s->at;
		io.in_length = s->end - s->at;
		if (decode_step(&s->decoder, &io, e) < 0)
			return undecodable(s, e);
		s->at = s->end - io.in_length;
		if (!more && io.out_size == size) {
			if (verify(s, e) < 0 || decode_finish(&s->decoder, e) < 0)
				return -1;
			s->ended = true;
		}
	}
	s->made += size - io.out_size;
	/* what comes behind a blob in a stream must be found where it begins, also when the blob is a bomb */
	if (check_ratio(s, e) < 0)
		return s->blob->offset < 0 ? undecodable(s, e) : -1;
	return (int64_t)(size - io.out_size);
}
