/* SPDX-License-Identifier: ISC */
/* A layer's tar archive as a stream. */
#include "image/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/proc.h"
#include "image/interrupt.h"

static LARGE struct source source;   /* the decoding process's, or the only process's */

static int diff_mismatch(const char *found, struct err *e)
{
	return err_set(e, "diff_id mismatch: the archive is %s", found);
}

/* A child must not outlive its parent: nobody would read its ring. */
static void tie_to(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT, SIG_IGN);   /* a terminal sends it to all; the parent decides */
	signal(SIGHUP, SIG_IGN);
	if (getppid() != parent)
		_exit(1);
}

static void decode_process(struct ring_side *w, const struct source_blob *blob)
{
	uint32_t room;
	uint8_t *at;
	struct err *e = &w->ring->error;
	int64_t n = source_start(&source, blob, e);
	while (n >= 0 && (at = ring_room(w, &room))) {
		n = source_fill(&source, at, room < LIMIT_DECODE_BYTES ? room : LIMIT_DECODE_BYTES, e);
		if (n == 0) {
			ring_close(w, RING_DONE);
			_exit(0);
		}
		atomic_store_explicit(&w->ring->read_kb, (uint32_t)(source.read >> 10), memory_order_relaxed);
		if (n > 0)
			ring_put(w, (uint32_t)n);
	}
	ring_close(w, RING_FAILED);
	_exit(1);
}

static void hash_process(struct ring_side *r, const struct digest *diff_id)
{
	const uint8_t *bytes;
	struct hasher hasher;
	int64_t n;
	hasher_start(&hasher, diff_id);
	while ((n = ring_wait(r, RING_HASH, 1, &bytes)) > 0) {
		uint32_t some = n < LIMIT_DECODE_BYTES ? (uint32_t)n : LIMIT_DECODE_BYTES;
		hasher_add(&hasher, bytes, some);
		ring_take(r, RING_HASH, some);
	}
	if (n < 0 || atomic_load(&r->ring->end) != RING_DONE)
		_exit(1);
	_exit(hasher_matches(&hasher, diff_id, r->ring->found) ? 0 : 2);
}

static bool many_cpus(void)
{
	cpu_set_t set;
	return sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 1;
}

/* Each process keeps only its own ends of the two sockets, so that a death is seen as an end of file. */
static int start_processes(struct stream *s, struct err *e)
{
	int to_main[2], to_hash[2];
	pid_t parent = getpid();
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, to_main) < 0)
		return err_sys(e, "cannot make a socket");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, to_hash) < 0) {
		err_sys(e, "cannot make a socket");
		io_close(to_main[0]);
		io_close(to_main[1]);
		return -1;
	}
	s->decoder = proc_clone(0, -1);
	if (s->decoder == 0) {
		tie_to(parent);
		io_close(to_main[0]);
		io_close(to_hash[0]);
		decode_process(&(struct ring_side){ .ring = s->side.ring, .fd = { to_main[1], to_hash[1] } }, &s->blob);
	}
	int failed = s->decoder < 0 ? errno : 0;
	io_close(to_main[1]);
	io_close(to_hash[1]);
	s->side.fd[RING_MAIN] = to_main[0];
	s->hash_reader = failed ? -1 : proc_clone(0, -1);
	if (s->hash_reader == 0) {
		tie_to(parent);
		io_close(to_main[0]);
		hash_process(&(struct ring_side){ .ring = s->side.ring, .fd = { -1, to_hash[0] } }, &s->diff_id);
	}
	if (!failed && s->hash_reader < 0)
		failed = errno;
	io_close(to_hash[0]);
	if (!failed)
		return 0;
	stream_close(s);
	return err_num(e, failed, "cannot make a process");
}

int stream_open(struct stream *s, const struct source_blob *blob, const struct digest *diff_id, struct err *e)
{
	*s = (struct stream){ .blob = *blob, .diff_id = *diff_id, .side.fd = { -1, -1 } };
	if (ring_get(&s->side.ring, e) < 0)
		return -1;
	if (blob->size >= LIMIT_ALONE_BYTES && many_cpus())
		return start_processes(s, e);
	hasher_start(&s->hasher, diff_id);
	return source_start(&source, &s->blob, e);
}

