/* SPDX-License-Identifier: ISC */
/* A blob as a stream. */
#include "image/source.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"

int source_start(struct source *s, const struct source_blob *blob, struct err *e)
{
	s->blob = blob;
	s->read = s->made = 0;
	s->at = s->end = 0;
	s->ended = false;
	hasher_start(&s->hasher, &blob->digest);
	posix_fadvise(blob->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return decode_start(&s->decoder, blob->compression, e);
}

static int verify(struct source *s, struct err *e)
{
	char found[DIGEST_TEXT_MAX];
	if (s->read != s->blob->size)
		return err_set(e, "size mismatch: %llu bytes, not %llu", (unsigned long long)s->read, (unsigned long long)s->blob->size);
	if (!hasher_matches(&s->hasher, &s->blob->digest, found))
		return err_set(e, "digest mismatch: it is %s", found);
	return 0;
}

/* Reads the next piece. 1, 0 at the end, -1. */
static int refill(struct source *s, struct err *e)
{
	ssize_t n = io_read(s->blob->fd, s->input, sizeof s->input);
	if (n < 0)
		return err_sys(e, "cannot read");
	s->at = 0;
	s->end = (size_t)n;
	hasher_add(&s->hasher, s->input, s->end);
	s->read += s->end;
	if (s->read > s->blob->size)
		return err_set(e, "size mismatch: more than %llu bytes", (unsigned long long)s->blob->size);
	/* it will hardly be read again soon: what the machine has cached for others is worth more */
	if (n && s->read % LIMIT_CACHE_BYTES < s->end)
		posix_fadvise(s->blob->fd, 0, (off_t)s->read, POSIX_FADV_DONTNEED);
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
	return check_ratio(s, e) < 0 ? -1 : (int64_t)(size - io.out_size);
}
