/* SPDX-License-Identifier: ISC */
/* A ring of bytes in shared memory. Sleeping is announced in a word before the condition is looked at again, and waking looks at that word after the
 * condition has changed; all of these are sequentially consistent, so one of the two sees the other. */
#include "image/ring.h"

#include <errno.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define RING_SIZE ((uint32_t)LIMIT_RING_BYTES)
#define ENOUGH_ROOM (RING_SIZE / 4)       /* the writer is woken for no less */
#define PUBLISH_BYTES (RING_SIZE / 16)    /* a reader tells the writer no oftener */
_Static_assert(LIMIT_RING_BYTES >= 65536 && (LIMIT_RING_BYTES & (LIMIT_RING_BYTES - 1)) == 0, "LIMIT_RING_BYTES is a power of 2, and no less than 64 KB");

int ring_get(struct ring **ring, struct err *e)
{
	static struct ring *kept;
	if (!kept) {
		void *at = mmap(0, sizeof *kept, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (at == MAP_FAILED)
			return err_sys(e, "cannot map %zu bytes of shared memory", sizeof *kept);
		kept = at;
	}
	atomic_store(&kept->head, 0);
	atomic_store(&kept->end, RING_OPEN);
	atomic_store(&kept->writer_waits, 0);
	atomic_store(&kept->read_kb, 0);
	kept->error.text[0] = 0;
	for (int i = 0; i < RING_READERS; i++) {
		atomic_store(&kept->reader[i].tail, 0);
		atomic_store(&kept->reader[i].waits, 0);
	}
	*ring = kept;
	return 0;
}

static void wake(int fd)
{
	/* a full socket holds bytes that wake as well as ours; a closed one needs no waking */
	(void)!send(fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static uint32_t room_of(struct ring *ring)
{
	uint32_t head = atomic_load(&ring->head), most = 0;
	for (int i = 0; i < RING_READERS; i++) {
		uint32_t behind = head - atomic_load(&ring->reader[i].tail);
		most = behind > most ? behind : most;
	}
	return RING_SIZE - most;
}

/* Sleeps until a reader speaks; false when one has died. */
static bool writer_sleeps(struct ring_side *w)
{
	struct pollfd p[RING_READERS];
	char byte[16];
	for (int i = 0; i < RING_READERS; i++)
		p[i] = (struct pollfd){ .fd = w->fd[i], .events = POLLIN };
	if (poll(p, RING_READERS, -1) < 0)
		return errno == EINTR;
	for (int i = 0; i < RING_READERS; i++)
		if (p[i].revents && recv(p[i].fd, byte, sizeof byte, MSG_DONTWAIT) == 0)
			return false;
	return true;
}

uint8_t *ring_room(struct ring_side *w, uint32_t *room)
{
	struct ring *ring = w->ring;
	uint32_t free_bytes;
	while ((free_bytes = room_of(ring)) < ENOUGH_ROOM) {
		atomic_store(&ring->writer_waits, 1);
		if (room_of(ring) < ENOUGH_ROOM && !writer_sleeps(w))
			return 0;
	}
	uint32_t at = atomic_load(&ring->head) % RING_SIZE;
	*room = free_bytes < RING_SIZE - at ? free_bytes : RING_SIZE - at;
	return ring->bytes + at;
}

static void wake_readers(struct ring_side *w)
{
	for (int i = 0; i < RING_READERS; i++)
		if (atomic_load(&w->ring->reader[i].waits) && atomic_exchange(&w->ring->reader[i].waits, 0))
			wake(w->fd[i]);
}

void ring_put(struct ring_side *w, uint32_t length)
{
	atomic_fetch_add(&w->ring->head, length);
	wake_readers(w);
}

void ring_close(struct ring_side *w, enum ring_end end)
{
	atomic_store(&w->ring->end, end);
	wake_readers(w);
}

static void publish(struct ring_side *r, enum ring_reader reader)
{
	struct ring *ring = r->ring;
	atomic_store(&ring->reader[reader].tail, r->at);
	r->published = r->at;
	if (atomic_load(&ring->writer_waits) && room_of(ring) >= ENOUGH_ROOM && atomic_exchange(&ring->writer_waits, 0))
		wake(r->fd[reader]);
}

int64_t ring_wait(struct ring_side *r, enum ring_reader reader, uint32_t n, const uint8_t **bytes)
{
	struct ring *ring = r->ring;
	uint32_t there, end, place = r->at % RING_SIZE;
	char byte[16];
	for (;;) {
		end = atomic_load(&ring->end);      /* before head: what was put before the end is seen with it */
		there = atomic_load(&ring->head) - r->at;
		if (there >= n || end != RING_OPEN)
			break;
		if (r->published != r->at)
			publish(r, reader);
		atomic_store(&ring->reader[reader].waits, 1);
		if (atomic_load(&ring->head) - r->at >= n || atomic_load(&ring->end) != RING_OPEN)
			continue;
		ssize_t got = recv(r->fd[reader], byte, sizeof byte, 0);
		if ((got == 0 || (got < 0 && errno != EINTR)) && atomic_load(&ring->end) == RING_OPEN)
			return -1;
	}
	*bytes = ring->bytes + place;
	return there < RING_SIZE - place ? there : RING_SIZE - place;
}

void ring_take(struct ring_side *r, enum ring_reader reader, uint32_t n)
{
	r->at += n;
	if (r->at - r->published >= PUBLISH_BYTES)
		publish(r, reader);
}