/* The one-process form: what ring_wait is to the other. */
static int64_t pump(struct stream *s, uint32_t n, const uint8_t **bytes, struct err *e)
{
	struct ring *ring = s->side.ring;
	uint32_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
	while (head - s->side.at < n && !s->ended) {
		uint32_t place = head % LIMIT_RING_BYTES, room = LIMIT_RING_BYTES - place;
		int64_t made = source_fill(&source, ring->bytes + place, room < LIMIT_DECODE_BYTES ? room : LIMIT_DECODE_BYTES, e);
		if (made < 0)
			return -1;
		s->ended = made == 0;
		hasher_add(&s->hasher, ring->bytes + place, (size_t)made);
		head += (uint32_t)made;
		atomic_store_explicit(&ring->head, head, memory_order_relaxed);
	}
	uint32_t place = s->side.at % LIMIT_RING_BYTES, there = head - s->side.at;
	*bytes = ring->bytes + place;
	return there < LIMIT_RING_BYTES - place ? there : LIMIT_RING_BYTES - place;
}

static int died(int status, const char *what, struct err *e)
{
	if (status < 0)
		return err_sys(e, "cannot wait for the process that %s", what);
	if (status > 128)
		return err_set(e, "the process that %s was killed by signal %d", what, status - 128);
	return err_set(e, "the process that %s ended early", what);
}

/* Waits for both children and says why the stream ended before its end. */
static int reap_failed(struct stream *s, struct err *e)
{
	bool told = atomic_load(&s->side.ring->end) == RING_FAILED;
	s->side.fd[RING_MAIN] = io_close(s->side.fd[RING_MAIN]);
	int decoder = proc_wait(s->decoder), hash_reader = proc_wait(s->hash_reader);
	s->decoder = s->hash_reader = 0;
	if (hash_reader > 128)
		return died(hash_reader, "takes the diff_id", e);
	if (!told || !s->side.ring->error.text[0])
		return died(decoder, "decodes the layer", e);
	*e = s->side.ring->error;
	return -1;
}

int64_t stream_need(struct stream *s, uint32_t n, const uint8_t **bytes, struct err *e)
{
	if (interrupted()) {
		s->failed = true;
		return err_set(e, "interrupted");
	}
	int64_t there = s->blocks ? blocks_need(s->blocks, bytes, e) : s->decoder ? ring_wait(&s->side, RING_MAIN, n, bytes) : pump(s, n, bytes, e);
	if (s->decoder && (there < 0 || (there < n && atomic_load(&s->side.ring->end) == RING_FAILED)))
		there = reap_failed(s, e);
	s->failed = there < 0;
	return there;
}

void stream_take(struct stream *s, uint32_t n)
{
	if (s->blocks)
		s->blocks->at += n;
	else if (s->decoder)
		ring_take(&s->side, RING_MAIN, n);
	else
		s->side.at += n;
}

int stream_skip(struct stream *s, uint64_t length, struct err *e)
{
	const uint8_t *bytes;
	if (s->blocks) {
		int result = blocks_skip(s->blocks, length, e);
		s->failed = result < 0;
		return result;
	}
	while (length) {
		int64_t n = stream_need(s, 1, &bytes, e);
		if (n <= 0)
			return n < 0 ? -1 : err_set(e, "truncated archive");
		uint32_t some = (uint64_t)n < length ? (uint32_t)n : (uint32_t)length;
		stream_take(s, some);
		length -= some;
	}
	return 0;
}

uint64_t stream_read_bytes(const struct stream *s)
{
	return s->decoder ? (uint64_t)atomic_load_explicit(&s->side.ring->read_kb, memory_order_relaxed) << 10 : source.read;
}

static int verdict(struct stream *s, struct err *e)
{
	if (!s->decoder)
		return hasher_matches(&s->hasher, &s->diff_id, s->found) ? 0 : diff_mismatch(s->found, e);
	int decoder = proc_wait(s->decoder), hash_reader = proc_wait(s->hash_reader);
	s->decoder = s->hash_reader = 0;
	if (decoder != 0)
		return died(decoder, "decodes the layer", e);
	memcpy(s->found, s->side.ring->found, sizeof s->found);
	if (hash_reader == 2)
		return diff_mismatch(s->found, e);
	return hash_reader == 0 ? 0 : died(hash_reader, "takes the diff_id", e);
}

int stream_finish(struct stream *s, struct err *e)
{
	const uint8_t *bytes;
	int64_t n;
	while ((n = stream_need(s, 1, &bytes, e)) > 0)
		stream_take(s, (uint32_t)n);
	int result = n < 0 ? -1 : verdict(s, e);
	stream_close(s);
	return result;
}

int stream_blame(struct stream *s, struct err *e)
{
	struct err why;
	if (!s->failed && stream_finish(s, &why) < 0)
		*e = why;
	return -1;
}

void stream_close(struct stream *s)
{
	s->side.fd[RING_MAIN] = io_close(s->side.fd[RING_MAIN]);
	pid_t *const children[] = { &s->decoder, &s->hash_reader };
	for (int i = 0; i < 2; i++)
		if (*children[i] > 0) {
			kill(*children[i], SIGKILL);
			proc_wait(*children[i]);
			*children[i] = 0;
		}
}
