/* SPDX-License-Identifier: ISC */
/* A ring of bytes in shared memory: one writer, two readers, each a process; they sleep on sockets, so that a process that died wakes the others. */
#ifndef IMAGE_RING_H
#define IMAGE_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/limits.h"
#include "image/digest.h"

enum ring_reader { RING_MAIN, RING_HASH, RING_READERS };
enum ring_end { RING_OPEN, RING_DONE, RING_FAILED };    /* failed: the writer's error is in ring.error */

/* Positions run freely modulo 2^32. Each word that one process writes and others poll has a cache line of its own. */
struct ring {
	_Alignas(64) _Atomic uint32_t head;
	_Alignas(64) _Atomic uint32_t writer_waits;
	_Atomic uint32_t read_kb;                           /* of the blob, for whoever shows how far it is */
	struct { _Alignas(64) _Atomic uint32_t tail, waits; } reader[RING_READERS];
	_Alignas(64) _Atomic uint32_t end;                  /* enum ring_end */
	struct err error;                                   /* the writer's; valid once end is RING_FAILED */
	char found[DIGEST_TEXT_MAX];                        /* the hash reader's: what the bytes' digest is */
	_Alignas(4096) uint8_t bytes[LIMIT_RING_BYTES];
};

/* One process's end of it. */
struct ring_side {
	struct ring *ring;
	int fd[RING_READERS];   /* the writer's sockets to each reader; a reader's one to the writer in its own place, -1 in the other */
	uint32_t at, published; /* a reader's position, and what the writer knows of it */
};

/* ring_get: the one ring of this process and its children, empty. 0, or -1. */
int ring_get(struct ring **ring, struct err *e);
/* ring_room: the writer waits until it may write; *room is contiguous. Returns where, or 0 when a reader died. */
uint8_t *ring_room(struct ring_side *w, uint32_t *room);
/* ring_put: publishes length bytes that were written there. */
void ring_put(struct ring_side *w, uint32_t length);
/* ring_close: the writer has ended. */
void ring_close(struct ring_side *w, enum ring_end end);
/* ring_wait: a reader waits for at least n bytes (n divides the ring's size, and at is a multiple of n, or n is 1). Returns how many are there
 * contiguously, at *bytes; fewer than n only when the writer has ended or (-1) died. */
int64_t ring_wait(struct ring_side *r, enum ring_reader reader, uint32_t n, const uint8_t **bytes);
/* ring_take: a reader has done with n bytes. */
void ring_take(struct ring_side *r, enum ring_reader reader, uint32_t n);

#endif
